/**
 * Hugging Face's `model-index`: the YAML at the head of a model card, or that YAML alone. Each metric is a value. Its
 * measure is `metrics[].name` where that is one of ours, else setting/dataset/metric out of `task.name` (or
 * `dataset.config`), `dataset.type` and `metrics[].type`.
 */
import { isMap, parseDocument } from "yaml";
import { type Draft, fault, jsonPointer, type Path } from "../faults.ts";

interface ModelIndex {
  name?: unknown;
  results?: {
    task?: { name?: unknown; type?: unknown };
    dataset?: { type?: unknown; config?: unknown };
    source?: { url?: unknown };
    metrics?: { type?: unknown; name?: unknown; value?: unknown }[];
  }[];
}

const slugged = (text: unknown) =>
  String(text ?? "")
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");

const MEASURE = /^[^/\s]+\/[^/\s]+\/[^/\s]+$/;

export function readModelIndex(text: string): Draft {
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? text;
  // Aliases are how a small text becomes a huge value.
  const document = parseDocument(front, { maxAliasCount: 0 } as object);
  const refused = (message: string): Draft => ({
    body: null,
    placeOf: jsonPointer,
    faults: [fault("/model-index", message, { expected: "a list of one model under 'model-index'" })],
  });
  if (document.errors.length > 0 || !isMap(document.contents)) return refused("The text is not valid YAML.");
  let index: unknown;
  try {
    index = (document.toJS({ maxAliasCount: 0 }) as { "model-index"?: unknown })["model-index"];
  } catch {
    return refused("The YAML uses aliases, which are not read here.");
  }
  if (!Array.isArray(index) || index.length !== 1) return refused("There must be exactly one model.");
  const model = index[0] as ModelIndex;
  const places: Path[] = [];
  const results = Array.isArray(model?.results) ? model.results : [];
  const values = results.flatMap((result, i) =>
    (Array.isArray(result?.metrics) ? result.metrics : []).map((metric, j) => {
      places.push(["model-index", 0, "results", i, "metrics", j]);
      const named = String(metric?.name ?? "");
      const parts = [result.task?.name ?? result.dataset?.config, result.dataset?.type, metric?.type];
      return {
        measure: MEASURE.test(named) ? named : parts.map(slugged).join("/"),
        value: metric?.value,
        ...(typeof result.source?.url === "string" && { source: result.source.url }),
      };
    }),
  );
  const source = values.find((value) => value.source)?.source ?? `model card of ${String(model?.name)}`;
  return {
    body: { method: { slug: slugged(model?.name) }, source, values },
    faults: [],
    placeOf: (path) => {
      const place = path[0] === "values" && typeof path[1] === "number" ? places[path[1]] : undefined;
      return jsonPointer(place ? [...place, ...path.slice(2)] : ["model-index", 0, ...path]);
    },
  };
}

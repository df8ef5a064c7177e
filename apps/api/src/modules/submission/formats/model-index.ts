/**
 * Hugging Face's `model-index`: the YAML at the head of a model card, or that YAML alone. Each metric is a value. Its
 * measure is `metrics[].name` where that is one of ours, else setting/dataset/metric out of `task.name` (or
 * `dataset.config`), `dataset.type` and `metrics[].type`. What there is to say of a new method stands under `method`,
 * beside `model-index`.
 */
import { isMap, parseDocument } from "yaml";
import { type Draft, fault, jsonPointer, type Path } from "../faults.ts";
import { methodWith, placeOfMethod } from "./method.ts";

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
  let card: { "model-index"?: unknown; method?: unknown };
  try {
    card = document.toJS({ maxAliasCount: 0 });
  } catch {
    return refused("The YAML uses aliases, which are not read here.");
  }
  const { "model-index": index, method } = card;
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
    body: { method: methodWith(model?.name, method), source, values },
    faults: [],
    methodPlace: "under 'method', beside 'model-index'",
    placeOf: (path) => {
      if (path[0] === "method")
        return jsonPointer(placeOfMethod(path, method, ["model-index", 0, "name"], ["method"]));
      const place = path[0] === "values" && typeof path[1] === "number" ? places[path[1]] : undefined;
      return jsonPointer(place ? [...place, ...path.slice(2)] : ["model-index", 0, ...path]);
    },
  };
}

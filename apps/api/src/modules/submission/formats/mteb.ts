/**
 * MTEB-like results, one file a task, as one JSON object of file names to their contents (what `transferboard submit
 * FOLDER` sends). The folder's model_meta.json names the model, and a method.json beside it says more of a new one. A task's measure is its `task_name`; its value is the
 * main score of the test split, a fraction there and so a percentage here where the metric is in percent.
 */
import type { Catalogue } from "../../catalogue/catalogue.ts";
import { type Draft, fault, jsonPointer, type Path } from "../faults.ts";
import { measureToBe } from "../new-measure.ts";
import { methodWith, placeOfMethod, slugOf } from "./method.ts";

interface Task {
  task_name?: unknown;
  scores?: Record<string, { main_score?: unknown }[]>;
}

const META = "model_meta.json";
const METHOD = "method.json";

export function readMteb(text: string, catalogue: Catalogue): Draft {
  let files: unknown;
  try {
    files = JSON.parse(text);
  } catch {
    files = null;
  }
  if (typeof files !== "object" || files === null || Array.isArray(files)) {
    const expected = "a JSON object of file names to their contents";
    return {
      body: null,
      placeOf: jsonPointer,
      faults: [fault("/", "The text is not a folder of JSON files.", { expected })],
    };
  }
  const entries = Object.entries(files as Record<string, unknown>);
  const meta = (files as Record<string, { name?: unknown; reference?: unknown } | undefined>)[META];
  const places: Path[] = [];
  const values = entries
    .filter(([name]) => name !== META && name !== METHOD)
    .map(([name, content]) => {
      const task = (content ?? {}) as Task;
      places.push([name]);
      const measure = String(task.task_name ?? name.replace(/\.json$/, ""));
      const score = task.scores?.test?.[0]?.main_score;
      const percent = measureToBe(measure, catalogue)?.metric.unit === "%";
      return { measure, value: typeof score === "number" && percent ? score * 100 : score };
    });
  const method = (files as Record<string, unknown>)[METHOD];
  const source =
    typeof meta?.reference === "string" ? meta.reference : `MTEB results of ${slugOf(meta?.name)}`;
  return {
    body: { method: methodWith(meta?.name, method), source, values },
    faults: [],
    methodPlace: `in a file ${METHOD} beside ${META}`,
    placeOf: (path) => {
      const place = path[0] === "values" && typeof path[1] === "number" ? places[path[1]] : undefined;
      if (path[0] === "method") return jsonPointer(placeOfMethod(path, method, [META, "name"], [METHOD]));
      if (!place) return jsonPointer([META, ...path]);
      const field = path[2] === "measure" ? ["task_name"] : ["scores", "test", 0, "main_score"];
      return jsonPointer([...place, ...field]);
    },
  };
}

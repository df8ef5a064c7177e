/**
 * MTEB-like results, one file a task, as one JSON object of file names to their contents (what `transferboard submit
 * FOLDER` sends). The folder's model_meta.json names the model, and a method.json beside it says more of a new one. A
 * task's measure is its `task_name`; its value is the main score of the test split, the mean over its subsets as MTEB has
 * it, a fraction there and so a percentage here where the metric is in percent.
 */
import { type ParsedJson, parseJson, shiftDecimal } from "@transferboard/eval-core/tensor";
import { shorten } from "../../../errors.ts";
import type { Catalogue } from "../../catalogue/catalogue.ts";
import { type Draft, type Fault, fault, jsonPointer, type Path } from "../faults/fault.ts";
import { measureToBe } from "../new-measure.ts";
import { notJson, repeatedFields } from "./json.ts";
import { methodWith, nameWarnings, placeOfMethod, slugOf } from "./method.ts";
import { isTestSplit } from "./splits.ts";

interface Entry {
  readonly main_score?: unknown;
  readonly hf_subset?: unknown;
  readonly [metric: string]: unknown;
}

interface Task {
  readonly task_name?: unknown;
  readonly scores?: Readonly<Record<string, unknown>>;
}

const META = "model_meta.json";
const METHOD = "method.json";

/** What MTEB calls our metrics. A main score that is another metric's is no value of ours. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  accuracy: ["accuracy", "acc"],
  top1: ["accuracy", "acc", "acc1", "top1"],
  "mean-per-class-accuracy": [
    "mean_per_class_accuracy",
    "mean_per_class_recall",
    "recall",
    "balanced_accuracy",
  ],
  map11: ["map11"],
};

interface Read {
  readonly value: { readonly measure: string; readonly value: unknown } | null;
  readonly place: Path;
  readonly faults: readonly Fault[];
}

export function readMteb(text: string, catalogue: Catalogue): Draft {
  const refused = (one: Fault): Draft => ({ body: null, placeOf: jsonPointer, faults: [one] });
  const expected = "a JSON object of file names to their contents";
  let parsed: ParsedJson;
  try {
    parsed = parseJson(text);
  } catch (error) {
    return refused(notJson(error, "/", expected));
  }
  const files = parsed.value;
  if (typeof files !== "object" || files === null || Array.isArray(files)) {
    return refused(fault("/", "The text is not a folder of JSON files.", { expected }));
  }
  const entries = Object.entries(files as Record<string, unknown>);
  const meta = (files as Record<string, { name?: unknown; reference?: unknown } | undefined>)[META];
  const method = (files as Record<string, unknown>)[METHOD];
  const reads = entries
    .filter(([name]) => name.endsWith(".json") && name !== META && name !== METHOD)
    .map(([name, content]) => readTask(name, content, catalogue));
  const kept = reads.filter(({ value }) => value !== null);
  const source =
    typeof meta?.reference === "string" ? meta.reference : `MTEB results of ${slugOf(meta?.name)}`;
  return {
    body: { method: methodWith(meta?.name, method), source, values: kept.map(({ value }) => value) },
    faults: [
      ...repeatedFields(parsed),
      ...(meta === undefined
        ? [
            fault(jsonPointer([META]), `${META} is missing: it names the model.`, {
              expected: "the folder's own",
            }),
          ]
        : []),
      ...nameWarnings(meta?.name, method, jsonPointer([META, "name"])),
      ...reads.flatMap(({ faults }) => faults),
    ],
    methodPlace: `in a file ${METHOD} beside ${META}`,
    placeOf: (path) => {
      const read = path[0] === "values" && typeof path[1] === "number" ? kept[path[1]] : undefined;
      if (path[0] === "method") return jsonPointer(placeOfMethod(path, method, [META, "name"], [METHOD]));
      if (!read) return jsonPointer([META, ...path]);
      return jsonPointer(path[2] === "measure" ? [read.place[0]!, "task_name"] : read.place);
    },
  };
}

function readTask(file: string, content: unknown, catalogue: Catalogue): Read {
  const task = (typeof content === "object" && content !== null ? content : {}) as Task;
  const measure = String(task.task_name ?? file.replace(/\.json$/, ""));
  const faults: Fault[] = [];
  const scores = typeof task.scores === "object" && task.scores !== null ? Object.entries(task.scores) : [];
  // Where there is a test split, a validation split beside it is none, whatever is usual for the dataset.
  const plain = scores.filter(([split]) => split === "test");
  const tested = plain.length > 0 ? plain : scores.filter(([split]) => isTestSplit(split, measure));
  for (const [split] of scores) {
    if (tested.some(([name]) => name === split)) continue;
    const message = `The split '${shorten(split, 40)}' is not a test split: its scores are left out.`;
    faults.push(fault(jsonPointer([file, "scores", split]), message, { severity: "WARNING" }));
  }
  const [split, list] = tested[0] ?? ["test", undefined];
  const place: Path = [file, "scores", split, 0, "main_score"];
  if (tested.length > 1) {
    const names = tested.map(([name]) => `'${name}'`).join(", ");
    faults.push(
      fault(jsonPointer([file, "scores"]), `There are several test splits: ${names}.`, { expected: "one" }),
    );
  }
  if (tested.length === 0 && scores.length > 0) {
    faults.push(
      fault(jsonPointer([file, "scores"]), "There is no test split.", { expected: "scores under 'test'" }),
    );
    return { value: null, place, faults };
  }
  const subsets = (Array.isArray(list) ? list : []) as readonly (Entry | null)[];
  const found = subsets.map((entry, i) => scoreOf(entry, [file, "scores", split, i], measure, catalogue));
  faults.push(...found.flatMap((one) => one.faults));
  if (found.some(({ score }) => score === undefined) || found.length === 0) {
    if (found.length === 0)
      faults.push(fault(jsonPointer(place), "There is no main score.", { expected: "a number from 0 to 1" }));
    return { value: null, place, faults };
  }
  const named = subsets.map((entry) => String(entry?.hf_subset ?? "without a name"));
  const twice = named.findIndex((name, i) => named.indexOf(name) < i);
  if (twice >= 0) {
    const message = `The subset '${shorten(named[twice]!, 40)}' is there twice.`;
    faults.push(
      fault(jsonPointer([file, "scores", split, twice, "hf_subset"]), message, {
        expected: "each subset once",
      }),
    );
    return { value: null, place, faults };
  }
  const all = found.map(({ score }) => score!);
  if (all.length > 1) {
    const message = `The value is the mean over ${all.length} subsets (${shorten(named.join(", "), 200)}), as MTEB has it.`;
    faults.push(fault(jsonPointer([file, "scores", split]), message, { severity: "WARNING" }));
  }
  const mean = all.length === 1 ? all[0]! : all.reduce((sum, score) => sum + score, 0) / all.length;
  const percent = measureToBe(measure, catalogue)?.metric.unit === "%";
  return { value: { measure, value: percent ? shiftDecimal(mean, 2) : mean }, place, faults };
}

/** A subset's main score, if it is a number and of the measure's metric. */
function scoreOf(
  entry: Entry | null,
  path: Path,
  measure: string,
  catalogue: Catalogue,
): { readonly score: number | undefined; readonly faults: readonly Fault[] } {
  const place = jsonPointer([...path, "main_score"]);
  const score = entry?.main_score;
  if (typeof score !== "number" || !Number.isFinite(score)) {
    const what =
      score === undefined
        ? "There is no main score."
        : `The main score ${String(score)} is no finite number.`;
    return { score: undefined, faults: [fault(place, what, { expected: "a number from 0 to 1" })] };
  }
  const metric = measureToBe(measure, catalogue)?.metric;
  const ours = metric ? (NAMES[metric.slug] ?? [metric.slug, metric.slug.replaceAll("-", "_")]) : [];
  const same = Object.entries(entry ?? {})
    .filter(
      ([name, value]) =>
        name !== "main_score" && typeof value === "number" && Math.abs(value - score) <= 1e-6,
    )
    .map(([name]) => name);
  if (!metric || same.length === 0 || same.some((name) => ours.includes(name))) return { score, faults: [] };
  const message = `The main score is this task's ${same.map((name) => `'${shorten(name, 40)}'`).join(" or ")}, and the measure's metric is ${metric.slug}.`;
  return {
    score: undefined,
    faults: [fault(place, message, { expected: `a main score of ${metric.slug}` })],
  };
}

/**
 * MTEB-like results of our measures, as eval-core reads MTEB's folders. The folder's model_meta.json names the model, and a
 * method.json beside it says more of a new one. A task's measure is its `task_name`; its value is the main score of the test
 * split, the mean over its subsets as MTEB has it, a fraction there and so a percentage here where the metric is in percent.
 */
import {
  isTestSplit,
  MTEB_META,
  MTEB_METHOD,
  type MtebEntry,
  type MtebFile,
  type MtebSplit,
  namesOfMain,
  namesOfMetric,
  readMtebFolders,
  readTaskFile,
  splitsOf,
} from "@transferboard/eval-core/formats";
import { shiftDecimal } from "@transferboard/eval-core/tensor";
import { shorten } from "../../../errors.ts";
import type { Catalogue } from "../../catalogue/catalogue.ts";
import { type Draft, type Fault, fault, jsonPointer } from "../faults/fault.ts";
import { measureToBe } from "../new-measure.ts";
import { isFolder, readFolder } from "./folder.ts";
import { methodWith, nameWarnings, placeOfMethod, slugOf } from "./method.ts";
import { ReaderFaults } from "./reader-faults.ts";

interface ReadTask {
  readonly value: { readonly measure: string; readonly value: number } | null;
  readonly file: MtebFile;
  /** Of the value. */
  readonly place: string;
  readonly faults: readonly Fault[];
}

export function readMteb(text: string, catalogue: Catalogue): Draft {
  const nothing = (faults: readonly Fault[]): Draft => ({ body: null, placeOf: jsonPointer, faults });
  const sent = readFolder(text);
  if (!isFolder(sent)) return nothing([sent]);
  const sink = new ReaderFaults({ duplicate: "each field once" });
  const all = readMtebFolders(sent.files, sink);
  const folders = all.filter(({ meta, files }) => meta.isThere || files.length > 0);
  const [folder, ...more] = folders;
  if (folder && more.length > 0) {
    const shown = folders.map(({ inside }) => `'${inside || "."}'`).join(", ");
    const message = `There are ${folders.length} folders of results: ${shorten(shown, 300)}.`;
    return nothing([fault("/", message, { expected: "one folder, of one model" })]);
  }
  const { name, reference } = folder?.meta.fields ?? {};
  const method = folder?.method;
  const inside = folder?.inside ?? "";
  const meta = `${inside}${MTEB_META}`;
  const reads = (folder?.files ?? []).flatMap((file) => {
    const read = readTaskFile(file, sink);
    return read ? [readTask(read, sink, catalogue)] : [];
  });
  const kept = reads.flatMap((read) => (read.value ? [{ ...read, value: read.value }] : []));
  const missing = fault(`/${meta}`, `${meta} is missing: it names the model.`, {
    expected: "the folder's own",
  });
  return {
    body: {
      method: methodWith(name, method),
      source: typeof reference === "string" ? reference : `MTEB results of ${slugOf(name)}`,
      values: kept.map(({ value }) => value),
    },
    faults: [
      ...sent.faults,
      ...sink.list,
      ...(folder?.meta.isThere ? [] : [missing]),
      ...all
        .flatMap(({ others }) => others)
        .map((other) =>
          fault(`/${other}`, `${other} is not read: a task's results are JSON.`, { severity: "WARNING" }),
        ),
      ...nameWarnings(name, method, `/${meta}/name`),
      ...reads.flatMap(({ faults }) => faults),
    ],
    methodPlace: `in a file ${MTEB_METHOD} beside ${MTEB_META}`,
    placeOf: ([part, ...path]) => {
      if (part === "method") {
        const [file, ...rest] = placeOfMethod(
          [part, ...path],
          method,
          [meta, "name"],
          [`${inside}${MTEB_METHOD}`],
        );
        return `/${file}${rest.length > 0 ? jsonPointer(rest) : ""}`;
      }
      const read = part === "values" && typeof path[0] === "number" ? kept[path[0]] : undefined;
      if (read) return path[1] === "measure" ? `${read.file.place}/task_name` : read.place;
      return `/${meta}${part === undefined ? "" : jsonPointer([part, ...path])}`;
    },
  };
}

function readTask(file: MtebFile, sink: ReaderFaults, catalogue: Catalogue): ReadTask {
  const before = sink.list.length;
  const splits = splitsOf(file, sink);
  const scores = `${file.place}/scores`;
  const measure = file.task;
  // Where there is a test split, a validation split beside it is none, whatever is usual for the dataset.
  const plain = splits.filter(({ split }) => split === "test");
  const tested =
    plain.length > 0 ? plain : splits.filter(({ split }) => isTestSplit(split, measure.split("/")[1] ?? ""));
  const faults = splits
    .filter((one) => !tested.includes(one))
    .map(({ split, place }) =>
      fault(place, `The split '${shorten(split, 40)}' is not a test split: its scores are left out.`, {
        severity: "WARNING",
      }),
    );
  if (tested.length > 1) {
    const names = tested.map(({ split }) => `'${split}'`).join(", ");
    faults.push(fault(scores, `There are several test splits: ${names}.`, { expected: "one" }));
  }
  const [only] = tested;
  if (!only) {
    // Where nothing has the shape of a split, the reader said so.
    if (sink.list.length === before) {
      faults.push(fault(scores, "There is no test split.", { expected: "scores under 'test'" }));
    }
    return { value: null, file, place: scores, faults };
  }
  const { value, faults: own } = readSplit(only, measure, catalogue);
  const place = `${only.entries[0]?.place ?? `${only.place}/0`}/main_score`;
  return {
    value: value === null ? null : { measure, value },
    ...{ file, place, faults: [...faults, ...own] },
  };
}

/** The mean over a split's subsets, in the metric's unit. */
function readSplit(
  { place, entries }: MtebSplit,
  measure: string,
  catalogue: Catalogue,
): { readonly value: number | null; readonly faults: readonly Fault[] } {
  const metric = measureToBe(measure, catalogue)?.metric;
  const found = entries.map((entry) => readScore(entry, metric?.slug));
  const faults = found.flatMap((one) => (typeof one === "number" ? [] : [one]));
  const scores = found.filter((one) => typeof one === "number");
  if (entries.length === 0) {
    const expected = "a number from 0 to 1";
    return { value: null, faults: [fault(`${place}/0/main_score`, "There is no main score.", { expected })] };
  }
  if (faults.length > 0) return { value: null, faults };
  const names = entries.map(({ subset, scores: { hf_subset } }) =>
    hf_subset === undefined ? "without a name" : subset,
  );
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) {
    const message = `The subset '${shorten(names[twice]!, 40)}' is there twice.`;
    const at = `${entries[twice]!.place}/hf_subset`;
    return { value: null, faults: [fault(at, message, { expected: "each subset once" })] };
  }
  const mean = scores.length === 1 ? scores[0]! : scores.reduce((sum, one) => sum + one, 0) / scores.length;
  const message = `The value is the mean over ${scores.length} subsets (${shorten(names.join(", "), 200)}), as MTEB has it.`;
  return {
    value: metric?.unit === "%" ? shiftDecimal(mean, 2) : mean,
    faults: scores.length > 1 ? [fault(place, message, { severity: "WARNING" })] : [],
  };
}

/** A subset's main score, if it is a number and of the measure's metric. */
function readScore({ place, scores }: MtebEntry, metric: string | undefined): number | Fault {
  const at = `${place}/main_score`;
  const { main_score: main } = scores;
  if (typeof main !== "number" || !Number.isFinite(main)) {
    const what =
      main === undefined ? "There is no main score." : `The main score ${String(main)} is no finite number.`;
    return fault(at, what, { expected: "a number from 0 to 1" });
  }
  const names = namesOfMain(scores, main);
  const ours = metric === undefined ? names : namesOfMetric(metric);
  if (names.length === 0 || names.some((name) => ours.includes(name))) return main;
  const others = names.map((name) => `'${shorten(name, 40)}'`).join(" or ");
  const message = `The main score is this task's ${others}, and the measure's metric is ${metric}.`;
  return fault(at, message, { expected: `a main score of ${metric}` });
}

/**
 * MTEB's folders as they stand: each with its model, and a file a task with its splits and their entries, each with its
 * place, and what is not of that shape. Which measure a task is, and what becomes of several entries, is for those who ask.
 */
import type { FaultSink, TextFile } from "../shared/format.ts";
import { type Fields, fieldsOf, isObject, pointer, readJson, textOf } from "../shared/tree.ts";

export const META = "model_meta.json";
/** Our own addition: what there is to say of a new method. */
export const METHOD = "method.json";

export interface MtebFolder {
  /** Where it lies, blank or with a slash at its end. */
  readonly inside: string;
  readonly meta: MtebMeta;
  /** The content of its method.json; undefined where there is none. */
  readonly method: unknown;
  /** Of tasks: `readTaskFile` reads each. */
  readonly files: readonly TextFile[];
  /** Names of files that are no JSON. */
  readonly others: readonly string[];
}

export interface MtebMeta {
  readonly place: string;
  /** Without it, or where it does not parse, it says nothing: `isRead` tells these apart. */
  readonly isThere: boolean;
  readonly isRead: boolean;
  readonly fields: Fields;
}

export interface MtebFile {
  readonly file: string;
  /** Of everything in the file. */
  readonly place: string;
  /** By its name in the file, or else the file's. */
  readonly task: string;
  /** The file's name without its ending. */
  readonly stem: string;
  readonly fields: Fields;
  /** A number's text by its pointer in the file, where it is not its shortest. */
  readonly written: ReadonlyMap<string, string>;
  /** Of the same model under other arguments: what its folder is called. */
  readonly experiment: string | undefined;
}

export interface MtebSplit {
  readonly split: string;
  readonly place: string;
  readonly entries: readonly MtebEntry[];
}

export interface MtebEntry {
  readonly place: string;
  readonly subset: string;
  readonly scores: Fields;
}

/** Of an experiment's files: the folder that its model_meta.json is in. */
const folderOf = (name: string) =>
  name
    .split("/")
    .slice(0, -1)
    .join("/")
    .replace(/(^|\/)experiments\/[^/]+$/, "");

export function readMtebFolders(files: readonly TextFile[], faults: FaultSink): MtebFolder[] {
  return [...Map.groupBy(files, ({ name }) => folderOf(name))].map(([folder, own]) =>
    readFolder(folder === "" ? "" : `${folder}/`, own, faults),
  );
}

function readFolder(inside: string, files: readonly TextFile[], faults: FaultSink): MtebFolder {
  const [meta, method] = [META, METHOD].map((name) => files.find((file) => file.name === `${inside}${name}`));
  const place = `/${inside}${META}`;
  const tree = meta && readJson(meta, place, faults);
  return {
    inside,
    meta: { place, isThere: meta !== undefined, isRead: Boolean(tree), fields: fieldsOf(tree?.value) },
    method: method && readJson(method, `/${method.name}`, faults)?.value,
    files: files.filter((file) => file.name.endsWith(".json") && file !== meta && file !== method),
    others: files.flatMap(({ name }) => (name.endsWith(".json") ? [] : [name])),
  };
}

/** Null where it holds no JSON object; the fault is told then. */
export function readTaskFile(file: TextFile, faults: FaultSink): MtebFile | null {
  const { name } = file;
  const place = `/${name}`;
  const tree = readJson(file, place, faults);
  if (!tree) return null;
  if (!isObject(tree.value)) {
    faults.fault(place, "not-an-object", `${name} holds no JSON object.`);
    return null;
  }
  const stem = name
    .split("/")
    .at(-1)!
    .replace(/\.json$/, "");
  const { task_name, mteb_dataset_name } = tree.value;
  return {
    ...{ file: name, place, stem, fields: tree.value, written: tree.written },
    task: textOf(task_name) ?? textOf(mteb_dataset_name) ?? stem,
    experiment: /(?:^|\/)experiments\/([^/]+)\//.exec(name)?.[1],
  };
}

/** Before 1.11 each split stands at the top, its scores in it or under a subset, and there is no main score. */
export const isOld = ({ fields }: MtebFile): boolean => fields.scores === undefined;

export function splitsOf(file: MtebFile, faults: FaultSink): MtebSplit[] {
  if (isOld(file)) return oldSplits(file, faults);
  const { place, fields } = file;
  if (!isObject(fields.scores)) {
    faults.fault(pointer(place, "scores"), "not-an-object", "An object of splits was expected.");
    return [];
  }
  return Object.entries(fields.scores).flatMap(([split, list]): MtebSplit[] => {
    const at = pointer(place, "scores", split);
    if (!Array.isArray(list)) {
      faults.fault(at, "not-an-object", "A list of the subsets' scores was expected.");
      return [];
    }
    const entries = list.flatMap((entry, i): MtebEntry[] => {
      if (isObject(entry)) {
        return [{ place: `${at}/${i}`, subset: textOf(entry.hf_subset) ?? "default", scores: entry }];
      }
      faults.fault(`${at}/${i}`, "not-an-object", "An object of scores was expected.");
      return [];
    });
    return [{ split, place: at, entries }];
  });
}

function oldSplits({ place, fields }: MtebFile, faults: FaultSink): MtebSplit[] {
  const splits = Object.entries(fields).filter(([, value]) => isObject(value));
  if (splits.length === 0) faults.fault(pointer(place, "scores"), "missing", "There are no scores.");
  return splits.map(([split, value]): MtebSplit => {
    const at = pointer(place, split);
    const scores = fieldsOf(value);
    const subsets = Object.entries(scores).filter(([, inner]) => isObject(inner));
    const entries = subsets.map(([subset, inner]) => ({
      ...{ place: pointer(at, subset), subset },
      scores: fieldsOf(inner),
    }));
    return {
      ...{ split, place: at },
      entries: entries.length > 0 ? entries : [{ place: at, subset: "default", scores }],
    };
  });
}

/** The names of those of an entry's scores that its main one is. */
export const namesOfMain = (scores: Fields, main: number): string[] =>
  Object.entries(scores).flatMap(([name, value]) =>
    name !== "main_score" && typeof value === "number" && Math.abs(value - main) <= 1e-6 ? [name] : [],
  );

/** What MTEB calls our metrics, where it has another name for one than ours. */
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

/** @param metric a slug of ours */
export const namesOfMetric = (metric: string): readonly string[] =>
  NAMES[metric] ?? [metric, metric.replaceAll("-", "_")];

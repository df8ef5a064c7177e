/** MTEB's result JSON, with MIEB's image tasks: a folder `ORG__NAME/REVISION/` of a file a task, beside model_meta.json. */

import { type MtebTask, majorOf, measureOf, mtebProtocol, mtebTask } from "./mteb/tasks.ts";
import { writeMteb } from "./mteb/write.ts";
import type { Format, ReadContext, Reading, TextFile } from "./shared/format.ts";
import { isMeasure, isTestSplit, metricOf } from "./shared/measures.ts";
import { hubModel, type Named, UNNAMED } from "./shared/names.ts";
import { anyMoment, toPercent } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import {
  type Fields,
  fieldsOf,
  isObject,
  otherFields,
  plain,
  pointer,
  readJson,
  scoreOf,
  type Tree,
  textOf,
} from "./shared/tree.ts";

const META = "model_meta.json";

interface Model extends Named {
  readonly source: string;
}

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  const folders = Map.groupBy(files, ({ name }) => folderOf(name));
  for (const [folder, own] of folders) readFolder(folder, own, sheet, context);
  return sheet.reading();
}

/** Of an experiment's files: the folder that its model_meta.json is in. */
const folderOf = (name: string) =>
  name
    .split("/")
    .slice(0, -1)
    .join("/")
    .replace(/(^|\/)experiments\/[^/]+$/, "");

function readFolder(folder: string, files: readonly TextFile[], sheet: Sheet, context: ReadContext): void {
  const inside = folder === "" ? "" : `${folder}/`;
  const meta = files.find(({ name }) => name === `${inside}${META}`);
  const model = modelOf(meta, inside, sheet, context);
  for (const file of files) {
    if (file === meta) continue;
    const prefix = `/${file.name}`;
    if (!file.name.endsWith(".json")) {
      sheet.warn(prefix, "kept-unread", `${file.name} is kept and not read.`);
      continue;
    }
    const tree = readJson(file, prefix, sheet);
    if (!tree) continue;
    if (!isObject(tree.value)) {
      sheet.fault(prefix, "not-an-object", `${file.name} holds no JSON object.`);
      continue;
    }
    readTask(file.name, tree, model, sheet, context);
  }
}

function modelOf(
  meta: TextFile | undefined,
  inside: string,
  sheet: Sheet,
  { model, revision }: ReadContext,
): Model {
  const prefix = `/${inside}${META}`;
  const tree = meta && readJson(meta, prefix, sheet);
  if (meta && !tree) return { ...UNNAMED, source: "" };
  const fields = fieldsOf(tree?.value);
  const name = textOf(fields.name) ?? model;
  if (name === undefined) {
    const place = meta ? pointer(prefix, "name") : prefix;
    sheet.fault(place, "missing", `${META} names the model: none was found, and none was told by --model.`);
    return { ...UNNAMED, source: "" };
  }
  const dimension = fields.embed_dim;
  const named = hubModel(
    name,
    textOf(fields.revision) ?? revision ?? null,
    Number.isInteger(dimension) ? (dimension as number) : null,
  );
  sheet.method({ slug: named.method, name });
  sheet.extra({ modelMeta: otherFields(fields, ["name", "revision", "embed_dim", "reference"]) });
  return { ...named, source: textOf(fields.reference) ?? `https://huggingface.co/${name}` };
}

interface TaskFile {
  readonly prefix: string;
  readonly name: string;
  readonly fields: Fields;
  readonly major: number | null;
  readonly model: Model;
  readonly experiment: string | undefined;
}

function readTask(file: string, tree: Tree, model: Model, sheet: Sheet, context: ReadContext): void {
  const prefix = `/${file}`;
  const fields = fieldsOf(tree.value);
  const stem = file
    .split("/")
    .at(-1)!
    .replace(/\.json$/, "");
  const name = textOf(fields.task_name) ?? textOf(fields.mteb_dataset_name) ?? stem;
  if (fields.task_name !== undefined && name !== stem && !isMeasure(name)) {
    const message = `The task is called '${name}' in the file and '${stem}' by its name.`;
    sheet.fault(pointer(prefix, "task_name"), "name-differs-from-file", message);
    return;
  }
  const experiment = /(?:^|\/)experiments\/([^/]+)\//.exec(file)?.[1];
  const task: TaskFile = { prefix, name, fields, major: majorOf(fields.mteb_version), model, experiment };
  if (fields.scores === undefined) {
    readOld(task, tree, sheet, context);
    return;
  }
  if (!isObject(fields.scores)) {
    sheet.fault(pointer(prefix, "scores"), "not-an-object", "An object of splits was expected.");
    return;
  }
  for (const [split, entries] of Object.entries(fields.scores)) {
    if (!Array.isArray(entries)) {
      sheet.fault(
        pointer(prefix, "scores", split),
        "not-an-object",
        "A list of the subsets' scores was expected.",
      );
      continue;
    }
    entries.forEach((entry, i) => {
      const place = pointer(prefix, "scores", split, i);
      if (isObject(entry)) readEntry(task, split, entry, place, "main_score", tree, sheet, context);
      else sheet.fault(place, "not-an-object", "An object of scores was expected.");
    });
  }
}

/** Before 1.11: each split at the top, its scores in it or under a subset, and no main score. */
function readOld(task: TaskFile, tree: Tree, sheet: Sheet, context: ReadContext): void {
  const found = knownTask(task, context);
  if (!found) {
    sheet.leave(task.prefix, task.name, "no-measure");
    return;
  }
  const splits = Object.entries(task.fields).filter(([, value]) => isObject(value));
  if (splits.length === 0) sheet.fault(pointer(task.prefix, "scores"), "missing", "There are no scores.");
  for (const [split, value] of splits) {
    const scores = fieldsOf(value);
    const subsets = Object.entries(scores).filter(([, inner]) => isObject(inner));
    const entries: [string | null, Fields][] =
      subsets.length > 0 ? subsets.map(([subset, inner]) => [subset, fieldsOf(inner)]) : [[null, scores]];
    for (const [subset, entry] of entries) {
      const place = pointer(task.prefix, split, ...(subset === null ? [] : [subset]));
      const score = found.scores.find((one) => one in entry) ?? found.scores[0]!;
      readEntry(
        task,
        split,
        { hf_subset: subset ?? "default", ...entry },
        place,
        score,
        tree,
        sheet,
        context,
      );
    }
  }
}

type Known = Pick<MtebTask, "scores"> & { readonly measure: string; readonly task: MtebTask | undefined };

/** The measure of a task: by the table, by --map, or because the task is called by a measure of ours. */
function knownTask({ name, major }: TaskFile, { map }: ReadContext): Known | undefined {
  const mapped = map?.[name] ?? (isMeasure(name) ? name : undefined);
  if (mapped !== undefined) return { measure: mapped, task: undefined, scores: [] };
  const task = mtebTask(name, major);
  return task && { measure: measureOf(task), task, scores: task.scores };
}

const SHOWN_APART = [
  ...["main_score", "hf_subset", "languages", "scores_per_experiment", "mteb_version", "evaluation_time"],
];

function readEntry(
  file: TaskFile,
  split: string,
  entry: Fields,
  place: string,
  field: string,
  tree: Tree,
  sheet: Sheet,
  context: ReadContext,
): void {
  const { name, fields, major, model } = file;
  const subset = textOf(entry.hf_subset) ?? "default";
  const what = `${name} ${split}${subset === "default" ? "" : ` ${subset}`}`;
  const known = knownTask(file, context);
  const at = `${place}/${field}`;
  const { main_score: main } = entry;
  if (known?.task && typeof main === "number" && Number.isFinite(main) && (main < 0 || main > 1)) {
    sheet.fault(at, "out-of-bounds", `The main score ${main} lies outside 0 to 1.`);
    return;
  }
  const dataset = known?.measure.split("/")[1] ?? "";
  if (!(known ? isTestSplit(split, dataset) : split === "test")) {
    sheet.leave(place, what, "not-a-test-split");
    return;
  }
  if (!known) {
    sheet.leave(place, what, "no-measure");
    return;
  }
  const score = scoreOf(entry[field], at, sheet);
  if (score === undefined) return;
  const mainName = known.scores.find((one) => {
    const own = entry[one];
    return typeof own === "number" && Math.abs(own - score) <= 1e-6;
  });
  if (known.task && mainName === undefined) {
    sheet.leave(place, what, "metric-not-ours");
    return;
  }
  const { unit } = metricOf(known.measure);
  const scale = (value: number) => (unit === "%" ? toPercent(value) : value);
  const draws = Array.isArray(entry.scores_per_experiment) ? entry.scores_per_experiment : undefined;
  const version = textOf(fields.mteb_version);
  const tested = { revision: textOf(fields.dataset_revision), split, subset };
  const protocol = known.task
    ? mtebProtocol(name, known.task, {
        major,
        draws: known.task.shots === undefined ? undefined : draws?.length,
        dataset: given(tested),
      })
    : {
        by: "mteb",
        evaluation: "mteb",
        task: name,
        ...(major !== null && { major }),
        dataset: given(tested),
      };
  const row = {
    place: at,
    method: model.method,
    checkpoint: model.checkpoint,
    aliases: model.aliases,
    measure: known.measure,
    value: scale(score),
    evaluatedAt: anyMoment(fields.date) ?? context.date ?? null,
    source: model.source,
    protocol: { ...protocol, ...(file.experiment !== undefined && { experiment: file.experiment }) },
    extra: {
      ...(unit === "%" && { raw: tree.written.get(at.slice(file.prefix.length)) ?? String(score) }),
      ...given({
        mainScore: mainName,
        mtebVersion: version,
        draws: draws?.map((draw) => scaledDraw(draw, mainName ?? field, scale)),
        entryMtebVersion: entry.mteb_version === version ? undefined : entry.mteb_version,
      }),
      scores: otherFields(entry, [...SHOWN_APART, mainName ?? ""]),
      ...given({
        languages: entry.languages,
        evaluationTime: fields.evaluation_time ?? entry.evaluation_time,
        kgCo2: fields.kg_co2_emissions,
        evaluationPhases: fields.evaluation_phases,
      }),
    },
  };
  sheet.add(place, what, [row]);
}

function scaledDraw(draw: unknown, metric: string, scale: (value: number) => number): unknown {
  const value = fieldsOf(draw)[metric];
  return typeof value === "number" && Number.isFinite(value) ? scale(value) : plain(value ?? null);
}

export const mteb: Format = {
  name: "mteb",
  title: "MTEB's result JSON, with MIEB's image tasks",
  recognise: (files) => files.some(({ name }) => name.split("/").at(-1) === META),
  read,
  write: writeMteb,
};

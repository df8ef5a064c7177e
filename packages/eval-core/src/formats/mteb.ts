/** MTEB's result JSON, with MIEB's image tasks: a folder `ORG__NAME/REVISION/` of a file a task, beside model_meta.json. */

import {
  isOld,
  META,
  type MtebEntry,
  type MtebFile,
  type MtebFolder,
  namesOfMain,
  namesOfMetric,
  readMtebFolders,
  readTaskFile,
  splitsOf,
} from "./mteb/folder.ts";
import { type MtebTask, majorOf, measureOf, mtebProtocol, mtebTask } from "./mteb/tasks.ts";
import { writeMteb } from "./mteb/write.ts";
import type { Format, ReadContext, Reading, TextFile } from "./shared/format.ts";
import { isMeasure, isTestSplit, metricOf } from "./shared/measures.ts";
import { hubModel, type Named, UNNAMED } from "./shared/names.ts";
import { anyMoment, toPercent } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import { fieldsOf, otherFields, plain, pointer, scoreOf, textOf } from "./shared/tree.ts";

interface Model extends Named {
  readonly source: string;
}

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const folder of readMtebFolders(files, sheet)) {
    const model = modelOf(folder, sheet, context);
    for (const name of folder.others) sheet.warn(`/${name}`, "kept-unread", `${name} is kept and not read.`);
    for (const file of folder.files) {
      const task = readTaskFile(file, sheet);
      if (task) readTask(task, model, sheet, context);
    }
  }
  return sheet.reading();
}

function modelOf({ meta, method }: MtebFolder, sheet: Sheet, { model, revision }: ReadContext): Model {
  const { fields, place } = meta;
  if (meta.isThere && !meta.isRead) return { ...UNNAMED, source: "" };
  const name = textOf(fields.name) ?? model;
  if (name === undefined) {
    const message = `${META} names the model: none was found, and none was told by --model.`;
    sheet.fault(meta.isThere ? pointer(place, "name") : place, "missing", message);
    return { ...UNNAMED, source: "" };
  }
  const dimension = fields.embed_dim;
  const named = hubModel(
    name,
    textOf(fields.revision) ?? revision ?? null,
    Number.isInteger(dimension) ? (dimension as number) : null,
  );
  const { name: title, family } = fieldsOf(method);
  sheet.method({
    slug: named.method,
    name: textOf(title) ?? name,
    ...(textOf(family) !== undefined && { family: textOf(family)! }),
  });
  sheet.extra({ modelMeta: otherFields(fields, ["name", "revision", "embed_dim", "reference"]) });
  return { ...named, source: textOf(fields.reference) ?? `https://huggingface.co/${name}` };
}

interface TaskFile extends MtebFile {
  readonly major: number | null;
  readonly model: Model;
}

function readTask(file: MtebFile, model: Model, sheet: Sheet, context: ReadContext): void {
  const { task: name, stem, place, fields } = file;
  if (fields.task_name !== undefined && name !== stem && !isMeasure(name)) {
    const message = `The task is called '${name}' in the file and '${stem}' by its name.`;
    sheet.fault(pointer(place, "task_name"), "name-differs-from-file", message);
    return;
  }
  const task: TaskFile = { ...file, major: majorOf(fields.mteb_version), model };
  const known = knownTask(task, context);
  if (isOld(file) && !known) {
    sheet.leave(place, name, "no-measure");
    return;
  }
  for (const { split, entries } of splitsOf(file, sheet))
    for (const entry of entries) readEntry(task, known, split, entry, sheet, context);
}

interface Known {
  readonly measure: string;
  /** MTEB's names of the metric. */
  readonly scores: readonly string[];
  /** By the table of its tasks; else the file or the sender says which measure it is. */
  readonly task?: MtebTask;
  /** What of an entry's scores the main one is, as far as it tells: whether it may be the measure's value. */
  readonly takes: (names: readonly string[]) => boolean;
}

/** The measure of a task: by --map, because the task is called by a measure of ours, or by the table. */
function knownTask({ task: name, major }: TaskFile, { map }: ReadContext): Known | undefined {
  const mapped = map?.[name];
  const measure = mapped ?? (isMeasure(name) ? name : undefined);
  if (measure !== undefined) {
    const scores = namesOfMetric(metricOf(measure).slug);
    const takes = (names: readonly string[]) =>
      mapped !== undefined || names.length === 0 || names.some((one) => scores.includes(one));
    return { measure, scores, takes };
  }
  const task = mtebTask(name, major);
  if (!task) return undefined;
  const { scores } = task;
  return {
    measure: measureOf(task),
    task,
    scores,
    takes: (names) => names.some((one) => scores.includes(one)),
  };
}

const SHOWN_APART = [
  ...["main_score", "hf_subset", "languages", "scores_per_experiment", "mteb_version", "evaluation_time"],
];

function readEntry(
  file: TaskFile,
  known: Known | undefined,
  split: string,
  { place, subset, scores: entry }: MtebEntry,
  sheet: Sheet,
  context: ReadContext,
): void {
  const { task: name, fields, major, model } = file;
  const what = `${name} ${split}${subset === "default" ? "" : ` ${subset}`}`;
  const field = isOld(file) ? (known!.scores.find((one) => one in entry) ?? known!.scores[0]!) : "main_score";
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
  const names = namesOfMain(entry, score);
  const mainName = known.scores.find((one) => names.includes(one));
  if (!known.takes(names)) {
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
      ...(unit === "%" && { raw: file.written.get(at.slice(file.place.length)) ?? String(score) }),
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

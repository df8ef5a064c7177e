/** Hugging Face's `.eval_results/*.yaml`: a list of values of the model repo that the folder is in. */
import { stringify } from "yaml";
import { readNotes, writeNotes } from "./hub/notes.ts";
import { type MtebTask, majorOf, measureOf, mtebProtocol, mtebTask, mtebTasks } from "./mteb/tasks.ts";
import type {
  Format,
  OutRow,
  ReadContext,
  Reading,
  TextFile,
  WriteContext,
  Written,
} from "./shared/format.ts";
import { isMeasure, isTestSplit, metricOf } from "./shared/measures.ts";
import { hubModel, type Named, repoOf, UNNAMED } from "./shared/names.ts";
import { dateOf } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import {
  type Fields,
  fieldsOf,
  isObject,
  otherFields,
  pointer,
  readYaml,
  scoreOf,
  textOf,
  within,
} from "./shared/tree.ts";

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  const model = context.model === undefined ? UNNAMED : hubModel(context.model, context.revision ?? null);
  if (context.model !== undefined) sheet.method({ slug: model.method, name: context.model });
  else sheet.fault("/", "missing", "The files do not name their model: say its repo with --model.");
  for (const file of files) {
    const prefix = files.length > 1 ? `/${file.name}` : "";
    const tree = readYaml(file.text, prefix, sheet);
    if (!tree) continue;
    if (!Array.isArray(tree.value)) {
      sheet.fault(prefix || "/", "not-an-object", "A list of entries was expected.");
      continue;
    }
    // The service's answer wraps each entry.
    const entries = tree.value.map((entry) => (isObject(entry) && isObject(entry.data) ? entry.data : entry));
    const told = entries.map((entry) => partsOf(fieldsOf(entry)));
    entries.forEach((entry, i) => {
      const place = pointer(prefix, i);
      if (!isObject(entry))
        sheet.fault(place, "not-an-object", "An entry with dataset and value was expected.");
      else readEntry(entry, place, { prefix, told, i, model }, sheet, context);
    });
  }
  return sheet.reading();
}

interface Parts {
  readonly id: string | undefined;
  readonly taskId: string | undefined;
  readonly mteb: { readonly task: string; readonly subset?: string; readonly split?: string } | undefined;
}

/** "StanfordCars_default_test" -> its parts; a task's own name may hold underscores. */
function partsOf(entry: Fields): Parts {
  const { id, task_id: taskId } = fieldsOf(entry.dataset);
  const [idText, taskText] = [textOf(id), textOf(taskId)];
  if (!idText?.startsWith("mteb/") || taskText === undefined || isMeasure(taskText)) {
    return { id: idText, taskId: taskText, mteb: undefined };
  }
  const task = mtebTasks()
    .filter((one) => taskText === one || taskText.startsWith(`${one}_`))
    .sort((a, b) => b.length - a.length)[0];
  const name = task ?? taskText.split("_")[0]!;
  const rest = taskText.slice(name.length + 1);
  if (rest === "") return { id: idText, taskId: taskText, mteb: { task: name } };
  const at = rest.lastIndexOf("_");
  return {
    id: idText,
    taskId: taskText,
    mteb:
      at < 0
        ? { task: name, split: rest }
        : { task: name, subset: rest.slice(0, at), split: rest.slice(at + 1) },
  };
}

interface Around {
  readonly prefix: string;
  readonly told: readonly Parts[];
  readonly i: number;
  readonly model: Named;
}

function readEntry(entry: Fields, place: string, around: Around, sheet: Sheet, context: ReadContext): void {
  const { told, i, prefix, model } = around;
  const dataset = entry.dataset;
  if (!isObject(dataset)) {
    sheet.fault(`${place}/dataset`, "missing", "There is no dataset: an id and a task_id were expected.");
    return;
  }
  const { id, taskId, mteb } = told[i]!;
  if (id === undefined) sheet.fault(`${place}/dataset/id`, "missing", "The dataset's id is missing.");
  if (taskId === undefined) sheet.fault(`${place}/dataset/task_id`, "missing", "The task's id is missing.");
  const source = fieldsOf(entry.source);
  const url = textOf(source.url);
  if (entry.source !== undefined && entry.source !== null && url === undefined) {
    sheet.fault(`${place}/source/url`, "missing", "A source needs its address.");
  }
  const date = entry.date === undefined || entry.date === null ? (context.date ?? null) : dateOf(entry.date);
  if (date === null && entry.date !== undefined && entry.date !== null) {
    sheet.fault(`${place}/date`, "not-a-date", `'${String(entry.date).slice(0, 40)}' is not an ISO date.`);
  }
  if (id === undefined || taskId === undefined) return;
  const value = scoreOf(entry.value, `${place}/value`, sheet);
  const notes = textOf(entry.notes);
  const major = majorOf(/\bv?(\d+\.[\d.]+)/.exec(/MTEB v\S+/.exec(notes ?? "")?.[0] ?? "")?.[1]);
  const task = mteb && mtebTask(mteb.task, major);
  const mapped = context.map?.[taskId];
  const measure = isMeasure(taskId) ? taskId : (mapped ?? (task && measureOf(task)));
  const what = `${id} ${taskId}`;
  if (mteb && mteb.split === undefined && mapped === undefined) {
    const same = told.flatMap((one, at) =>
      one.mteb?.task === mteb.task && one.mteb.split !== undefined ? [at] : [],
    );
    const [only] = same;
    if (same.length === 1) sheet.leave(place, what, "repeats", pointer(prefix, only!));
    else sheet.leave(place, what, "no-measure");
    return;
  }
  if (mteb?.split !== undefined && mapped === undefined) {
    const data = measure?.split("/")[1] ?? "";
    if (measure ? !isTestSplit(mteb.split, data) : mteb.split !== "test") {
      sheet.leave(place, what, "not-a-test-split");
      return;
    }
  }
  if (measure === undefined) {
    sheet.leave(place, what, "no-measure");
    return;
  }
  const { lower, upper, unit } = metricOf(measure);
  if (value === undefined || !within(value, lower, upper, `${place}/value`, sheet)) return;
  if (!mteb && unit === "%" && value > 0 && value <= 1) {
    sheet.warn(`${place}/value`, "looks-like-a-fraction", `${value} is taken as ${value}%.`);
  }
  const ours = notes === undefined ? null : readNotes(notes);
  const revision = textOf(dataset.revision);
  sheet.add(place, what, [
    {
      place: `${place}/value`,
      ...model,
      measure,
      value,
      interval: ours?.interval ?? null,
      n: ours?.n ?? null,
      seeds: ours?.seeds ?? [],
      fingerprint: ours?.fingerprint ?? null,
      evaluatedAt: date,
      source: url ?? `https://huggingface.co/${context.model}`,
      protocol: protocolOf(mteb, task, major, revision),
      extra: given({
        verifyToken: entry.verifyToken ?? entry.verify_token,
        sourceName: source.name,
        sourceUser: source.user,
        sourceOrg: source.org,
        notes,
        datasetId: id,
        ...otherFields(entry, ["dataset", "value", "verifyToken", "verify_token", "date", "source", "notes"]),
      }),
    },
  ]);
}

function protocolOf(
  mteb: Parts["mteb"],
  task: MtebTask | undefined,
  major: number | null,
  revision: string | undefined,
) {
  const data = given({ revision, split: mteb?.split, subset: mteb?.subset });
  if (mteb && task) return mtebProtocol(mteb.task, task, { major, dataset: data });
  return Object.keys(data).length > 0 ? { dataset: data } : {};
}

function write(rows: readonly OutRow[], { datasetId }: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const byCheckpoint = new Map<string, object[]>();
  for (const row of rows) {
    const repo = repoOf(row);
    const id = typeof row.extra.datasetId === "string" ? row.extra.datasetId : datasetId;
    const why =
      repo === undefined
        ? "its checkpoint is none of the Hub's"
        : id === undefined
          ? "the Hub's dataset that it is filed under is not known: say it with --dataset-id"
          : undefined;
    if (why !== undefined) {
      left.push({ row, why });
      continue;
    }
    const { revision } = row.checkpoint;
    const folder = `${repo!.replaceAll("/", "__")}${revision === null ? "" : `@${revision}`}`;
    byCheckpoint.set(folder, [...(byCheckpoint.get(folder) ?? []), entryOf(row, repo!, id!)]);
  }
  const only = byCheckpoint.size === 1;
  const files = [...byCheckpoint].map(([folder, entries]) => ({
    name: `${only ? "" : `${folder}/`}.eval_results/transferboard.yaml`,
    text: stringify(entries, { lineWidth: 0 }),
  }));
  return { files, left };
}

function entryOf(row: OutRow, repo: string, id: string): object {
  const { extra, protocol, interval, n, seeds, fingerprint, provenance, source, evaluatedAt } = row;
  const task = typeof protocol.task === "string" && protocol.by === "mteb" ? protocol.task : undefined;
  const data = fieldsOf(protocol.dataset);
  const split =
    task !== undefined && typeof data.split === "string" && id.startsWith("mteb/") ? data.split : undefined;
  const notes =
    typeof extra.notes === "string"
      ? extra.notes
      : writeNotes({ fingerprint: fingerprint ?? null, n, interval, seeds, provenance });
  const hub = `https://huggingface.co/${repo}`;
  const address = source === hub ? row.url : /^https?:/.test(source) ? source : row.url;
  return {
    dataset: {
      id,
      task_id: split === undefined ? row.measure : `${task}_${data.subset ?? "default"}_${split}`,
      ...(typeof data.revision === "string" && { revision: data.revision }),
    },
    value: row.value,
    ...(extra.verifyToken !== undefined && { verifyToken: extra.verifyToken }),
    ...(evaluatedAt !== null && { date: evaluatedAt }),
    ...(address !== undefined && {
      source: {
        url: address,
        ...given({ name: extra.sourceName, user: extra.sourceUser, org: extra.sourceOrg }),
      },
    }),
    ...(notes !== "" && { notes }),
    ...otherFields(extra, [
      "verifyToken",
      "sourceName",
      "sourceUser",
      "sourceOrg",
      "notes",
      "datasetId",
      "raw",
    ]),
  };
}

export const hfEvalResults: Format = {
  name: "hf-eval-results",
  title: "Hugging Face's .eval_results/*.yaml",
  recognise: (files) =>
    files.length > 0 && files.every(({ name }) => /(^|\/)\.eval_results\/[^/]+\.ya?ml$/.test(name)),
  read,
  write,
};

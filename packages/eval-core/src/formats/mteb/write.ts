/** Rows as MTEB writes them: a folder a checkpoint, a file a task, six decimals where no raw text is kept. */
import type { OutRow, TextFile, WriteContext, Written } from "../shared/format.ts";
import { repoOf } from "../shared/names.ts";
import { secondsOf, textAsRead, toFraction, toPercent } from "../shared/numbers.ts";
import { fieldsOf } from "../shared/tree.ts";
import { measureOf, mtebTask } from "./tasks.ts";

/** A number's text that is to stand in the JSON as it is. */
class Written6 {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON with texts of numbers kept; "NaN" stands for Python's bare word again. */
function pythonJson(value: unknown, indent = ""): string {
  const inner = `${indent}  `;
  if (value instanceof Written6) return value.text;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => `${inner}${pythonJson(item, inner)}`).join(",\n")}\n${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return "{}";
    const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pythonJson(item, inner)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  return JSON.stringify(value) ?? "null";
}

const sixDecimals = (percent: number) => new Written6(String(Number(toFraction(percent).toFixed(6))));

function mainScore(row: OutRow): Written6 {
  const text = textAsRead(row, toPercent);
  return text === undefined ? sixDecimals(row.value) : new Written6(text);
}

const SCORE_OF: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  top1: "accuracy",
  lrap: "lrap",
  nmi: "nmi",
  "recall-at-1": "hit_rate_at_1",
  "map-at-5": "map_at_5",
  "ndcg-at-10": "ndcg_at_10",
};

function entryOf(row: OutRow) {
  const { extra, protocol, measure } = row;
  const name = typeof extra.mainScore === "string" ? extra.mainScore : SCORE_OF[measure.split("/")[2]!]!;
  const main = mainScore(row);
  const draws = Array.isArray(extra.draws) ? (extra.draws as unknown[]) : undefined;
  return {
    [name]: main,
    ...fieldsOf(extra.scores),
    main_score: main,
    hf_subset: fieldsOf(protocol.dataset).subset ?? "default",
    languages: extra.languages ?? ["eng-Latn"],
    ...(draws && {
      scores_per_experiment: draws.map((draw) => ({
        [name]: typeof draw === "number" ? new Written6(String(toFraction(draw))) : draw,
      })),
    }),
    ...(extra.entryMtebVersion !== undefined && { mteb_version: extra.entryMtebVersion }),
  };
}

function fileOf(task: string, rows: readonly OutRow[]): string {
  const [first] = rows as [OutRow];
  const { extra, protocol, evaluatedAt } = first;
  const splits = Map.groupBy(rows, (row) => String(fieldsOf(row.protocol.dataset).split ?? "test"));
  return pythonJson({
    dataset_revision: fieldsOf(protocol.dataset).revision ?? null,
    task_name: task,
    mteb_version: extra.mtebVersion ?? null,
    scores: Object.fromEntries([...splits].map(([split, own]) => [split, own.map(entryOf)])),
    evaluation_time: extra.evaluationTime ?? null,
    kg_co2_emissions: extra.kgCo2 ?? null,
    ...(extra.evaluationPhases !== undefined && { evaluation_phases: extra.evaluationPhases }),
    ...(evaluatedAt !== null && { date: /T/.test(evaluatedAt) ? secondsOf(evaluatedAt) : evaluatedAt }),
  });
}

export function writeMteb(rows: readonly OutRow[], _context: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const folders = new Map<string, { meta: object; tasks: Map<string, OutRow[]> }>();
  for (const row of rows) {
    const { task, by, major } = row.protocol;
    const repo = repoOf(row);
    const known =
      typeof task === "string" && by === "mteb"
        ? mtebTask(task, typeof major === "number" ? major : null)
        : undefined;
    if (repo === undefined || !known || measureOf(known) !== row.measure) {
      left.push({
        row,
        why: repo === undefined ? "its checkpoint is none of the Hub's" : "it is no result of a task of MTEB",
      });
      continue;
    }
    const { revision, featureDimension } = row.checkpoint;
    const folder = `${repo.replaceAll("/", "__")}/${revision ?? "no_revision_available"}`;
    const { experiment } = row.protocol;
    const own = folders.get(folder) ?? {
      meta: {
        name: repo,
        revision,
        ...(featureDimension !== null && { embed_dim: featureDimension }),
        ...(row.source !== `https://huggingface.co/${repo}` && { reference: row.source }),
      },
      tasks: new Map(),
    };
    folders.set(folder, own);
    const { mtebVersion = "", evaluationTime = "" } = row.extra;
    const { revision: data = "" } = fieldsOf(row.protocol.dataset);
    const inside = typeof experiment === "string" ? `experiments/${experiment}/` : "";
    const file = `${inside}${String(task)}.json`;
    const before = own.tasks.get(file);
    const sameRun = (one: OutRow) =>
      (one.extra.mtebVersion ?? "") === mtebVersion &&
      (one.extra.evaluationTime ?? "") === evaluationTime &&
      (fieldsOf(one.protocol.dataset).revision ?? "") === data;
    if (before && !sameRun(before[0]!))
      left.push({ row, why: "another run of the same task is written already" });
    else own.tasks.set(file, [...(before ?? []), row]);
  }
  const files = [...folders].flatMap(([folder, { meta, tasks }]): TextFile[] => [
    { name: `${folder}/model_meta.json`, text: `${pythonJson(meta)}\n` },
    ...[...tasks].map(([file, own]) => ({
      name: `${folder}/${file}`,
      text: `${fileOf(
        file
          .split("/")
          .at(-1)!
          .replace(/\.json$/, ""),
        own,
      )}\n`,
    })),
  ]);
  return { files, left };
}

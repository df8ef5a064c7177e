/** lm-evaluation-harness's results JSON. Tasks of ours are called SETTING/DATASET. */

import { datasetNamed, type Metric } from "@transferboard/vocabulary";
import type {
  Format,
  OutRow,
  ReadContext,
  Reading,
  TextFile,
  WriteContext,
  Written,
} from "./shared/format.ts";
import { isSetting, isTestSplit, metricNamedBy, metricOf } from "./shared/measures.ts";
import { hubModel, type Named, repoOf, UNNAMED } from "./shared/names.ts";
import { anyMoment, endsAround, secondsOf, textAsRead, toFraction, toPercent } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import {
  fieldsOf,
  isObject,
  pointer,
  readJson,
  scoreOf,
  type Tree,
  textOf,
  toJson,
  within,
} from "./shared/tree.ts";

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const prefix = files.length > 1 ? `/${file.name}` : "";
    if (!file.name.endsWith(".json")) {
      sheet.warn(prefix || `/${file.name}`, "kept-unread", `${file.name} is kept and not read.`);
      continue;
    }
    const tree = readJson(file, prefix, sheet);
    if (tree) readRun(tree, prefix, sheet, context);
  }
  return sheet.reading();
}

/** "k=v,k=v" or an object. */
function argumentsOf(given: unknown): Readonly<Record<string, unknown>> {
  if (isObject(given)) return given;
  return Object.fromEntries(
    (typeof given === "string" ? given.split(",") : []).flatMap((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
    }),
  );
}

interface Run {
  readonly tree: Tree;
  readonly prefix: string;
  readonly model: Named;
  readonly evaluatedAt: string | null;
  readonly source: string;
  readonly seeds: readonly number[];
  readonly limit: unknown;
}

const SEEDS = ["random_seed", "numpy_seed", "torch_seed", "fewshot_seed"] as const;

function readRun(tree: Tree, prefix: string, sheet: Sheet, context: ReadContext): void {
  const root = fieldsOf(tree.value);
  const config = fieldsOf(root.config);
  const args = argumentsOf(config.model_args);
  const name = textOf(root.model_name) ?? textOf(args.peft) ?? textOf(args.pretrained) ?? context.model;
  if (name === undefined) {
    const message =
      "The file does not name its model: model_name, or 'pretrained' in model_args, was expected.";
    sheet.fault(pointer(prefix, "model_name"), "missing", message);
  }
  const revision = textOf(config.model_sha) ?? textOf(config.model_revision) ?? context.revision ?? null;
  const model = name === undefined ? UNNAMED : hubModel(name, revision);
  if (name !== undefined) sheet.method({ slug: model.method, name });
  if (!isObject(root.results)) {
    sheet.fault(pointer(prefix, "results"), "not-an-object", "An object of tasks was expected.");
    return;
  }
  const run: Run = {
    tree,
    prefix,
    model,
    evaluatedAt: anyMoment(root.date) ?? context.date ?? null,
    source: ["lm-evaluation-harness", textOf(root.git_hash)].filter(Boolean).join(" "),
    seeds: SEEDS.flatMap((seed) => (Number.isInteger(config[seed]) ? [config[seed] as number] : [])),
    limit: config.limit,
  };
  for (const [task, scores] of Object.entries(root.results))
    readTask(task, fieldsOf(scores), run, sheet, context);
  for (const task of Object.keys(fieldsOf(root.groups))) {
    sheet.leave(pointer(prefix, "groups", task), task, "no-measure");
  }
  sheet.extra({ lmEvalVersion: root.lm_eval_version ?? null, modelDtype: config.model_dtype ?? null });
}

function readTask(
  task: string,
  scores: Readonly<Record<string, unknown>>,
  run: Run,
  sheet: Sheet,
  context: ReadContext,
): void {
  const { prefix, tree } = run;
  const place = pointer(prefix, "results", task);
  const keys = Object.keys(scores).filter((key) => /^[^,]+,/.test(key) && !/_stderr,/.test(key));
  if (keys.length === 0) {
    sheet.leave(place, task, "group-heading");
    return;
  }
  const [setting = "", dataset = ""] = task.split("/");
  const isOurs = task.split("/").length === 2 && isSetting(setting) && datasetNamed(dataset) !== undefined;
  const isMapped = keys.some((key) => mappedBy(task, key, context) !== undefined);
  if (!isOurs && !isMapped) {
    sheet.leave(place, task, "no-measure");
    return;
  }
  const {
    configs,
    "n-samples": samples,
    "n-shot": shots,
    versions,
    higher_is_better: better,
    task_hashes: hashes,
  } = fieldsOf(tree.value);
  const config = fieldsOf(fieldsOf(configs)[task]);
  const split = textOf(config.test_split) ?? textOf(config.validation_split);
  const n = samplesOf(task, fieldsOf(fieldsOf(samples)[task]), prefix, sheet);
  for (const key of keys) {
    const [metricName = "", filter = ""] = [key.slice(0, key.indexOf(",")), key.slice(key.indexOf(",") + 1)];
    const at = pointer(prefix, "results", task, key);
    const metric = metricNamedBy(metricName, dataset);
    const measure =
      mappedBy(task, key, context) ?? (isOurs && metric ? `${setting}/${dataset}/${metric}` : undefined);
    if (
      config.test_split === undefined &&
      split !== undefined &&
      measure &&
      !isTestSplit(split, measure.split("/")[1]!)
    ) {
      sheet.leave(at, `${metricName} of ${task}`, "not-a-test-split");
      continue;
    }
    if (measure === undefined) {
      sheet.leave(at, `${metricName} of ${task}`, "metric-not-ours");
      continue;
    }
    const of = metricOf(measure);
    const isShifted = of.unit === "%";
    const direction = fieldsOf(fieldsOf(better)[task])[metricName];
    if (
      typeof direction === "boolean" &&
      of.direction !== "NEITHER" &&
      direction !== (of.direction === "HIGHER")
    ) {
      const message = `The file says that ${direction ? "higher" : "lower"} is better: of ${measure} it is not.`;
      sheet.fault(pointer(prefix, "higher_is_better", task, metricName), "contradicts-the-measure", message);
    }
    const score = scoreOf(scores[key], at, sheet);
    if (score === undefined || !within(score, ...boundsOf(of), at, sheet)) continue;
    const error = scores[`${metricName}_stderr,${filter}`];
    const shift = (value: number) => (isShifted ? toPercent(value) : value);
    const protocol = {
      by: "lm-evaluation-harness",
      evaluation: setting,
      task,
      filter,
      ...given({
        nShot: fieldsOf(shots)[task],
        version: fieldsOf(versions)[task],
        limit: run.limit,
        split,
      }),
    };
    const own = fieldsOf(config.metadata);
    sheet.add(at, `${metricName} of ${task}`, [
      {
        place: at,
        ...run.model,
        measure,
        value: shift(score),
        interval: intervalOf(own.interval, shift),
        n,
        seeds: run.seeds,
        evaluatedAt: run.evaluatedAt,
        source: run.source,
        protocol,
        extra: {
          ...(isShifted && { raw: tree.written.get(at.slice(prefix.length)) ?? String(score) }),
          ...given({
            standardError: typeof error === "number" && Number.isFinite(error) ? shift(error) : undefined,
            original: fieldsOf(fieldsOf(samples)[task]).original,
            taskHash: fieldsOf(hashes)[task],
          }),
        },
      },
    ]);
  }
}

const mappedBy = (task: string, key: string, { map }: ReadContext) =>
  map?.[`${task} ${key.slice(0, key.indexOf(","))}`] ?? map?.[task];

/** Of the score as the file has it: a fraction where ours is a percentage. */
const boundsOf = ({ unit, lower, upper }: Metric): [number | null, number | null] =>
  unit === "%" ? [lower === null ? null : lower / 100, upper === null ? null : upper / 100] : [lower, upper];

/** Ours, in the task's metadata. */
function intervalOf(value: unknown, shift: (value: number) => number): [number, number] | null {
  const { lower, upper } = fieldsOf(value);
  return typeof lower === "number" && typeof upper === "number" ? [shift(lower), shift(upper)] : null;
}

function samplesOf(
  task: string,
  { original, effective }: Readonly<Record<string, unknown>>,
  prefix: string,
  sheet: Sheet,
): number | null {
  if (typeof effective !== "number" || !Number.isInteger(effective)) return null;
  if (typeof original === "number") {
    if (effective > original) {
      const place = pointer(prefix, "n-samples", task, "effective");
      sheet.fault(place, "more-than-all", `${effective} samples of ${original} were used.`);
      return null;
    }
    if (effective < original) {
      const place = pointer(prefix, "n-samples", task);
      sheet.warn(place, "fewer-than-all", `Only ${effective} of ${original} samples were used.`);
    }
  }
  return effective;
}

function write(rows: readonly OutRow[], _context: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const runs = new Map<string, OutRow[]>();
  for (const row of rows) {
    if (repoOf(row) === undefined) {
      left.push({ row, why: "its checkpoint is none of the Hub's" });
      continue;
    }
    const key = JSON.stringify([
      row.aliases,
      row.checkpoint.name,
      row.evaluatedAt,
      row.seeds,
      row.source,
      row.protocol.limit,
    ]);
    const task = taskOf(row);
    const own = [key, ...Array.from({ length: 99 }, (_, i) => `${key}${i}`)].find((one) =>
      (runs.get(one) ?? []).every((other) => taskOf(other) !== task || sameTask(other, row)),
    )!;
    runs.set(own, [...(runs.get(own) ?? []), row]);
  }
  const files = [...runs.values()].map((own, i) => {
    const repo = repoOf(own[0]!)!;
    const at = own[0]!.evaluatedAt ?? "1970-01-01T00:00:00Z";
    const stamp = new Date(at).toISOString().replace("Z", String(i).padStart(3, "0")).replaceAll(":", "-");
    return { name: `${repo.replaceAll("/", "__")}/results_${stamp}.json`, text: toJson(runJson(own)) };
  });
  return { files, left };
}

const taskOf = ({ measure, protocol }: OutRow) =>
  protocol.by === "lm-evaluation-harness" && typeof protocol.task === "string"
    ? protocol.task
    : measure.split("/").slice(0, 2).join("/");

const filterOf = ({ protocol }: OutRow) => String(protocol.filter ?? "none");
const metricName = ({ measure }: OutRow) => {
  const metric = measure.split("/")[2]!;
  return metric === "accuracy" || metric === "top1" ? "acc" : metric;
};
const keyOf = (row: OutRow) => `${metricName(row)},${filterOf(row)}`;

/** Whether two rows can stand in one task's fields. */
const sameTask = (a: OutRow, b: OutRow) =>
  keyOf(a) !== keyOf(b) &&
  a.n === b.n &&
  JSON.stringify({ ...a.protocol, filter: "" }) === JSON.stringify({ ...b.protocol, filter: "" }) &&
  a.interval === null &&
  b.interval === null &&
  a.extra.original === b.extra.original &&
  a.extra.taskHash === b.extra.taskHash;

function runJson(rows: readonly OutRow[]) {
  const [first] = rows as [OutRow];
  const tasks = [...Map.groupBy(rows, taskOf)];
  const each = <T>(make: (own: readonly OutRow[]) => T | undefined) =>
    Object.fromEntries(tasks.flatMap(([task, own]) => (make(own) === undefined ? [] : [[task, make(own)]])));
  const scoreText = (row: OutRow, value: number) => (row.unit === "%" ? toFraction(value) : value);
  const writtenScore = (row: OutRow) => {
    const text = textAsRead(row, row.unit === "%" ? toPercent : undefined);
    return text === undefined ? scoreText(row, row.value) : Number(text);
  };
  const endsOf = (row: OutRow, interval: readonly [number, number]) => {
    const [lower, upper] = endsAround(writtenScore(row), interval, (end) => scoreText(row, end));
    return { lower, upper };
  };
  const { revision } = first.checkpoint;
  const { source, evaluatedAt, seeds } = first;
  const hash = /^lm-evaluation-harness (\S+)$/.exec(source)?.[1];
  return {
    results: each((own) => ({
      alias: taskOf(own[0]!),
      ...Object.fromEntries(
        own.flatMap((row) => {
          const { standardError } = row.extra;
          return [
            [keyOf(row), writtenScore(row)],
            [
              `${metricName(row)}_stderr,${filterOf(row)}`,
              typeof standardError === "number" ? scoreText(row, standardError) : "N/A",
            ],
          ];
        }),
      ),
    })),
    configs: each(([row]) => ({
      task: taskOf(row!),
      ...splitFields(row!),
      metadata: {
        protocol: row!.fingerprint ?? row!.protocol,
        ...(row!.interval && { interval: endsOf(row!, row!.interval) }),
      },
    })),
    versions: each(([row]) => row!.protocol.version ?? 1),
    "n-shot": each(
      ([row]) => row!.protocol.nShot ?? Number(/-(\d+)$/.exec(row!.measure.split("/")[0]!)?.[1] ?? 0),
    ),
    higher_is_better: each((own) =>
      Object.fromEntries(
        own.map((row) => {
          const { direction } = metricOf(row.measure);
          return [metricName(row), direction === "NEITHER" ? null : direction === "HIGHER"];
        }),
      ),
    ),
    "n-samples": each(([row]) =>
      row!.n === null ? undefined : { ...given({ original: row!.extra.original }), effective: row!.n },
    ),
    config: {
      model: "transferboard",
      model_args: [
        `pretrained=${repoOf(first)}`,
        ...(revision === null ? [] : [`revision=${revision}`]),
      ].join(","),
      ...(revision !== null && { model_revision: revision }),
      limit: first.protocol.limit ?? null,
      ...Object.fromEntries(SEEDS.slice(0, seeds.length).map((name, i) => [name, seeds[i]])),
    },
    ...(hash !== undefined && { git_hash: hash }),
    date: evaluatedAt === null ? null : /T/.test(evaluatedAt) ? secondsOf(evaluatedAt) : evaluatedAt,
    task_hashes: each(([row]) => row!.extra.taskHash ?? row!.fingerprint ?? undefined),
    model_name: repoOf(first),
    model_source: "transferboard",
  };
}

function splitFields({ protocol, measure }: OutRow) {
  const { split } = protocol;
  if (typeof split !== "string") return {};
  return split === "test" || !isTestSplit(split, measure.split("/")[1]!)
    ? { test_split: split }
    : { validation_split: split };
}

export const lmEval: Format = {
  name: "lm-eval",
  title: "lm-evaluation-harness's results JSON",
  recognise: (files) =>
    files.some(({ name, text }) => /(^|\/)results_[^/]*\.json$/.test(name) && text.includes('"n-shot"')),
  read,
  write,
};

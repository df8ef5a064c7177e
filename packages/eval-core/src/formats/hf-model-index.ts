/** Hugging Face's `model-index`: the YAML at the head of a model card, or that YAML alone. */

import { frontOf } from "./hub/card.ts";
import { writeModelIndex } from "./hub/write-model-index.ts";
import { measureOf, mtebProtocol, mtebTask } from "./mteb/tasks.ts";
import type { Format, ReadContext, Reading, Reason, TextFile } from "./shared/format.ts";
import { isMeasure, isTestSplit, metricNamedBy, metricOf, sluggish } from "./shared/measures.ts";
import { hubModel, type Named, UNNAMED } from "./shared/names.ts";
import { toPercent } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import {
  type Fields,
  fieldsOf,
  isObject,
  otherFields,
  pointer,
  readYaml,
  scoreOf,
  type Tree,
  textOf,
  within,
} from "./shared/tree.ts";

interface Card {
  readonly tree: Tree;
  readonly prefix: string;
  readonly isTrainers: boolean;
}

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) readCard(file, files.length > 1 ? `/${file.name}` : "", sheet, context);
  return sheet.reading();
}

function readCard(file: TextFile, prefix: string, sheet: Sheet, context: ReadContext): void {
  const front = frontOf(file.text);
  const opened = front === file.text && /^---\r?\n/.test(front) && !/\n---[ \t]*(\r?\n|$)/.test(front);
  const tree = readYaml(opened ? front.slice(4) : front.replace(/^---\r?\n/, ""), prefix, sheet);
  if (!tree) return;
  const root = fieldsOf(tree.value);
  const index = root["model-index"];
  const place = pointer(prefix, "model-index");
  if (index === undefined && ("Models" in root || "Collections" in root)) {
    sheet.fault(
      place,
      "missing",
      "This is a model-index.yml of Papers with Code, which is another format and is not read.",
    );
    return;
  }
  if (!Array.isArray(index) || index.length === 0) {
    sheet.fault(place, "missing", "There is no list of models under 'model-index'.");
    return;
  }
  const tags = Array.isArray(root.tags) ? root.tags : [];
  const card: Card = { tree, prefix, isTrainers: tags.includes("generated_from_trainer") };
  const { method } = root;
  index.forEach((model, i) => {
    readModel(
      fieldsOf(model),
      pointer(prefix, "model-index", i),
      index.length === 1 ? method : undefined,
      card,
      sheet,
      context,
    );
  });
}

function readModel(
  model: Fields,
  place: string,
  method: unknown,
  card: Card,
  sheet: Sheet,
  context: ReadContext,
): void {
  const name = textOf(model.name);
  if (name === undefined) sheet.fault(`${place}/name`, "missing", "The model's name is missing.");
  if (!Array.isArray(model.results)) {
    sheet.fault(`${place}/results`, "missing", "There is no list of results.");
    return;
  }
  const named = name === undefined ? UNNAMED : { ...hubModel(name, context.revision ?? null), repo: name };
  if (name !== undefined) {
    const { name: title, family } = fieldsOf(method);
    sheet.method({
      slug: named.method,
      name: textOf(title) ?? name,
      ...(textOf(family) !== undefined && { family: textOf(family)! }),
    });
  }
  model.results.forEach((result, i) => {
    readResult(fieldsOf(result), `${place}/results/${i}`, named, card, sheet, context);
  });
}

type Owner = Named & { readonly repo: string };

function readResult(
  result: Fields,
  place: string,
  model: Owner,
  card: Card,
  sheet: Sheet,
  context: ReadContext,
): void {
  const { task, dataset, source } = result;
  let isWhole = true;
  const missing = (at: string, what: string) => {
    isWhole = false;
    sheet.fault(`${place}/${at}`, "missing", `${what} is missing.`);
  };
  if (!isObject(task)) missing("task", "The task");
  else if (textOf(task.type) === undefined) missing("task/type", "The task's type");
  if (!isObject(dataset)) missing("dataset", "The dataset");
  else {
    if (textOf(dataset.type) === undefined) missing("dataset/type", "The dataset's type");
    if (textOf(dataset.name) === undefined) missing("dataset/name", "The dataset's name");
  }
  const { name: sourceName, url } = fieldsOf(source);
  if (textOf(sourceName) !== undefined && textOf(url) === undefined) {
    sheet.fault(`${place}/source/url`, "missing", "A source with a name needs its address.");
  }
  if (!Array.isArray(result.metrics)) {
    missing("metrics", "The list of metrics");
    return;
  }
  if (!isWhole) return;
  const metrics = result.metrics.map(fieldsOf);
  const shared = { task: fieldsOf(task), dataset: fieldsOf(dataset), source: fieldsOf(source), metrics };
  const mteb = mtebOf(shared);
  metrics.forEach((metric, i) => {
    const at = `${place}/metrics/${i}`;
    if (textOf(metric.type) === undefined) {
      sheet.fault(`${at}/type`, "missing", "The metric's type is missing.");
      return;
    }
    // The other scores of an MTEB task stand beside its main one.
    if (mteb && mteb.main >= 0 && i !== mteb.main) return;
    readMetric(metric, at, { ...shared, mteb, model }, card, sheet, context);
  });
}

interface Shared {
  readonly task: Fields;
  readonly dataset: Fields;
  readonly source: Fields;
  readonly metrics: readonly Fields[];
}

interface OfMteb {
  readonly task: string;
  readonly subset: string;
  readonly major: number;
  /** The index of the main metric; below 0 where every metric is one. */
  readonly main: number;
}

/** "MTEB TASK (SUBSET)" of 1.x, "TASK (SUBSET)" with the source MTEB of 2.x. */
function mtebOf({ dataset, source, metrics }: Shared): OfMteb | undefined {
  if (!String(dataset.type).startsWith("mteb/")) return undefined;
  const [, first, task = "", subset = "default"] =
    /^(MTEB )?(.+?)(?: \(([^)]*)\))?$/.exec(String(dataset.name).trim()) ?? [];
  if (first !== undefined) {
    return { task, subset, major: 1, main: metrics.findIndex(({ type }) => type === "main_score") };
  }
  return source.name === "MTEB" ? { task, subset, major: 2, main: -1 } : undefined;
}

const IMAGENET = /^(imagenet-1k|imagenet|ilsvrc\/imagenet-1k|imagenet_1k|imagenet1k)$/i;

interface Found {
  readonly measure: string;
  /** What the value is multiplied by to be ours: a fraction, or one that may be either. */
  readonly unit: "ours" | "fraction" | "either";
  readonly protocol: Fields;
}

function measureFor(
  metric: Fields,
  shared: Shared & { readonly mteb: OfMteb | undefined },
  context: ReadContext,
): Found | Reason {
  const { task, dataset, mteb } = shared;
  if (isMeasure(metric.name)) return { measure: String(metric.name), unit: "ours", protocol: {} };
  const written = [sluggish(task.name), sluggish(dataset.type), sluggish(metric.type)];
  const own = written.join("/");
  const synonym = metricNamedBy(written[2]!, written[1]!);
  const guess = isMeasure(own) ? own : `${written[0]}/${written[1]}/${synonym}`;
  if (isMeasure(guess)) return { measure: guess, unit: "ours", protocol: {} };
  if (mteb) {
    const found = mtebTask(mteb.task, mteb.major);
    if (!found) return mappedTo(metric, shared, context) ?? "no-measure";
    const data = given({
      revision: dataset.revision,
      split: dataset.split ?? "test",
      subset: dataset.config ?? mteb.subset,
    });
    const protocol = mtebProtocol(mteb.task, found, { major: mteb.major, dataset: data });
    if (mteb.main < 0 && mteb.major === 1 && !found.scores.includes(String(metric.type)))
      return "metric-not-ours";
    return { measure: measureOf(found), unit: mteb.major === 1 ? "ours" : "fraction", protocol };
  }
  const isImagenet = [dataset.type, dataset.name].some((name) => IMAGENET.test(String(name)));
  const kind = String(task.type);
  if (isImagenet && (kind === "image-classification" || kind === "zero-shot-image-classification")) {
    const [name, type] = [sluggish(metric.name), sluggish(metric.type)];
    const is = (pattern: RegExp) => pattern.test(name) || pattern.test(type);
    const metricSlug = is(/\btop-?5\b/) ? "top5" : is(/accuracy|\btop-?1\b|^acc1?$/) ? "top1" : undefined;
    if (!metricSlug) return "metric-not-ours";
    const setting = kind === "image-classification" ? "robustness" : "zero-shot";
    return {
      measure: `${setting}/imagenet/${metricSlug}`,
      unit: "either",
      protocol: { by: "model-index", evaluation: setting === "robustness" ? "own-classifier" : "zero-shot" },
    };
  }
  return mappedTo(metric, shared, context) ?? (metricNamedBy(written[2]!, "") ? "no-measure" : "no-measure");
}

function mappedTo(metric: Fields, { dataset, task }: Shared, { map }: ReadContext): Found | undefined {
  for (const name of [dataset.type, dataset.name, task.name]) {
    const measure = map?.[`${String(name)} ${String(metric.type)}`] ?? map?.[String(name)];
    if (measure !== undefined) return { measure, unit: "ours", protocol: {} };
  }
  return undefined;
}

const PLUS_MINUS =
  /^\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:±|\+\/-|\+-|\\pm)\s*(\d+(?:\.\d+)?)\s*%?\s*$/i;
const NUMBER_TEXT = /^\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i;

interface MetricContext extends Shared {
  readonly mteb: OfMteb | undefined;
  readonly model: Owner;
}

function readMetric(
  metric: Fields,
  at: string,
  shared: MetricContext,
  card: Card,
  sheet: Sheet,
  context: ReadContext,
): void {
  const { task, dataset, source, metrics, mteb, model } = shared;
  const found = measureFor(metric, shared, context);
  const split = textOf(dataset.split);
  const what = `${String(metric.type)} on ${String(dataset.type)}${split === undefined ? "" : `, split ${split}`}`;
  const data = typeof found === "string" ? "" : found.measure.split("/")[1]!;
  const isTested =
    typeof found === "string"
      ? split === undefined || split === "test" || split === "validation"
      : isTestSplit(split, data);
  if (!isTested) {
    sheet.leave(at, what, "not-a-test-split");
    return;
  }
  // A trainer writes the split that its author held out.
  const isHeldOut = typeof found === "string" || found.unit !== "either" || split !== "validation";
  if (card.isTrainers && isHeldOut) {
    sheet.leave(at, what, "not-a-test-split");
    return;
  }
  if (typeof found === "string") {
    sheet.leave(at, what, found);
    return;
  }
  const place = `${at}/value`;
  const text = typeof metric.value === "string" ? metric.value : undefined;
  const [, before, spread] = PLUS_MINUS.exec(text ?? "") ?? [];
  const told =
    text === undefined
      ? metric.value
      : NUMBER_TEXT.test(text)
        ? Number(text)
        : before === undefined
          ? text
          : Number(before);
  const score = scoreOf(told, place, sheet);
  if (score === undefined) return;
  const { unit, lower, upper } = metricOf(found.measure);
  const isPercent = unit === "%";
  const isFraction = isPercent && (found.unit === "fraction" || (found.unit === "either" && score <= 1));
  const value = isFraction ? toPercent(score) : score;
  if (!within(value, lower, upper, place, sheet)) return;
  if (isFraction && found.unit === "either") {
    sheet.warn(place, "taken-as-a-fraction", `${score} is taken as the fraction of ${value}%.`);
  } else if (found.unit === "ours" && !mteb && isPercent && score > 0 && score <= 1) {
    sheet.warn(place, "looks-like-a-fraction", `${score} is taken as ${score}%.`);
  }
  const ours = ourArgs(metric.args);
  const raw = text ?? card.tree.written.get(place.slice(card.prefix.length)) ?? String(score);
  sheet.add(at, what, [
    {
      place,
      method: model.method,
      checkpoint: model.checkpoint,
      aliases: model.aliases,
      measure: found.measure,
      value,
      interval: ours?.interval ?? null,
      n: ours?.n ?? null,
      seeds: ours?.seeds ?? [],
      fingerprint: ours?.fingerprint ?? null,
      evaluatedAt: context.date ?? null,
      source: textOf(source.url) ?? `https://huggingface.co/${model.repo}`,
      protocol: found.protocol,
      extra: given({
        taskType: task.type,
        taskName: task.name,
        datasetName: dataset.name,
        datasetType: dataset.type,
        ...(!mteb && { config: dataset.config, split: dataset.split, revision: dataset.revision }),
        datasetArgs: dataset.args,
        metricType: metric.type,
        metricName: metric.name === found.measure ? undefined : metric.name,
        metricConfig: metric.config,
        metricArgs: ours ? undefined : metric.args,
        verified: metric.verified,
        verifyToken: metric.verifyToken,
        sourceName: source.name,
        ...(mteb && mteb.main >= 0 && { scores: otherScores(metrics, mteb.main) }),
        ...((isFraction || text !== undefined) && { raw }),
        plusMinus: spread === undefined ? undefined : Number(spread),
        ...otherFields(metric, ["type", "value", "name", "config", "args", "verified", "verifyToken"]),
      }),
    },
  ]);
}

const otherScores = (metrics: readonly Fields[], main: number) =>
  Object.fromEntries(metrics.flatMap(({ type, value }, i) => (i === main ? [] : [[String(type), value]])));

/** What our own export puts into a metric's args; null for anybody else's. */
function ourArgs(args: unknown) {
  if (!isObject(args)) return null;
  const { protocol, n, lower, upper, seeds } = args;
  if (Object.keys(args).some((key) => !["protocol", "n", "lower", "upper", "seeds"].includes(key)))
    return null;
  return {
    fingerprint: typeof protocol === "string" && /^[0-9a-f]{64}$/.test(protocol) ? protocol : null,
    n: Number.isInteger(n) ? (n as number) : null,
    interval: typeof lower === "number" && typeof upper === "number" ? ([lower, upper] as const) : null,
    seeds: Array.isArray(seeds) ? seeds.filter((seed): seed is number => Number.isSafeInteger(seed)) : [],
  };
}

export const hfModelIndex: Format = {
  name: "hf-model-index",
  title: "Hugging Face's model-index, alone or at the head of a model card",
  recognise: (files) => files.length > 0 && files.every(({ text }) => /^model-index:/m.test(frontOf(text))),
  read,
  write: writeModelIndex,
};

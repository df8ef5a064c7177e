/** Hugging Face's `model-index`: the YAML at the head of a model card, or that YAML alone. */

import {
  type Card,
  type CardMetric,
  type CardModel,
  type CardResult,
  frontOf,
  measureTold,
  partOf,
  readCard,
  resultsOf,
} from "./hub/card.ts";
import { writeModelIndex } from "./hub/write-model-index.ts";
import { measureOf, mtebProtocol, mtebTask } from "./mteb/tasks.ts";
import type { Format, ReadContext, Reading, Reason, TextFile } from "./shared/format.ts";
import { isMeasure, isTestSplit, metricOf, sluggish } from "./shared/measures.ts";
import { hubModel, type Named, UNNAMED } from "./shared/names.ts";
import { toPercent } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import { type Fields, fieldsOf, isObject, otherFields, scoreOf, textOf, within } from "./shared/tree.ts";

/** What is the same for a whole card. */
interface InCard {
  readonly card: Card;
  readonly prefix: string;
  readonly sheet: Sheet;
  readonly context: ReadContext;
}

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const prefix = files.length > 1 ? `/${file.name}` : "";
    const card = readCard(file, prefix, sheet);
    for (const model of card?.models ?? []) readModel(model, { card: card!, prefix, sheet, context });
  }
  return sheet.reading();
}

type Owner = Named & { readonly repo: string };

function readModel(model: CardModel, inCard: InCard): void {
  const { card, sheet, context } = inCard;
  const name = textOf(model.fields.name);
  if (name === undefined) sheet.fault(`${model.place}/name`, "missing", "The model's name is missing.");
  const results = resultsOf(model, sheet);
  if (!results) return;
  const named = name === undefined ? UNNAMED : { ...hubModel(name, context.revision ?? null), repo: name };
  if (name !== undefined) {
    const { name: title, family } = fieldsOf(card.models.length === 1 ? card.method : undefined);
    sheet.method({
      slug: named.method,
      name: textOf(title) ?? name,
      ...(textOf(family) !== undefined && { family: textOf(family)! }),
    });
  }
  for (const result of results) readResult(result, named, inCard);
}

/** What the Hub asks of every result. */
function isWhole({ fields, task, dataset, source, place }: CardResult, sheet: Sheet): boolean {
  let whole = true;
  const missing = (at: string, what: string) => {
    whole = false;
    sheet.fault(`${place}/${at}`, "missing", `${what} is missing.`);
  };
  if (!isObject(fields.task)) missing("task", "The task");
  else if (textOf(task.type) === undefined) missing("task/type", "The task's type");
  if (!isObject(fields.dataset)) missing("dataset", "The dataset");
  else {
    if (textOf(dataset.type) === undefined) missing("dataset/type", "The dataset's type");
    if (textOf(dataset.name) === undefined) missing("dataset/name", "The dataset's name");
  }
  if (textOf(source.name) !== undefined && textOf(source.url) === undefined) {
    sheet.fault(`${place}/source/url`, "missing", "A source with a name needs its address.");
  }
  return whole;
}

function readResult(result: CardResult, model: Owner, inCard: InCard): void {
  if (!isWhole(result, inCard.sheet)) return;
  const mteb = mtebOf(result);
  result.metrics.forEach((metric, i) => {
    if (textOf(metric.fields.type) === undefined) {
      inCard.sheet.fault(`${metric.place}/type`, "missing", "The metric's type is missing.");
      return;
    }
    // The other scores of an MTEB task stand beside its main one.
    if (mteb && mteb.main >= 0 && i !== mteb.main) return;
    addMetric(metric, { result, mteb, model }, inCard);
  });
}

interface OfMteb {
  readonly task: string;
  readonly subset: string;
  readonly major: number;
  /** The index of the main metric; below 0 where every metric is one. */
  readonly main: number;
}

/** "MTEB TASK (SUBSET)" of 1.x, "TASK (SUBSET)" with the source MTEB of 2.x. */
function mtebOf({ dataset, source, metrics }: CardResult): OfMteb | undefined {
  if (!String(dataset.type).startsWith("mteb/")) return undefined;
  const [, first, task = "", subset = "default"] =
    /^(MTEB )?(.+?)(?: \(([^)]*)\))?$/.exec(String(dataset.name).trim()) ?? [];
  if (first !== undefined) {
    return { task, subset, major: 1, main: metrics.findIndex(({ fields }) => fields.type === "main_score") };
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

function measureFor(metric: CardMetric, { result, mteb }: Of, context: ReadContext): Found | Reason {
  const { task, dataset } = result;
  const { type, name: metricName } = metric.fields;
  const { named, composed } = measureTold(result, metric);
  const told = [named, composed].find(isMeasure);
  if (told !== undefined) return { measure: told, unit: "ours", protocol: {} };
  if (mteb) {
    const found = mtebTask(mteb.task, mteb.major);
    if (!found) return mappedTo(metric, result, context) ?? "no-measure";
    const data = given({
      revision: dataset.revision,
      split: dataset.split ?? "test",
      subset: dataset.config ?? mteb.subset,
    });
    const protocol = mtebProtocol(mteb.task, found, { major: mteb.major, dataset: data });
    if (mteb.main < 0 && mteb.major === 1 && !found.scores.includes(String(type))) return "metric-not-ours";
    return { measure: measureOf(found), unit: mteb.major === 1 ? "ours" : "fraction", protocol };
  }
  const isImagenet = [dataset.type, dataset.name].some((name) => IMAGENET.test(String(name)));
  const kind = String(task.type);
  if (isImagenet && (kind === "image-classification" || kind === "zero-shot-image-classification")) {
    const written = [sluggish(metricName), sluggish(type)];
    const is = (pattern: RegExp) => written.some((text) => pattern.test(text));
    const metricSlug = is(/\btop-?5\b/) ? "top5" : is(/accuracy|\btop-?1\b|^acc1?$/) ? "top1" : undefined;
    if (!metricSlug) return "metric-not-ours";
    const setting = kind === "image-classification" ? "robustness" : "zero-shot";
    return {
      measure: `${setting}/imagenet/${metricSlug}`,
      unit: "either",
      protocol: { by: "model-index", evaluation: setting === "robustness" ? "own-classifier" : "zero-shot" },
    };
  }
  return mappedTo(metric, result, context) ?? "no-measure";
}

function mappedTo(
  { fields }: CardMetric,
  { dataset, task }: CardResult,
  { map }: ReadContext,
): Found | undefined {
  for (const name of [dataset.type, dataset.name, task.name]) {
    const measure = map?.[`${String(name)} ${String(fields.type)}`] ?? map?.[String(name)];
    if (measure !== undefined) return { measure, unit: "ours", protocol: {} };
  }
  return undefined;
}

/** What a metric is of. */
interface Of {
  readonly result: CardResult;
  readonly mteb: OfMteb | undefined;
  readonly model: Owner;
}

function addMetric(one: CardMetric, of: Of, { card, prefix, sheet, context }: InCard): void {
  const { result, mteb, model } = of;
  const { task, dataset, source, metrics } = result;
  const { place: at, fields: metric, value: told, text, plusMinus } = one;
  const found = measureFor(one, of, context);
  const split = textOf(partOf(result, one).split);
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
  const raw = text ?? card.written.get(place.slice(prefix.length)) ?? String(score);
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
        plusMinus,
        ...otherFields(metric, ["type", "value", "name", "config", "args", "verified", "verifyToken"]),
      }),
    },
  ]);
}

const otherScores = (metrics: readonly CardMetric[], main: number) =>
  Object.fromEntries(
    metrics.flatMap(({ fields: { type, value } }, i) => (i === main ? [] : [[String(type), value]])),
  );

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

/**
 * A model card as it stands: its models with their results and metrics, each with its place, and what is not of a card's
 * shape. What a metric means here is for those who ask.
 */

import type { FaultSink, TextFile } from "../shared/format.ts";
import { isMeasure, isMeasureForm, metricNamedBy, sluggish } from "../shared/measures.ts";
import { type Fields, fieldsOf, isObject, pointer, readYaml, textOf } from "../shared/tree.ts";

export interface Card {
  readonly models: readonly CardModel[];
  /** What stands beside the index of a new method: our own addition. */
  readonly method: unknown;
  /** Written by a trainer: its results are of the split that its author held out. */
  readonly isTrainers: boolean;
  /** A number's text by its pointer in the card, where it is not its shortest. */
  readonly written: ReadonlyMap<string, string>;
}

export interface CardModel {
  readonly place: string;
  readonly fields: Fields;
}

export interface CardResult {
  readonly place: string;
  /** As it stands. */
  readonly fields: Fields;
  readonly task: Fields;
  readonly dataset: Fields;
  readonly source: Fields;
  readonly metrics: readonly CardMetric[];
}

export interface CardMetric {
  readonly place: string;
  readonly fields: Fields;
  /** The number, also where it is written as a text; else whatever stands there. */
  readonly value: unknown;
  /** The value as it was written, where it is a text. */
  readonly text: string | undefined;
  /** What stands behind ±, whatever it may mean. */
  readonly plusMinus: number | undefined;
}

const FRONT = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

interface Front {
  readonly yaml: string;
  /** Lines of the file before it. */
  readonly before: number;
}

/** The YAML between the first two lines of hyphens, or the whole text: before them only white space and comments may stand, as on the Hub. */
function front(text: string): Front {
  const whole = text.replace(/^\uFEFF/, "");
  let at = 0;
  for (;;) {
    const [blank = ""] = /^\s*/.exec(whole.slice(at, at + 10_000)) ?? [];
    at += blank.length;
    const isComment = whole.startsWith("<!--", at);
    if (!isComment && whole[at] !== "#") break;
    const end = isComment ? whole.indexOf("-->", at) : whole.indexOf("\n", at);
    if (end === -1) return { yaml: whole, before: 0 };
    at = end + (isComment ? 3 : 1);
  }
  const rest = whole.slice(at);
  const before = whole.slice(0, at).split("\n").length;
  const yaml = FRONT.exec(rest)?.[1];
  if (yaml !== undefined) return { yaml, before };
  // A head that is opened and never closed.
  const [opening] = /^---\r?\n/.exec(rest) ?? [];
  return opening === undefined ? { yaml: whole, before: 0 } : { yaml: rest.slice(opening.length), before };
}

export const frontOf = (text: string): string => front(text).yaml;

/** Longer than real cards are: reading more takes seconds. */
const LONGEST_CARD = 500_000;

/** Null where it holds no index of models; the fault is told then. @param prefix of the card's places */
export function readCard({ text }: TextFile, prefix: string, faults: FaultSink): Card | null {
  const { yaml, before } = front(text);
  const tree = readYaml(yaml, prefix, faults, { longest: LONGEST_CARD, before });
  if (!tree) return null;
  const root = fieldsOf(tree.value);
  const index = root["model-index"];
  const place = pointer(prefix, "model-index");
  if (index === undefined && ("Models" in root || "Collections" in root)) {
    const message = "This is a model-index.yml of Papers with Code, which is another format and is not read.";
    faults.fault(place, "missing", message);
    return null;
  }
  if (!Array.isArray(index) || index.length === 0) {
    faults.fault(place, "missing", "There is no list of models under 'model-index'.");
    return null;
  }
  const tags = Array.isArray(root.tags) ? root.tags : [];
  return {
    models: index.map((model, i) => ({
      place: pointer(prefix, "model-index", i),
      fields: fieldsOf(model),
    })),
    method: root.method,
    isTrainers: tags.includes("generated_from_trainer"),
    written: tree.written,
  };
}

/** Null where there is no list of them; the fault is told then. A result without a list of metrics is told, too, and has none. */
export function resultsOf({ place, fields }: CardModel, faults: FaultSink): readonly CardResult[] | null {
  if (!Array.isArray(fields.results)) {
    faults.fault(`${place}/results`, "missing", "There is no list of results.");
    return null;
  }
  return fields.results.map((one, i): CardResult => {
    const result = fieldsOf(one);
    const at = `${place}/results/${i}`;
    const { metrics, task, dataset, source } = result;
    if (!Array.isArray(metrics)) {
      faults.fault(`${at}/metrics`, "missing", "The list of metrics is missing.");
    }
    return {
      ...{ place: at, fields: result, task: fieldsOf(task), dataset: fieldsOf(dataset) },
      source: fieldsOf(source),
      metrics: (Array.isArray(metrics) ? metrics : []).map((metric, j) =>
        readMetric(fieldsOf(metric), `${at}/metrics/${j}`),
      ),
    };
  });
}

const PLUS_MINUS =
  /^\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:±|\+\/-|\+-|\\pm)\s*(\d+(?:\.\d+)?)\s*%?\s*$/i;
const NUMBER_TEXT = /^\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i;

function readMetric(fields: Fields, place: string): CardMetric {
  const { value } = fields;
  if (typeof value !== "string") return { place, fields, value, text: undefined, plusMinus: undefined };
  const [, number, spread] = PLUS_MINUS.exec(value) ?? [];
  const told = number ?? (NUMBER_TEXT.test(value) ? value : undefined);
  return {
    ...{ place, fields, text: value },
    value: told === undefined ? value : Number(told),
    plusMinus: spread === undefined ? undefined : Number(spread),
  };
}

export interface MeasureTold {
  /** The metric's name, where it has the form setting/dataset/metric. */
  readonly named: string | undefined;
  /** Out of the task's name (or the dataset's configuration), the dataset's type and the metric's type, by our name for it. */
  readonly composed: string;
}

/** What a card in our own words calls its measure, whether there is such a measure or not. */
export function measureTold({ task, dataset }: CardResult, { fields }: CardMetric): MeasureTold {
  const [setting, data, metric] = [task.name ?? dataset.config, dataset.type, fields.type].map(sluggish);
  const own = `${setting}/${data}/${metric}`;
  const synonym = metricNamedBy(metric!, data!);
  const name = textOf(fields.name);
  return {
    named: isMeasureForm(name) ? name : undefined,
    composed: isMeasure(own) || synonym === undefined ? own : `${setting}/${data}/${synonym}`,
  };
}

/** What a value is of, if not of the whole test set. */
export interface CardPart {
  readonly split: unknown;
  readonly config: string | undefined;
}

const isWhole = (config: string) => ["", "default", "all"].includes(config.trim().toLowerCase());

/** Older cards have split and configuration under `args`, as a text or by name, and a metric may have a configuration of its own. */
export function partOf({ dataset }: CardResult, { fields: metric }: CardMetric): CardPart {
  const given = [dataset.args, metric.args].map((args): Fields => (isObject(args) ? args : { config: args }));
  const splits = [dataset.split, ...given.map(({ split }) => split)];
  const configs = [dataset.config, metric.config, ...given.flatMap(({ config, name }) => [config, name])];
  return {
    split: splits.find((split) => split !== undefined && split !== null),
    config: configs.find((config): config is string => typeof config === "string" && !isWhole(config)),
  };
}

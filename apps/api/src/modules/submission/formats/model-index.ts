/**
 * Hugging Face's `model-index`: the YAML at the head of a model card, or that YAML alone. Each metric is a value. Its
 * measure is `metrics[].name` where that is one of ours, else setting/dataset/metric out of `task.name` (or
 * `dataset.config`), `dataset.type` and `metrics[].type`. What there is to say of a new method stands under `method`,
 * beside `model-index`. Values of a training split are left out and named; a configuration (a subset) is taken for the
 * whole only where the measure is named outright.
 */
import { isMap, parseDocument } from "yaml";
import { shorten } from "../../../errors.ts";
import type { Catalogue } from "../../catalogue/catalogue.ts";
import { type Draft, type Fault, fault, jsonPointer, type Path, type ReadOptions } from "../faults/fault.ts";
import { measureToBe } from "../new-measure.ts";
import { methodWith, nameWarnings, placeOfMethod } from "./method.ts";
import { isTestSplit } from "./splits.ts";

interface Metric {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly value?: unknown;
  readonly config?: unknown;
  readonly args?: unknown;
}

interface Result {
  readonly task?: { name?: unknown; type?: unknown };
  readonly dataset?: { type?: unknown; name?: unknown; config?: unknown; split?: unknown; args?: unknown };
  readonly source?: { url?: unknown };
  readonly metrics?: readonly Metric[];
}

interface ModelIndex {
  readonly name?: unknown;
  readonly results?: readonly Result[];
}

const slugged = (text: unknown) =>
  String(text ?? "")
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");

const MEASURE = /^[^/\s]+\/[^/\s]+\/[^/\s]+$/;

const FRONT = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** The YAML between the first two lines of hyphens; before them only white space and comments may stand, as on the hub. */
function frontOf(text: string): string {
  let at = 0;
  for (;;) {
    const [blank = ""] = /^\s*/.exec(text.slice(at, at + 10_000)) ?? [];
    at += blank.length;
    const end = text.startsWith("<!--", at)
      ? text.indexOf("-->", at)
      : text[at] === "#"
        ? text.indexOf("\n", at)
        : -2;
    if (end === -2) break;
    if (end === -1) return text;
    at = end + (text[at] === "#" ? 1 : 3);
  }
  return FRONT.exec(text.slice(at))?.[1] ?? text;
}

export function readModelIndex(
  text: string,
  catalogue: Catalogue,
  { model: wanted }: ReadOptions = {},
): Draft {
  const refused = (message: string, expected = "a list of models under 'model-index'"): Draft => ({
    body: null,
    placeOf: jsonPointer,
    faults: [fault("/model-index", message, { expected })],
  });
  const card = readCard(frontOf(text));
  if (typeof card === "string") return refused(card);
  const { "model-index": index, method } = card;
  if (index === undefined && ("Models" in card || "Collections" in card)) {
    return refused("This is a model-index.yml of Papers with Code, which is another format and is not read.");
  }
  if (!Array.isArray(index) || index.length === 0) return refused("There is no list of models.");
  const names = index.map((one) => String((one as ModelIndex | null)?.name ?? ""));
  const at = wanted === undefined ? 0 : names.indexOf(wanted);
  if (at < 0 || (wanted === undefined && index.length > 1)) {
    const shown = shorten(names.map((name) => `'${name}'`).join(", "), 300);
    return refused(
      at < 0
        ? `The card has no model '${shorten(String(wanted), 60)}': it has ${shown}.`
        : `The card has ${index.length} models: say which one is offered, of ${shown}.`,
      "one model: --model NAME with the command, ?model=NAME in the address, 'model' in the mutation",
    );
  }
  return draftOf(index[at] as ModelIndex, ["model-index", at], method, catalogue);
}

/** Longer than real cards are: reading more takes this reader seconds. */
const LONGEST_CARD = 500_000;

type Card = { "model-index"?: unknown; method?: unknown; Models?: unknown; Collections?: unknown };

/** The YAML's fields, or the sentence of what is wrong with it. */
function readCard(front: string): Card | string {
  if (front.length > LONGEST_CARD) {
    return `The YAML has ${front.length} letters: at most ${LONGEST_CARD} are read.`;
  }
  // Aliases are how a small text becomes a huge value.
  const document = parseDocument(front, { maxAliasCount: 0 } as object);
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line;
    const twice = error.code === "DUPLICATE_KEY" ? "A field is told twice" : "The text is not valid YAML";
    return `${twice}${line === undefined ? "" : `, in line ${line}`}.`;
  }
  if (!isMap(document.contents)) return "The text is not valid YAML of a model card.";
  try {
    return document.toJS({ maxAliasCount: 0 }) as Card;
  } catch {
    return "The YAML uses aliases, which are not read here.";
  }
}

function draftOf(model: ModelIndex | null, base: Path, method: unknown, catalogue: Catalogue): Draft {
  const places: Path[] = [];
  const faults: Fault[] = nameWarnings(model?.name, method, jsonPointer([...base, "name"]));
  const results = Array.isArray(model?.results) ? (model.results as readonly Result[]) : [];
  const values: { measure: string; value: unknown; source?: string }[] = [];
  for (const [i, result] of results.entries()) {
    const metrics = Array.isArray(result?.metrics) ? result.metrics : [];
    for (const [j, metric] of metrics.entries()) {
      const place: Path = [...base, "results", i, "metrics", j];
      const read = readMetric(result, metric ?? {}, place, catalogue);
      faults.push(...read.faults);
      if (!read.value) continue;
      places.push(place);
      values.push(read.value);
    }
  }
  const source = values.find((value) => value.source)?.source ?? `model card of ${String(model?.name)}`;
  return {
    body: { method: methodWith(model?.name, method), source, values },
    faults,
    methodPlace: "under 'method', beside 'model-index'",
    placeOf: (path) => {
      if (path[0] === "method")
        return jsonPointer(placeOfMethod(path, method, [...base, "name"], ["method"]));
      const place = path[0] === "values" && typeof path[1] === "number" ? places[path[1]] : undefined;
      return jsonPointer(place ? [...place, ...path.slice(2)] : [...base, ...path]);
    },
  };
}

const isWhole = (name: string) => ["", "default", "all"].includes(name.trim().toLowerCase());

/**
 * The split and the configuration that a value is of, if not of the whole: older cards have them under `args`, as a text or
 * by name, and a metric may have a configuration of its own.
 */
function partOf(dataset: Result["dataset"], metric: Metric): { split?: unknown; config?: string } {
  const given = [dataset?.args, metric.args].map((args) =>
    typeof args === "object" && args !== null
      ? (args as { split?: unknown; config?: unknown; name?: unknown })
      : { config: args },
  );
  const splits = [dataset?.split, ...given.map((args) => ("split" in args ? args.split : undefined))];
  const configs = [
    dataset?.config,
    metric.config,
    ...given.flatMap((args) => [args.config, "name" in args ? args.name : undefined]),
  ];
  const config = configs.find((name) => typeof name === "string" && !isWhole(name));
  return {
    split: splits.find((split) => split !== undefined && split !== null),
    ...(config !== undefined && { config: String(config) }),
  };
}

function readMetric(result: Result, metric: Metric, place: Path, catalogue: Catalogue) {
  const { task, dataset, source } = result;
  const named = String(metric.name ?? "");
  const isNamed = MEASURE.test(named);
  const parts = [task?.name ?? dataset?.config, dataset?.type, metric.type];
  const measure = isNamed ? named : parts.map(slugged).join("/");
  const where = jsonPointer(place);
  const { split, config } = partOf(dataset, metric);
  if (split !== undefined && split !== null && !isTestSplit(String(split), measure)) {
    const message = `This value is of the split '${shorten(String(split), 40)}', which is not a test split: it is left out.`;
    return { value: null, faults: [fault(where, message, { severity: "WARNING" })] };
  }
  const faults: Fault[] = [];
  // Without a task's name, the dataset's configuration is where the setting stands.
  const isSetting = task?.name === undefined && config === dataset?.config;
  if (config !== undefined && !isNamed && !isSetting) {
    const message = `This value is of the configuration '${shorten(config, 40)}' of its dataset or metric.`;
    faults.push(
      fault(where, message, {
        expected: "the measure in the metric's 'name', if it is of the whole dataset",
      }),
    );
  }
  const { value, warnings } = readNumber(metric.value, [...place, "value"]);
  faults.push(...warnings);
  const unit = measureToBe(measure, catalogue)?.metric.unit;
  if (!isNamed && unit === "%" && typeof value === "number" && value > 0 && value <= 1) {
    const message = `${value} of a metric in percent: whether it is a fraction, the card does not say.`;
    const expected = "the value in percent; or, if it is that small, the measure in the metric's 'name'";
    faults.push(fault(jsonPointer([...place, "value"]), message, { expected }));
  }
  return {
    value: { measure, value, ...(typeof source?.url === "string" && { source: source.url }) },
    faults,
  };
}

const PLUS_MINUS =
  /^\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:±|\+\/-|\+-|\\pm)\s*(\d+(?:\.\d+)?)\s*%?\s*$/i;
const NUMBER_TEXT = /^\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i;

/** A number, also as a text with what stands behind its ±, which is no 95% interval and is said to be left out. */
function readNumber(value: unknown, place: Path): { value: unknown; warnings: Fault[] } {
  if (typeof value !== "string") return { value, warnings: [] };
  if (NUMBER_TEXT.test(value)) return { value: Number(value), warnings: [] };
  const [, number, spread] = PLUS_MINUS.exec(value) ?? [];
  if (number === undefined) return { value, warnings: [] };
  const message = `± ${spread} is not recorded: the card does not say what it is.`;
  const expected = "a 95% interval, in our own form";
  return {
    value: Number(number),
    warnings: [fault(jsonPointer(place), message, { expected, severity: "WARNING" })],
  };
}

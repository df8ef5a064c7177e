/**
 * A model card in our own words, as eval-core reads cards: each metric of one model's is a value. Its measure is the metric's
 * name where that has the form of one, else composed of setting, dataset and metric. What there is to say of a new method
 * stands under `method`, beside `model-index`. Values of a split that is not tested on are left out and named; a
 * configuration (a subset) is taken for the whole only where the measure is named outright.
 */
import {
  type CardMetric,
  type CardResult,
  isTestSplit,
  measureTold,
  partOf,
  readCard,
  resultsOf,
} from "@transferboard/eval-core/formats";
import { shorten } from "../../../errors.ts";
import type { Catalogue } from "../../catalogue/catalogue.ts";
import { type Draft, type Fault, fault, jsonPointer, type ReadOptions } from "../faults/fault.ts";
import { measureToBe } from "../new-measure.ts";
import { methodWith, nameWarnings, placeOfMethod } from "./method.ts";
import { ReaderFaults } from "./reader-faults.ts";

export function readModelIndex(
  text: string,
  catalogue: Catalogue,
  { model: wanted }: ReadOptions = {},
): Draft {
  const nothing = (faults: readonly Fault[]): Draft => ({ body: null, placeOf: jsonPointer, faults });
  const sink = new ReaderFaults({ missing: "a list of models under 'model-index', each with its results" });
  const card = readCard({ name: "README.md", text }, "", sink);
  if (!card) return nothing(sink.list);
  const names = card.models.map(({ fields }) => String(fields.name ?? ""));
  const at = wanted === undefined ? 0 : names.indexOf(wanted);
  if (at < 0 || (wanted === undefined && names.length > 1)) {
    const shown = shorten(names.map((name) => `'${name}'`).join(", "), 300);
    const message =
      at < 0
        ? `The card has no model '${shorten(String(wanted), 60)}': it has ${shown}.`
        : `The card has ${names.length} models: say which one is offered, of ${shown}.`;
    const expected =
      "one model: --model NAME with the command, ?model=NAME in the address, 'model' in the mutation";
    return nothing([fault("/model-index", message, { expected })]);
  }
  const model = card.models[at]!;
  const results = resultsOf(model, sink);
  if (!results) return nothing(sink.list);
  const { name } = model.fields;
  const reads = results.flatMap((result) =>
    result.metrics.map((metric) => readMetric(result, metric, catalogue)),
  );
  const kept = reads.flatMap(({ value }) => value ?? []);
  const source = kept.find((value) => value.body.source)?.body.source ?? `model card of ${String(name)}`;
  return {
    body: { method: methodWith(name, card.method), source, values: kept.map(({ body }) => body) },
    faults: [
      ...sink.list,
      ...nameWarnings(name, card.method, `${model.place}/name`),
      ...reads.flatMap(({ faults }) => faults),
    ],
    methodPlace: "under 'method', beside 'model-index'",
    placeOf: ([part, ...path]) => {
      if (part === "method") {
        return jsonPointer(
          placeOfMethod([part, ...path], card.method, ["model-index", at, "name"], ["method"]),
        );
      }
      const value = part === "values" && typeof path[0] === "number" ? kept[path[0]] : undefined;
      if (!value) return `${model.place}${jsonPointer(part === undefined ? path : [part, ...path])}`;
      const [, field, ...inner] = path;
      const own = field === undefined ? undefined : value.places[field];
      return own ?? `${value.place}${field === undefined ? "" : jsonPointer([field, ...inner])}`;
    },
  };
}

interface ReadMetric {
  readonly value: {
    readonly body: { readonly measure: string; readonly value: unknown; readonly source?: string };
    readonly place: string;
    /** Where fields of the value are that are called otherwise in a card. */
    readonly places: Readonly<Record<string, string>>;
  } | null;
  readonly faults: readonly Fault[];
}

function readMetric(result: CardResult, metric: CardMetric, catalogue: Catalogue): ReadMetric {
  const { task, dataset, source } = result;
  const { place } = metric;
  const { named, composed } = measureTold(result, metric);
  const measure = named ?? composed;
  const { split, config } = partOf(result, metric);
  if (!isTestSplit(split, measure.split("/")[1]!)) {
    const message = `This value is of the split '${shorten(String(split), 40)}', which is not a test split: it is left out.`;
    return { value: null, faults: [fault(place, message, { severity: "WARNING" })] };
  }
  const faults: Fault[] = [];
  // Without a task's name, the dataset's configuration is where the setting stands.
  const isSetting = task.name === undefined && config === dataset.config;
  if (config !== undefined && named === undefined && !isSetting) {
    const message = `This value is of the configuration '${shorten(config, 40)}' of its dataset or metric.`;
    const expected = "the measure in the metric's 'name', if it is of the whole dataset";
    faults.push(fault(place, message, { expected }));
  }
  const { value, plusMinus } = metric;
  if (plusMinus !== undefined) {
    const message = `± ${plusMinus} is not recorded: the card does not say what it is.`;
    const expected = "a 95% interval, in our own form";
    faults.push(fault(`${place}/value`, message, { expected, severity: "WARNING" }));
  }
  const unit = measureToBe(measure, catalogue)?.metric.unit;
  if (named === undefined && unit === "%" && typeof value === "number" && value > 0 && value <= 1) {
    const message = `${value} of a metric in percent: whether it is a fraction, the card does not say.`;
    const expected = "the value in percent; or, if it is that small, the measure in the metric's 'name'";
    faults.push(fault(`${place}/value`, message, { expected }));
  }
  const { url } = source;
  return {
    value: {
      body: { measure, value, ...(typeof url === "string" && { source: url }) },
      place,
      places: {
        measure: `${place}/${named === undefined ? "type" : "name"}`,
        source: `${result.place}/source/url`,
      },
    },
    faults,
  };
}

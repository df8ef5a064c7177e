/** torchgeo-bench's results CSV: probes on satellite images, a line a score and configuration. */
import { datasetNamed } from "@transferboard/vocabulary";
import { type CsvRecord, readTable } from "./shared/csv.ts";
import type { Format, ReadContext, Reading, TextFile } from "./shared/format.ts";
import { checkpointNamed, slugOfParts } from "./shared/names.ts";
import { cellNumber, toPercent } from "./shared/numbers.ts";
import { given, type NewRow, Sheet } from "./shared/sheet.ts";
import {
  TORCHGEO_COLUMNS,
  TORCHGEO_METRICS,
  TORCHGEO_REQUIRED,
  torchgeoDataset,
  torchgeoSetting,
} from "./torchgeo/words.ts";
import { writeTorchgeo } from "./torchgeo/write.ts";

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const shape = {
      required: TORCHGEO_REQUIRED,
      allowed: new Set<string>(TORCHGEO_COLUMNS),
      named: files.length > 1,
    };
    const table = readTable(file, shape, sheet);
    for (const record of table?.records ?? []) readRecord(record, sheet, context);
  }
  return sheet.reading();
}

/** A fraction, NaN or blank undefined; what is wrong with it is told. */
function fractionIn(record: CsvRecord, column: string, sheet: Sheet): number | undefined {
  const cell = cellNumber(record.at(column));
  if (cell.is === "blank") return undefined;
  if (cell.is !== "number") {
    sheet.fault(record.placeOf(column), cell.is, `'${record.at(column)}' is not a finite number.`);
  } else if (cell.value < 0 || cell.value > 1) {
    sheet.fault(record.placeOf(column), "out-of-bounds", `${cell.value} lies outside 0 to 1.`);
  } else return cell.value;
  return undefined;
}

function wholeIn(record: CsvRecord, column: string, sheet: Sheet): number | undefined {
  const cell = cellNumber(record.at(column));
  if (cell.is === "blank") return undefined;
  if (cell.is === "number" && Number.isInteger(cell.value)) return cell.value;
  sheet.fault(record.placeOf(column), "not-an-integer", `'${record.at(column)}' is not a whole number.`);
  return undefined;
}

const plainNumber = (text: string) => {
  const cell = cellNumber(text);
  return cell.is === "number" ? cell.value : undefined;
};

const yesNo = (text: string) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined);

function readRecord(record: CsvRecord, sheet: Sheet, { map, date }: ReadContext): void {
  const { at, placeOf, place } = record;
  const [method, metricName, dataset, name] = [at("method"), at("metric_name"), at("dataset"), at("name")];
  if (method === "profile" || method === "intrinsic_dim") {
    sheet.leave(place, `${method} ${metricName}`, "not-a-score");
    return;
  }
  for (const column of ["dataset", "method", "metric_name", "name"]) {
    if (at(column) === "") sheet.fault(placeOf(column), "missing", "The cell is blank.");
  }
  const value = fractionIn(record, "metric_value", sheet);
  if (at("metric_value") === "")
    sheet.fault(placeOf("metric_value"), "missing", "The cell is blank: a fraction was expected.");
  const interval = intervalIn(record, value, sheet);
  const [n, seed, nTrain, nVal, featureDimension] = ["n_test", "seed", "n_train", "n_val", "feature_dim"].map(
    (column) => wholeIn(record, column, sheet),
  );
  const slug = torchgeoDataset(dataset);
  const setting = torchgeoSetting(method);
  const metric = TORCHGEO_METRICS[metricName];
  const mapped = map?.[`${dataset} ${metricName}`] ?? map?.[dataset];
  const what = `${method} ${metricName} on ${dataset}`;
  if (mapped === undefined) {
    if (setting === undefined || slug === undefined || !datasetNamed(slug)) {
      sheet.leave(place, what, "no-measure");
      return;
    }
    if (metric === undefined) {
      sheet.leave(place, what, "metric-not-ours");
      return;
    }
  }
  const errors = (["ece", "ece_ts"] as const).map(
    (column) => [column, fractionIn(record, column, sheet)] as const,
  );
  if (name === "" || value === undefined) return;
  const protocol = protocolOf(record, method, nTrain, nVal);
  const modelClass = at("model");
  const shared = {
    method: slugOfParts("torchgeo-bench", name),
    checkpoint: checkpointNamed(name, { featureDimension: featureDimension ?? null }),
    aliases: [`torchgeo-bench:${name}`],
    n: n ?? null,
    seeds: seed === undefined ? [] : [seed],
    evaluatedAt: date ?? null,
    source: "torchgeo-bench",
    protocol,
  };
  const measure = mapped ?? `${setting}/${slug}/${metric}`;
  const isFraction = metric === "mean-iou";
  const scale = isFraction ? (x: number) => x : toPercent;
  const rows: NewRow[] = [
    {
      ...shared,
      place: placeOf("metric_value"),
      measure,
      value: scale(value),
      interval: interval && [scale(interval[0]), scale(interval[1])],
      extra: {
        raw: at("metric_value"),
        ...given({ modelClass, bootstrap: interval ? plainNumber(at("bootstrap")) : undefined }),
        ...extraOf(record),
      },
    },
  ];
  if (setting === "many-shot-linear" || setting === "knn") {
    const calibration = setting === "knn" ? "calibration-knn" : "calibration-linear";
    for (const [column, error] of errors) {
      if (error === undefined) continue;
      rows.push({
        ...shared,
        place: placeOf(column),
        measure: `${calibration}/${slug}/${column === "ece" ? "ece" : "ece-scaled"}`,
        value: toPercent(error),
        extra: { raw: at(column), ...given({ modelClass }) },
      });
    }
  }
  sheet.method({ slug: shared.method, name });
  sheet.add(place, what, rows);
}

/** Two bounds at 95%; 0.0 and 0.0, or blanks, are none. */
function intervalIn(record: CsvRecord, value: number | undefined, sheet: Sheet): [number, number] | null {
  const [lower, upper] = [fractionIn(record, "ci_lower", sheet), fractionIn(record, "ci_upper", sheet)];
  if (lower === undefined || upper === undefined || (lower === 0 && upper === 0)) return null;
  if (value !== undefined && (value < lower || value > upper)) {
    const message = `The interval from ${lower} to ${upper} does not hold the value ${value}.`;
    sheet.fault(`${record.place}, interval`, "interval-without-value", message);
    return null;
  }
  return [lower, upper];
}

function protocolOf({ at }: CsvRecord, method: string, nTrain: number | undefined, nVal: number | undefined) {
  const range = ["c_range_start", "c_range_stop", "c_range_num"].map((column) => plainNumber(at(column)));
  return {
    by: "torchgeo-bench",
    evaluation: method,
    imageSize: plainNumber(at("image_size")) ?? null,
    ...given({
      bands: at("bands"),
      interpolation: at("interpolation"),
      normalization: at("normalization"),
      partition: at("partition"),
      nTrain,
      nVal,
    }),
    ...(method === "linear" &&
      given({
        cRange: range.includes(undefined) ? undefined : range,
        mergeVal: yesNo(at("merge_val")),
      })),
  };
}

const EXTRAS: Readonly<Record<string, string>> = {
  bestC: "best_c",
  bestLr: "best_lr",
  bestBatchSize: "best_batch_size",
  fwIou: "fw_iou",
  precision: "precision",
  recall: "recall",
  f1: "f1",
  rmsCe: "rms_ce",
  mce: "mce",
  rmsCeTs: "rms_ce_ts",
  mceTs: "mce_ts",
  temperature: "temperature",
  calibrationNBins: "calibration_n_bins",
};

/** A number where the cell is one; any other word as it stands. */
const extraOf = ({ at }: CsvRecord) =>
  given(
    Object.fromEntries(
      Object.entries(EXTRAS).map(([name, column]) => [name, plainNumber(at(column)) ?? at(column)]),
    ),
  );

export const torchgeoCsv: Format = {
  name: "torchgeo-csv",
  title: "torchgeo-bench's results CSV: probes on satellite images",
  recognise: ([file]) => /^\uFEFF?dataset,method,metric_name,metric_value,/.test(file?.text ?? ""),
  read,
  write: writeTorchgeo,
};

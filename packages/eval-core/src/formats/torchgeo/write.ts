/** Rows as torchgeo-bench writes them: all columns, fractions in shortest decimals, sizes as pandas writes floats. */
import { writeTable } from "../shared/csv.ts";
import type { OutRow, WriteContext, Written } from "../shared/format.ts";
import { aliasOf } from "../shared/names.ts";
import { endsAround, textAsRead, toFraction, toPercent } from "../shared/numbers.ts";
import { TORCHGEO_COLUMNS, TORCHGEO_METRICS, torchgeoName } from "./words.ts";

const WORD_OF = new Map(Object.entries(TORCHGEO_METRICS).map(([word, metric]) => [metric, word]));

const asFloat = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value)
    ? `${value}.0`
    : value === undefined
      ? ""
      : String(value);

const isIou = ({ measure }: OutRow) => measure.endsWith("/mean-iou");
const back = (row: OutRow, value: number) => (isIou(row) ? value : toFraction(value));

function valueText(row: OutRow): string {
  return textAsRead(row, isIou(row) ? undefined : toPercent) ?? asFloat(back(row, row.value));
}

const isCalibration = ({ measure }: OutRow) => measure.startsWith("calibration-");

/** What a line and its calibration have in common. */
const keyOf = (row: OutRow) =>
  JSON.stringify([row.aliases, row.measure.split("/")[1], row.protocol, row.n, row.seeds]);

export function writeTorchgeo(rows: readonly OutRow[], _context: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const calibrations = Map.groupBy(rows.filter(isCalibration), keyOf);
  const used = new Set<OutRow>();
  const cells: string[][] = [];
  for (const row of rows) {
    if (isCalibration(row)) continue;
    const [, dataset = "", metric = ""] = row.measure.split("/");
    const name = aliasOf(row, "torchgeo-bench");
    const word = WORD_OF.get(metric);
    if (row.protocol.by !== "torchgeo-bench" || name === undefined || word === undefined) {
      left.push({ row, why: "it is no score of torchgeo-bench" });
      continue;
    }
    const beside = (calibrations.get(keyOf(row)) ?? []).filter((one) => !used.has(one));
    const [ece, scaled] = ["/ece", "/ece-scaled"].map((end) =>
      beside.find(({ measure }) => measure.endsWith(end)),
    );
    for (const one of [ece, scaled]) if (one) used.add(one);
    cells.push(lineOf(row, { dataset: torchgeoName(dataset), name, word, ece, scaled }));
  }
  for (const row of rows) {
    if (isCalibration(row) && !used.has(row))
      left.push({ row, why: "its accuracy is not here, and a line is of one" });
  }
  return { files: [{ name: "results.csv", text: writeTable(TORCHGEO_COLUMNS, cells) }], left };
}

interface Line {
  readonly dataset: string;
  readonly name: string;
  readonly word: string;
  readonly ece: OutRow | undefined;
  readonly scaled: OutRow | undefined;
}

function lineOf(row: OutRow, { dataset, name, word, ece, scaled }: Line): string[] {
  const { protocol, interval, n, seeds, extra, checkpoint } = row;
  const [start, stop, num] = Array.isArray(protocol.cRange) ? (protocol.cRange as unknown[]) : [];
  const value = valueText(row);
  const [lower, upper] = interval
    ? endsAround(Number(value), interval, (end) => back(row, end))
    : ([0, 0] as const);
  const plain = (value: unknown) => (value === undefined || value === null ? "" : String(value));
  const line: Readonly<Record<string, string>> = {
    dataset,
    method: plain(protocol.evaluation),
    metric_name: word,
    metric_value: value,
    ci_lower: asFloat(lower),
    ci_upper: asFloat(upper),
    feature_dim: plain(checkpoint.featureDimension),
    best_c: asFloat(extra.bestC),
    best_lr: asFloat(extra.bestLr),
    best_batch_size: plain(extra.bestBatchSize),
    n_train: plain(protocol.nTrain),
    n_val: plain(protocol.nVal),
    n_test: plain(n),
    seed: seeds.join(" "),
    model: plain(extra.modelClass),
    name,
    normalization: plain(protocol.normalization),
    image_size: protocol.imageSize === null ? "" : asFloat(protocol.imageSize),
    interpolation: plain(protocol.interpolation),
    partition: plain(protocol.partition),
    bands: plain(protocol.bands),
    c_range_start: plain(start),
    c_range_stop: plain(stop),
    c_range_num: plain(num),
    merge_val: protocol.mergeVal === undefined ? "" : protocol.mergeVal ? "True" : "False",
    bootstrap: plain(extra.bootstrap),
    fw_iou: asFloat(extra.fwIou),
    precision: asFloat(extra.precision),
    recall: asFloat(extra.recall),
    f1: asFloat(extra.f1),
    ece: ece ? valueText(ece) : "",
    rms_ce: asFloat(extra.rmsCe),
    mce: asFloat(extra.mce),
    ece_ts: scaled ? valueText(scaled) : "",
    rms_ce_ts: asFloat(extra.rmsCeTs),
    mce_ts: asFloat(extra.mceTs),
    temperature: asFloat(extra.temperature),
    calibration_n_bins: asFloat(extra.calibrationNBins),
  };
  return TORCHGEO_COLUMNS.map((column) => line[column] ?? "");
}

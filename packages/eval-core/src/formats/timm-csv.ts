/**
 * timm's `results/results-*.csv`: a model's own ImageNet classifier on ImageNet and its variants, a file a dataset, a line
 * a model and image size.
 */

import { type CsvRecord, readTable, writeTable } from "./shared/csv.ts";
import type {
  Format,
  OutRow,
  ReadContext,
  Reading,
  TextFile,
  WriteContext,
  Written,
} from "./shared/format.ts";
import { aliasOf, checkpointNamed, slug } from "./shared/names.ts";
import { cellNumber, textAsRead } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";

const FILES: readonly (readonly [string, string])[] = [
  ["results-imagenet.csv", "imagenet"],
  ["results-imagenet-real.csv", "imagenet-real"],
  ["results-imagenetv2-matched-frequency.csv", "imagenetv2"],
  ["results-sketch.csv", "imagenet-sketch"],
  ["results-imagenet-a.csv", "imagenet-a"],
  ["results-imagenet-a-clean.csv", "imagenet-a-clean"],
  ["results-imagenet-r.csv", "imagenet-r"],
  ["results-imagenet-r-clean.csv", "imagenet-r-clean"],
];
const DATASET_OF: ReadonlyMap<string, string> = new Map(FILES);

/** What a dataset's differences are against. */
const BASE_OF: Readonly<Record<string, string>> = {
  "imagenet-real": "imagenet",
  imagenetv2: "imagenet",
  "imagenet-sketch": "imagenet",
  "imagenet-a": "imagenet-a-clean",
  "imagenet-r": "imagenet-r-clean",
};

const COLUMNS = [
  ...[
    "model",
    "img_size",
    "top1",
    "top1_err",
    "top5",
    "top5_err",
    "param_count",
    "crop_pct",
    "interpolation",
  ],
] as const;
const DIFFS = ["top1_diff", "top5_diff", "rank_diff"] as const;

/** Value and error are rounded by themselves, to three decimals each. */
const OFF_BY_ROUNDING = 0.0015 + 1e-9;

const baseName = (name: string) => name.split("/").at(-1)!;

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const name = baseName(file.name);
    const dataset = DATASET_OF.get(name) ?? context.dataset;
    if (/^(benchmark|model_metadata)-/.test(name)) {
      const what = name.startsWith("benchmark") ? "speeds" : "facts of models";
      sheet.fault(name, "unknown-word", `${name} holds ${what}, not results: give the results-*.csv files.`);
    } else if (dataset === undefined) {
      sheet.fault(
        name,
        "unknown-word",
        `The name of ${name} does not tell its dataset: say it with --dataset.`,
      );
    } else readFile({ ...file, name }, dataset, sheet, context);
  }
  return sheet.reading();
}

function readFile(file: TextFile, dataset: string, sheet: Sheet, { date }: ReadContext): void {
  const table = readTable(file, { required: COLUMNS, allowed: new Set(DIFFS), named: true }, sheet);
  for (const record of table?.records ?? []) readRecord(record, file.name, dataset, sheet, date ?? null);
}

function readRecord(
  record: CsvRecord,
  file: string,
  dataset: string,
  sheet: Sheet,
  date: string | null,
): void {
  const { at, placeOf, place } = record;
  const model = at("model");
  if (model === "") sheet.fault(placeOf("model"), "missing", "The model's name is missing.");
  const percents = (["top1", "top1_err", "top5", "top5_err"] as const).map((column) =>
    percentIn(record, column, sheet),
  );
  const imageSize = numberIn(record, "img_size", sheet);
  if (imageSize !== undefined && !Number.isInteger(imageSize)) {
    sheet.fault(placeOf("img_size"), "not-an-integer", `The image size ${imageSize} is not a whole number.`);
  }
  const cropPct = numberIn(record, "crop_pct", sheet);
  const params = cellNumber(at("param_count").replaceAll(",", ""));
  if (params.is === "not-a-number" || params.is === "not-finite") {
    sheet.fault(placeOf("param_count"), params.is, `'${at("param_count")}' is not a number of parameters.`);
  }
  const [top1, top1Error, top5, top5Error] = percents;
  addsUp(record, "top1_err", top1, top1Error, sheet);
  addsUp(record, "top5_err", top5, top5Error, sheet);
  if (top1 !== undefined && top5 !== undefined && top5 < top1) {
    sheet.fault(placeOf("top5"), "below-top1", `Top-5 accuracy ${top5} lies below top-1 accuracy ${top1}.`);
  }
  if (model === "" || top1 === undefined || top5 === undefined) return;
  const protocol = {
    by: "timm",
    evaluation: "own-classifier",
    ...given({ imageSize, cropPct, interpolation: at("interpolation") }),
  };
  const row = (column: "top1" | "top5", value: number) => ({
    place: placeOf(column),
    method: slug(model),
    checkpoint: checkpointNamed(model, { architecture: model.split(".")[0]! }),
    aliases: [`timm:${model}`, `hf:timm/${model}`],
    measure: `robustness/${dataset}/${column}`,
    value,
    evaluatedAt: date,
    source: `timm ${file}`,
    protocol,
    key: String(imageSize),
    extra: given({
      paramCount: at("param_count"),
      top1Diff: at("top1_diff"),
      top5Diff: at("top5_diff"),
      rankDiff: at("rank_diff"),
      raw: at(column),
      error: at(`${column}_err`),
    }),
  });
  sheet.method({ slug: slug(model), name: model });
  sheet.add(place, `${model} at ${imageSize}`, [row("top1", top1), row("top5", top5)]);
}

function numberIn({ at, placeOf }: CsvRecord, column: string, sheet: Sheet): number | undefined {
  const cell = cellNumber(at(column));
  if (cell.is === "number") return cell.value;
  const kind = cell.is === "blank" ? "missing" : cell.is;
  sheet.fault(
    placeOf(column),
    kind,
    cell.is === "blank" ? "The cell is blank." : `'${at(column)}' is not a finite number.`,
  );
  return undefined;
}

function percentIn(record: CsvRecord, column: string, sheet: Sheet): number | undefined {
  const value = numberIn(record, column, sheet);
  if (value === undefined || (value >= 0 && value <= 100)) {
    if (value !== undefined && value > 0 && value <= 1 && !column.endsWith("_err")) {
      sheet.warn(record.placeOf(column), "looks-like-a-fraction", `${value} is taken as ${value}%.`);
    }
    return value;
  }
  sheet.fault(record.placeOf(column), "out-of-bounds", `${value} lies outside 0 to 100.`);
  return undefined;
}

function addsUp(
  record: CsvRecord,
  column: string,
  value: number | undefined,
  error: number | undefined,
  sheet: Sheet,
): void {
  if (value === undefined || error === undefined || Math.abs(value + error - 100) <= OFF_BY_ROUNDING) return;
  sheet.fault(record.placeOf(column), "does-not-add-up", `${value} and ${error} do not add up to 100.`);
}

interface Line {
  readonly model: string;
  readonly size: number;
  readonly top1?: OutRow;
  readonly top5?: OutRow;
}

const signed = (value: number, digits: number) => `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
/** Of one unit a text: the raw one while the value is unchanged. */
const percentText = (row: OutRow) => textAsRead(row) ?? row.value.toFixed(3);
const errorText = (row: OutRow) =>
  textAsRead(row) !== undefined && typeof row.extra.error === "string"
    ? row.extra.error
    : (100 - row.value).toFixed(3);
const thousands = (text: string) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

function write(rows: readonly OutRow[], _context: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const byDataset = new Map<string, Map<string, Line>>();
  for (const row of rows) {
    const [setting, dataset = "", metric] = row.measure.split("/");
    const size = row.protocol.imageSize;
    const why =
      setting !== "robustness" || (metric !== "top1" && metric !== "top5")
        ? "timm's tables hold top-1 and top-5 accuracy of a model's own classifier"
        : typeof size !== "number"
          ? "its protocol tells no image size"
          : FILES.some(([, known]) => known === dataset)
            ? undefined
            : "timm has no table of this dataset";
    if (why !== undefined) {
      left.push({ row, why });
      continue;
    }
    const model = aliasOf(row, "timm") ?? row.checkpoint.name;
    const lines = byDataset.get(dataset) ?? new Map<string, Line>();
    byDataset.set(dataset, lines);
    const key = `${model}\n${size}`;
    lines.set(key, { ...(lines.get(key) ?? { model, size: size as number }), [metric as "top1"]: row });
  }
  const files = FILES.flatMap(([name, dataset]) => {
    const lines = byDataset.get(dataset);
    if (!lines) return [];
    const whole = [...lines.values()].filter((line): line is Required<Line> => {
      if (line.top1 && line.top5) return true;
      left.push({ row: (line.top1 ?? line.top5)!, why: "a line needs both top-1 and top-5 accuracy" });
      return false;
    });
    return whole.length === 0 ? [] : [{ name, text: tableOf(whole, dataset, byDataset) }];
  });
  return { files, left };
}

const inOrder = (lines: readonly Required<Line>[]) =>
  [...lines].sort(
    (a, b) =>
      b.top1.value - a.top1.value ||
      b.top5.value - a.top5.value ||
      (a.model < b.model ? -1 : a.model > b.model ? 1 : 0),
  );

function tableOf(
  lines: readonly Required<Line>[],
  dataset: string,
  all: ReadonlyMap<string, ReadonlyMap<string, Line>>,
): string {
  const base = all.get(BASE_OF[dataset] ?? "");
  const own = inOrder(lines);
  const keyOf = ({ model, size }: Line) => `${model}\n${size}`;
  const shared = new Set(own.map(keyOf).filter((key) => base?.get(key)?.top1 && base.get(key)?.top5));
  const baseRank = new Map(
    inOrder(
      [...(base?.values() ?? [])].filter((line): line is Required<Line> => shared.has(keyOf(line))),
    ).map((line, i) => [keyOf(line), i]),
  );
  let rank = -1;
  const cells = own.map((line) => {
    const { model, size, top1, top5 } = line;
    const key = keyOf(line);
    const before = base?.get(key);
    if (shared.has(key)) rank += 1;
    const places = (baseRank.get(key) ?? 0) - rank;
    const diffs =
      before?.top1 && before.top5
        ? [
            signed(top1.value - before.top1.value, 3),
            signed(top5.value - before.top5.value, 3),
            signed(places, 0),
          ]
        : ["", "", ""];
    const { cropPct, interpolation } = top1.protocol;
    const params = String(top1.extra.paramCount ?? "");
    return [
      model,
      String(size),
      percentText(top1),
      errorText(top1),
      percentText(top5),
      errorText(top5),
      params.includes(",") ? params : thousands(params),
      typeof cropPct === "number" ? cropPct.toFixed(3) : "",
      String(interpolation ?? ""),
      ...(base ? diffs : []),
    ];
  });
  return writeTable(base ? [...COLUMNS, ...DIFFS] : COLUMNS, cells);
}

export const timmCsv: Format = {
  name: "timm-csv",
  title: "timm's results-*.csv: a model's own classifier on ImageNet and its variants",
  recognise: (files) => files.length > 0 && files.every(({ text }) => /^\uFEFF?model,img_size,/.test(text)),
  read,
  write,
};

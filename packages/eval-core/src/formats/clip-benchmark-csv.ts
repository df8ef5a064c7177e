/** CLIP_benchmark's CSV: zero-shot classification and retrieval, and linear probes, of open_clip models. */
import { datasetNamed } from "@transferboard/vocabulary";
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
import { accuracyOn } from "./shared/measures.ts";
import { aliasOf, checkpointNamed, slugOfParts } from "./shared/names.ts";
import { cellNumber, textAsRead, toFraction, toPercent } from "./shared/numbers.ts";
import { given, type NewRow, Sheet } from "./shared/sheet.ts";
import { fieldsOf, isObject, readJson } from "./shared/tree.ts";

const REQUIRED = ["dataset", "model", "pretrained", "task"] as const;
const HEADER = [
  ...[
    "acc1",
    "acc5",
    "mean_per_class_recall",
    "dataset",
    "model",
    "pretrained",
    "task",
    "mean_average_precision",
  ],
  ...["image_retrieval_recall@5", "text_retrieval_recall@5", "model_fullname", "language"],
] as const;
const PROBE_HEADER = [
  ...[
    "lp_acc1",
    "lp_acc5",
    "lp_mean_per_class_recall",
    "weight_decay",
    "epochs",
    "seed",
    "fewshot_k",
    "normalized",
  ],
] as const;

/** Their name, without where the images come from -> ours, where they differ by more than a hyphen. */
const DATASETS: Readonly<Record<string, string>> = {
  imagenet1k: "imagenet",
  "imagenet1k-unverified": "imagenet",
  fgvc_aircraft: "aircraft",
  food101: "food",
  renderedsst2: "rendered-sst2",
  clevr_count_all: "clevr-count",
  clevr_closest_object_distance: "clevr-distance",
  voc2007: "voc2007-cropped",
  voc2007_multilabel: "voc2007",
};

function datasetOf(name: string): string | undefined {
  const bare = name.replace(/^(wds|tfds)\//, "").replace(/^vtab\//, "");
  const slug = DATASETS[bare] ?? bare.replaceAll("_", "-");
  return datasetNamed(slug)?.slug;
}

const RECALL = /^(image|text)_retrieval_recall@(\d+)$/;

/** The score columns of a task, with the measure's metric; null for one that is not ours. */
function metricsOf(
  task: string,
  dataset: string,
  columns: readonly string[],
): (readonly [string, string | null])[] {
  const recalls = columns.flatMap((column) => {
    const [, side, k] = RECALL.exec(column) ?? [];
    return side === undefined ? [] : [[column, k === "5" ? `${side}-recall-at-5` : null] as const];
  });
  const accuracies = (prefix: string) =>
    [
      [`${prefix}acc1`, accuracyOn(dataset)],
      [`${prefix}acc5`, "top5"],
      [`${prefix}mean_per_class_recall`, "mean-per-class-accuracy"],
    ] as const;
  if (task === "zeroshot_classification") return [...accuracies(""), ["mean_average_precision", "map"]];
  if (task === "zeroshot_retrieval") return recalls;
  return task === "linear_probe" ? [...accuracies("lp_")] : [];
}

const SETTINGS: Readonly<Record<string, string>> = {
  zeroshot_classification: "zero-shot",
  zeroshot_retrieval: "zero-shot-retrieval",
  linear_probe: "linear-probe",
};

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const asCsv = /^\s*\{/.test(file.text) ? fromJson(file, sheet) : file;
    if (!asCsv) continue;
    const table = readTable(asCsv, { required: REQUIRED, named: files.length > 1 }, sheet);
    for (const record of table?.records ?? []) readRecord(record, table!.columns, sheet, context);
  }
  return sheet.reading();
}

/** The JSON of one run, as one line of the table. */
function fromJson(file: TextFile, sheet: Sheet): TextFile | null {
  const tree = readJson(file, "", sheet);
  if (!tree) return null;
  if (!isObject(tree.value)) {
    sheet.fault(
      "/",
      "not-an-object",
      "An object with dataset, model, pretrained, task and metrics was expected.",
    );
    return null;
  }
  const { metrics, ...rest } = tree.value;
  const fields = Object.entries({ ...fieldsOf(metrics), ...rest });
  const cell = (value: unknown) =>
    value === null || value === undefined
      ? ""
      : typeof value === "boolean"
        ? value
          ? "True"
          : "False"
        : String(value);
  const text = writeTable(
    fields.map(([name]) => name),
    [fields.map(([, value]) => cell(value))],
  );
  return { name: file.name, text };
}

function readRecord(
  record: CsvRecord,
  columns: readonly string[],
  sheet: Sheet,
  { map, date }: ReadContext,
): void {
  const { at, placeOf, place } = record;
  for (const column of REQUIRED) {
    if (at(column) === "") sheet.fault(placeOf(column), "missing", "The cell is blank.");
  }
  const [task, written, model, pretrained] = [at("task"), at("dataset"), at("model"), at("pretrained")];
  const dataset = datasetOf(written);
  const setting = SETTINGS[task];
  const mapped = (column: string) => map?.[`${written} ${column}`] ?? map?.[written];
  const scores = metricsOf(task, dataset ?? written, columns);
  const values = new Map<string, number>();
  let isSound = true;
  for (const [column] of scores) {
    const cell = cellNumber(at(column));
    const isFifth = column.endsWith("acc5");
    if (cell.is === "blank" || (isFifth && /^nan$/i.test(at(column)))) continue;
    if (cell.is === "number" && cell.value >= 0 && cell.value <= 1) values.set(column, cell.value);
    else {
      isSound = false;
      const kind = cell.is === "number" ? "out-of-bounds" : cell.is;
      sheet.fault(placeOf(column), kind, `'${at(column)}' is not a number from 0 to 1.`);
    }
  }
  const others = columns.some((column) => /acc$|^acc\d|recall|precision/.test(column) && at(column) !== "");
  if (isSound && values.size === 0 && !others) {
    sheet.fault(place, "no-value", "The row has no value.");
    return;
  }
  for (const prefix of ["", "lp_"]) {
    const [first, fifth] = [values.get(`${prefix}acc1`), values.get(`${prefix}acc5`)];
    if (first === undefined || fifth === undefined || fifth >= first) continue;
    sheet.fault(placeOf(`${prefix}acc5`), "below-top1", `acc5 ${fifth} lies below acc1 ${first}.`);
  }
  const isMapped = [...values.keys()].some((column) => mapped(column) !== undefined);
  if (!isMapped && (setting === undefined || dataset === undefined)) {
    sheet.leave(place, `${task} on ${written}`, "no-measure");
    return;
  }
  if (model === "" || pretrained === "" || !isSound) return;
  const rows = scores.flatMap(([column, metric]): NewRow[] => {
    const value = values.get(column);
    const measure = mapped(column) ?? (metric && dataset ? `${setting}/${dataset}/${metric}` : undefined);
    if (value === undefined) return [];
    if (measure === undefined) {
      sheet.leave(
        placeOf(column),
        `${column} on ${written}`,
        metric === null ? "metric-not-ours" : "no-measure",
      );
      return [];
    }
    return [
      {
        place: placeOf(column),
        method: slugOfParts("open-clip", model, pretrained),
        checkpoint: checkpointNamed(`${model}/${pretrained}`, { architecture: model }),
        aliases: [`open-clip:${model}/${pretrained}`],
        measure,
        value: toPercent(value),
        seeds: task === "linear_probe" && /^-?\d+$/.test(at("seed")) ? [Number(at("seed"))] : [],
        evaluatedAt: date ?? null,
        source: "CLIP_benchmark",
        protocol: protocolOf(record, task, written),
        extra: { raw: at(column), ...unknownIn(record, columns) },
      },
    ];
  });
  sheet.method({ slug: slugOfParts("open-clip", model, pretrained), name: `${model} ${pretrained}` });
  if (rows.length > 0) sheet.add(place, `${task} on ${written}`, rows);
}

const KNOWN: ReadonlySet<string> = new Set([...HEADER, ...PROBE_HEADER]);

/** Columns that the format does not have, under their own names. */
const unknownIn = ({ at }: CsvRecord, columns: readonly string[]) =>
  given(
    Object.fromEntries(
      columns
        .filter((column) => !KNOWN.has(column) && !RECALL.test(column))
        .map((column) => [column, at(column)]),
    ),
  );

function protocolOf({ at }: CsvRecord, task: string, dataset: string) {
  const number = (column: string) => {
    const cell = cellNumber(at(column));
    return cell.is === "number" ? cell.value : undefined;
  };
  const isProbe = task === "linear_probe";
  return {
    by: "clip-benchmark",
    dataset,
    evaluation: SETTINGS[task] ?? task,
    ...given({ language: at("language") }),
    ...(isProbe &&
      given({
        epochs: number("epochs"),
        fewshotK: number("fewshot_k"),
        normalized: /^(true|false)$/i.test(at("normalized"))
          ? at("normalized").toLowerCase() === "true"
          : undefined,
        weightDecay: number("weight_decay"),
      })),
  };
}

const COLUMN_OF: Readonly<Record<string, string>> = {
  accuracy: "acc1",
  top1: "acc1",
  top5: "acc5",
  "mean-per-class-accuracy": "mean_per_class_recall",
  map: "mean_average_precision",
  "image-recall-at-5": "image_retrieval_recall@5",
  "text-recall-at-5": "text_retrieval_recall@5",
};

const fractionText = (row: OutRow) => textAsRead(row, toPercent) ?? String(toFraction(row.value));

function write(rows: readonly OutRow[], _context: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const lines = new Map<string, Record<string, string>>();
  let hasProbes = false;
  for (const row of rows) {
    const [setting = "", dataset = "", metric = ""] = row.measure.split("/");
    const task = Object.keys(SETTINGS).find((name) => SETTINGS[name] === setting);
    const alias = aliasOf(row, "open-clip");
    const column = COLUMN_OF[metric];
    if (!task || !column || alias === undefined) {
      left.push({
        row,
        why: alias === undefined ? "it is no open_clip model" : "CLIP_benchmark has no such score",
      });
      continue;
    }
    const probe = task === "linear_probe";
    hasProbes ||= probe;
    const { protocol, seeds } = row;
    const slash = alias.indexOf("/");
    const [model, pretrained] = [alias.slice(0, slash), alias.slice(slash + 1)];
    const told = (name: string) => (protocol[name] === undefined ? "" : String(protocol[name]));
    const facts: Record<string, string> = {
      dataset: told("dataset") || dataset,
      model,
      pretrained,
      task,
      model_fullname: `${model} ${pretrained}`,
      language: told("language"),
      ...(probe && {
        weight_decay: told("weightDecay"),
        epochs: told("epochs"),
        seed: seeds.map(String).join(" "),
        fewshot_k: told("fewshotK"),
        normalized: protocol.normalized === undefined ? "" : protocol.normalized ? "True" : "False",
      }),
    };
    const key = JSON.stringify(facts);
    const line = lines.get(key) ?? facts;
    line[`${probe ? "lp_" : ""}${column}`] = fractionText(row);
    lines.set(key, line);
  }
  const header = hasProbes ? [...HEADER, ...PROBE_HEADER] : HEADER;
  const cells = [...lines.values()].map((line) => header.map((column) => line[column] ?? ""));
  return { files: [{ name: "benchmark.csv", text: writeTable(header, cells) }], left };
}

export const clipBenchmarkCsv: Format = {
  name: "clip-benchmark-csv",
  title: "CLIP_benchmark's CSV: zero-shot classification and retrieval, linear probes",
  recognise: ([file]) => {
    const header = (file?.text ?? "").split(/\r?\n/, 1)[0]!.split(",");
    return REQUIRED.every((column) => header.includes(column));
  },
  read,
  write,
};

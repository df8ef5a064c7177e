/** efficient-probing's results.csv: ImageNet top-1 accuracy of a linear probe, an attentive probe and nearest neighbours. */
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
import { checkpointNamed, slugOfParts } from "./shared/names.ts";
import { cellNumber, textAsRead } from "./shared/numbers.ts";
import { given, type NewRow, Sheet } from "./shared/sheet.ts";

const REQUIRED = [
  "family",
  "method",
  "arch",
  "pretrain",
  "eval",
  "image_size",
  "lp",
  "lp_gap",
  "ep",
] as const;
const OPTIONAL = [
  ...[
    "ep_queries",
    "ep_variant",
    "model",
    "loader",
    "pretrain_tag",
    "finetune",
    "lp_variant",
    "lp_log",
    "ep_log",
  ],
  ...["notes", "verified", "amp", "waiting", "gap_reason", "knn", "knn_k", "knn_T", "knn_log", "extra_flags"],
] as const;

const WORDS: Readonly<Record<string, readonly string[]>> = {
  family: ["MIM", "JEA", "Hybrid", "VLM", "GEN"],
  eval: ["IN-1K"],
  lp_gap: ["yes", "no"],
  ep_variant: ["ep", "ep_all", ""],
  lp_variant: ["cls", "pos", ""],
  verified: ["yes", "no", ""],
  gap_reason: ["no_cls", "attn_pool", ""],
};

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const shape = { required: REQUIRED, allowed: new Set<string>(OPTIONAL), named: files.length > 1 };
    const table = readTable(file, shape, sheet);
    for (const record of table?.records ?? [])
      readRecord(record, new Set(table?.columns), sheet, context.date ?? null);
  }
  return sheet.reading();
}

function wholeIn({ at, placeOf }: CsvRecord, column: string, sheet: Sheet): number | undefined {
  const cell = cellNumber(at(column));
  if (cell.is === "blank") return undefined;
  if (cell.is === "number" && Number.isInteger(cell.value)) return cell.value;
  sheet.fault(placeOf(column), "not-an-integer", `'${at(column)}' is not a whole number.`);
  return undefined;
}

function readRecord(
  record: CsvRecord,
  columns: ReadonlySet<string>,
  sheet: Sheet,
  date: string | null,
): void {
  const { at, placeOf, place } = record;
  let isWhole = true;
  const wrong = (column: string, kind: string, message: string) => {
    isWhole = false;
    sheet.fault(placeOf(column), kind, message);
  };
  for (const [column, words] of Object.entries(WORDS)) {
    if (!columns.has(column) || words.includes(at(column))) continue;
    wrong(column, "unknown-word", `'${at(column)}' is not one of ${words.filter(Boolean).join(", ")}.`);
  }
  for (const column of ["method", "arch", "pretrain"]) {
    if (at(column) === "") wrong(column, "missing", "The cell is blank.");
  }
  if (at("lp_gap") === "yes" && at("gap_reason") === "")
    wrong("gap_reason", "missing", "Where lp_gap is yes, gap_reason says why.");
  const imageSize = wholeIn(record, "image_size", sheet);
  const queries = wholeIn(record, "ep_queries", sheet);
  const values = (["lp", "ep", "knn"] as const).map((column) => valueIn(record, column, columns, sheet));
  const [lp, ep, knn] = values;
  const k = wholeIn(record, "knn_k", sheet);
  if (knn !== undefined && at("knn_k") === "")
    wrong("knn_k", "missing", "knn needs knn_k, its number of neighbours.");
  const temperature = cellNumber(at("knn_T"));
  if (temperature.is === "not-a-number" || temperature.is === "not-finite") {
    wrong("knn_T", temperature.is, `'${at("knn_T")}' is not a finite number.`);
  }
  if (!isWhole || imageSize === undefined) return;
  const [method, arch, pretrain] = [at("method"), at("arch"), at("pretrain")];
  const name = `${method}/${arch}/${pretrain}`;
  const checkpoint = checkpointNamed(at("finetune") || at("model") || name, {
    revision: at("pretrain_tag") || null,
    architecture: arch,
  });
  const extra = given({
    family: at("family"),
    pretrain,
    loader: at("loader"),
    notes: record.textAt("notes"),
    verified: at("verified"),
    amp: at("amp"),
    waiting: at("waiting"),
    extraFlags: at("extra_flags"),
    lpGap: at("lp_gap"),
    gapReason: at("gap_reason"),
    model: at("model"),
  });
  const row = (column: string, setting: string, value: number | undefined, body: object): NewRow[] =>
    value === undefined
      ? []
      : [
          {
            place: placeOf(column),
            method: slugOfParts("efficient-probing", method, arch, pretrain),
            checkpoint,
            aliases: [`efficient-probing:${name}`],
            measure: `${setting}/imagenet/top1`,
            value,
            evaluatedAt: date,
            source: at(`${column}_log`) || "efficient-probing results.csv",
            protocol: { by: "efficient-probing", evaluation: setting, imageSize, ...given(body) },
            extra: { ...extra, raw: at(column) },
          },
        ];
  sheet.method({
    slug: slugOfParts("efficient-probing", method, arch, pretrain),
    name: `${method} ${arch} ${pretrain}`,
  });
  sheet.add(place, name, [
    ...row("lp", "linear-probe", lp, { features: at("lp_variant") }),
    ...row("ep", "attentive-probe", ep, { features: at("ep_variant"), queries }),
    ...row("knn", "knn", knn, {
      features: at("lp_variant"),
      k,
      temperature: temperature.is === "number" ? temperature.value : undefined,
    }),
  ]);
}

function valueIn(
  record: CsvRecord,
  column: "lp" | "ep" | "knn",
  columns: ReadonlySet<string>,
  sheet: Sheet,
): number | undefined {
  const { at, placeOf } = record;
  const text = at(column);
  if (text === "" || text === "-") {
    if (column === "ep" && text === "" && at("waiting") === "") {
      sheet.fault(placeOf(column), "missing", "ep is blank, and 'waiting' does not say what it waits for.");
    } else if (columns.has(column)) sheet.leave(placeOf(column), column, "not-measured");
    return undefined;
  }
  const cell = cellNumber(text);
  const place = placeOf(column);
  if (cell.is !== "number") {
    sheet.fault(place, cell.is, `'${text}' is not a finite number.`);
    return undefined;
  }
  if (cell.value < 0 || cell.value > 100) {
    sheet.fault(place, "out-of-bounds", `${text} lies outside 0 to 100.`);
    return undefined;
  }
  if (cell.value > 0 && cell.value <= 1)
    sheet.warn(place, "looks-like-a-fraction", `${text} is taken as ${text}%.`);
  return cell.value;
}

const textOf = (row: OutRow) => textAsRead(row) ?? row.value.toFixed(2);
const logOf = (row: OutRow | undefined) =>
  row === undefined || row.source === "efficient-probing results.csv" ? "" : row.source;

type Column = "linear-probe" | "attentive-probe" | "knn";

function write(rows: readonly OutRow[], _context: WriteContext): Written {
  const left: { row: OutRow; why: string }[] = [];
  const lines = new Map<string, Partial<Record<Column, OutRow>>>();
  for (const row of rows) {
    const [setting, dataset, metric] = row.measure.split("/");
    const alias = row.aliases.find((one) => one.startsWith("efficient-probing:"));
    const isColumn = setting === "linear-probe" || setting === "attentive-probe" || setting === "knn";
    if (!isColumn || dataset !== "imagenet" || metric !== "top1" || alias === undefined) {
      left.push({
        row,
        why: "this table holds ImageNet top-1 accuracy of a linear probe, an attentive probe or k-NN of its own methods",
      });
      continue;
    }
    const { notes = "", verified = "", waiting = "" } = row.extra;
    const lineKey = [alias, row.checkpoint.name, row.protocol.imageSize, notes, verified, waiting].join("\n");
    const key =
      [lineKey, `${lineKey}\nagain`].find((one) => lines.get(one)?.[setting] === undefined) ?? lineKey;
    lines.set(key, { ...lines.get(key), [setting]: row });
  }
  const cells = [...lines.values()].map(lineOf);
  return { files: [{ name: "results.csv", text: writeTable([...REQUIRED, ...OPTIONAL], cells) }], left };
}

function lineOf(line: Partial<Record<Column, OutRow>>): string[] {
  const { "linear-probe": lp, "attentive-probe": ep, knn } = line;
  const any = (lp ?? ep ?? knn)!;
  const told = (name: string) => String(any.extra[name] ?? "");
  const [method = "", ...rest] = any.aliases[0]!.slice("efficient-probing:".length).split("/");
  const pretrain = told("pretrain");
  const arch = any.checkpoint.architecture ?? rest.join("/").slice(0, -pretrain.length - 1);
  const { name } = any.checkpoint;
  const cells: Readonly<Record<string, unknown>> = {
    family: told("family"),
    method,
    arch,
    pretrain,
    eval: "IN-1K",
    image_size: any.protocol.imageSize,
    lp: lp ? textOf(lp) : "-",
    lp_gap: told("lpGap"),
    ep: ep ? textOf(ep) : told("waiting") ? "" : "-",
    ep_queries: ep?.protocol.queries,
    ep_variant: ep?.protocol.features,
    model: told("model"),
    loader: told("loader"),
    pretrain_tag: any.checkpoint.revision,
    finetune: name === told("model") || name === `${method}/${arch}/${pretrain}` ? "" : name,
    lp_variant: (lp ?? knn)?.protocol.features,
    lp_log: logOf(lp),
    ep_log: logOf(ep),
    notes: told("notes"),
    verified: told("verified"),
    amp: told("amp"),
    waiting: told("waiting"),
    gap_reason: told("gapReason"),
    knn: knn ? textOf(knn) : "",
    knn_k: knn?.protocol.k,
    knn_T: knn?.protocol.temperature,
    knn_log: logOf(knn),
    extra_flags: told("extraFlags"),
  };
  return [...REQUIRED, ...OPTIONAL].map((column) => String(cells[column] ?? ""));
}

export const efficientProbingCsv: Format = {
  name: "efficient-probing-csv",
  title: "efficient-probing's results.csv: probes on ImageNet",
  recognise: ([file]) => /^\uFEFF?family,method,arch,pretrain,/.test(file?.text ?? ""),
  read,
  write,
};

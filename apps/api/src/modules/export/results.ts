/**
 * The ledger as a stream, in pages that follow each other by their last entry, so that any number of entries costs the
 * memory of one page. All pages are of one moment, whatever is written meanwhile.
 */
import type { Prisma } from "@transferboard/prisma";
import type { Context } from "../../context.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { type ResultFilter, whereResults } from "../result/where.ts";
import { csvRow } from "./csv.ts";

const PAGE = 5_000;

/** By position is by time: the ledger has one order. */
export const RESULT_ORDERS = ["POSITION", "VALUE", "RECORDED_AT"] as const;

export interface ResultsQuestion {
  readonly filter: ResultFilter;
  readonly orderBy: { readonly field: (typeof RESULT_ORDERS)[number]; readonly direction: "ASC" | "DESC" };
  readonly asOf: Date;
}

type Row = Prisma.ResultGetPayload<object>;

interface FlatResult {
  readonly position: string;
  readonly method: string;
  readonly measure: string;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly sampleSize: number | null;
  readonly provenance: string;
  readonly source: string;
  readonly protocol: string | null;
  readonly recordedAt: string;
}

const COLUMNS = [
  "position",
  "method",
  "measure",
  "value",
  "lower",
  "upper",
  "sampleSize",
  "provenance",
  "source",
  "protocol",
  "recordedAt",
] as const satisfies readonly (keyof FlatResult)[];

async function* pages({ filter, orderBy, asOf }: ResultsQuestion, snapshot: Snapshot, { db }: Context) {
  const { catalogue } = snapshot;
  const where = whereResults(filter, snapshot, asOf);
  const direction = orderBy.direction === "ASC" ? ("asc" as const) : ("desc" as const);
  let after: { cursor: { id: bigint }; skip: 1 } | null = null;
  for (;;) {
    const rows: Row[] = await db.prisma.result.findMany({
      where,
      orderBy: orderBy.field === "VALUE" ? [{ value: direction }, { id: direction }] : [{ id: direction }],
      take: PAGE,
      ...after,
    });
    yield rows.map(
      (row): FlatResult => ({
        position: String(row.id),
        method: catalogue.methodById(row.methodId).slug,
        measure: catalogue.measureById(row.measureId).slug,
        value: row.value,
        lower: row.intervalLower,
        upper: row.intervalUpper,
        sampleSize: row.sampleSize,
        provenance: row.provenance,
        source: row.source,
        protocol: row.protocolFingerprint,
        recordedAt: row.recordedAt.toISOString(),
      }),
    );
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = { cursor: { id: last.id }, skip: 1 };
  }
}

/** A line of JSON says by itself of which moment it is; for CSV the answer's header does. */
const FORMATS = {
  csv: { head: csvRow(COLUMNS), line: (row: FlatResult) => csvRow(COLUMNS.map((column) => row[column])) },
  jsonl: { head: "", line: (row: FlatResult, asOf: Date) => `${JSON.stringify({ ...row, asOf })}\n` },
};

export type ResultsFormat = keyof typeof FORMATS;

export async function* streamResults(
  format: ResultsFormat,
  question: ResultsQuestion,
  context: Context,
): AsyncGenerator<string> {
  const { head, line } = FORMATS[format];
  let first = true;
  for await (const rows of pages(question, await context.snapshot(), context)) {
    yield `${first ? head : ""}${rows.map((row) => line(row, question.asOf)).join("")}`;
    first = false;
  }
}

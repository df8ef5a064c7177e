/**
 * The ledger as a stream, in pages that follow each other by their last entry, so that any number of entries costs the
 * memory of one page. All pages are of one moment, whatever is written meanwhile.
 */
import type { Context } from "../../context.ts";
import { turn } from "../../turns.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { type LastSeen, type ResultOrder, readIds, readRows } from "../result/page.ts";
import type { ResultFilter } from "../result/where.ts";
import { csvRow } from "./csv.ts";

/** So few that taking them in does not hold others up for long. */
const PAGE = 500;

export interface ResultsQuestion {
  readonly filter: ResultFilter;
  readonly orderBy: ResultOrder;
  readonly asOf: Date;
}

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
  let after: LastSeen | null = null;
  for (;;) {
    const ids = await readIds(db.sql, snapshot, { filter, asOf, order: orderBy, after, take: PAGE });
    // Taking in the rows takes longer than Postgres takes to find them.
    await turn();
    const rows = await readRows(db, ids);
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
    after = last;
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

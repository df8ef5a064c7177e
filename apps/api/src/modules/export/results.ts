/** The ledger as a stream, in pages by position, so that any number of entries costs the memory of one page. */
import type { Context } from "../../context.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { type ResultFilter, whereResults } from "../result/where.ts";
import { csvRow } from "./csv.ts";

const PAGE = 5_000;

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

async function* pages(filter: ResultFilter, asOf: Date | null, snapshot: Snapshot, { db }: Context) {
  const { catalogue } = snapshot;
  const where = whereResults(filter, snapshot, asOf);
  let after = 0n;
  for (;;) {
    const rows = await db.prisma.result.findMany({
      where: { AND: [where, { id: { gt: after } }] },
      orderBy: { id: "asc" },
      take: PAGE,
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
    after = last.id;
  }
}

const FORMATS = {
  csv: { head: csvRow(COLUMNS), line: (row: FlatResult) => csvRow(COLUMNS.map((column) => row[column])) },
  jsonl: { head: "", line: (row: FlatResult) => `${JSON.stringify(row)}\n` },
};

export type ResultsFormat = keyof typeof FORMATS;

/** Throws at the first step on an unknown slug, before anything is sent. */
export async function* streamResults(
  format: ResultsFormat,
  filter: ResultFilter,
  asOf: Date | null,
  context: Context,
): AsyncGenerator<string> {
  const { head, line } = FORMATS[format];
  let first = true;
  for await (const rows of pages(filter, asOf, await context.snapshot(), context)) {
    yield `${first ? head : ""}${rows.map(line).join("")}`;
    first = false;
  }
}

/** The whole ledger as one Parquet file, with a column for each thing that an entry says; docs/formats.md is its dictionary. */
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { Sql } from "../../database/sql.ts";
import { type LedgerRow, ledgerPages } from "./ledger.ts";

type Column = {
  readonly name: string;
  readonly type: NonNullable<ColumnSource["type"]>;
  readonly nullable: boolean;
  readonly of: (row: LedgerRow, parts: readonly string[]) => unknown;
};

const column = (name: string, type: Column["type"], of: Column["of"], nullable = false): Column => ({
  name,
  type,
  nullable,
  of,
});

export const PARQUET_COLUMNS: readonly Column[] = [
  column("position", "INT64", (row) => BigInt(row.position)),
  column("method", "STRING", (row) => row.method),
  column("checkpoint", "STRING", (row) => row.checkpoint),
  column("checkpoint_sha256", "STRING", (row) => row.checkpointSha256?.trim() ?? null, true),
  column("measure", "STRING", (row) => row.measure),
  column("setting", "STRING", (_, [setting]) => setting),
  column("dataset", "STRING", (_, [, dataset]) => dataset),
  column("metric", "STRING", (_, [, , metric]) => metric),
  column("value", "DOUBLE", (row) => row.value),
  column("unit", "STRING", (row) => row.unit),
  column("lower", "DOUBLE", (row) => row.lower, true),
  column("upper", "DOUBLE", (row) => row.upper, true),
  column("n", "INT32", (row) => row.n, true),
  column("seeds", "STRING", (row) => row.seeds),
  column("protocol", "STRING", (row) => row.protocol?.trim() ?? null, true),
  column("provenance", "STRING", (row) => row.provenance),
  column("source", "STRING", (row) => row.source),
  column("recorded_at", "TIMESTAMP", (row) => new Date(row.recordedAt)),
  column("evaluated_at", "STRING", (row) => row.evaluatedAt, true),
  column("supersedes", "INT64", (row) => (row.supersedes === null ? null : BigInt(row.supersedes)), true),
  column("retracted", "BOOLEAN", (row) => row.retracted),
  column("place", "STRING", (row) => row.place, true),
  column("extra", "STRING", (row) => row.extra, true),
];

export async function ledgerParquet(sql: Sql, position: bigint): Promise<Uint8Array> {
  const data = PARQUET_COLUMNS.map((): unknown[] => []);
  for await (const rows of ledgerPages(sql, position)) {
    for (const row of rows) {
      const parts = row.measure.split("/");
      PARQUET_COLUMNS.forEach(({ of }, i) => {
        data[i]!.push(of(row, parts));
      });
    }
  }
  const buffer = parquetWriteBuffer({
    columnData: PARQUET_COLUMNS.map(({ name, type, nullable }, i) => ({
      name,
      type,
      nullable,
      data: data[i]!,
    })),
    kvMetadata: [{ key: "transferboard.position", value: String(position) }],
  });
  return new Uint8Array(buffer);
}

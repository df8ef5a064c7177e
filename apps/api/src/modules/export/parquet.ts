/** The whole ledger as one Parquet file, with a column for each thing that an entry says; docs/formats.md is its dictionary. */
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
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

/** Rows that are compressed together: what is held at once. */
const GROUP = 50_000;

/** Written as it is read, group after group, so that any number of entries costs the memory of one. */
export async function* ledgerParquet(sql: Sql, position: bigint): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const columns = PARQUET_COLUMNS.map(({ name, type, nullable }) => ({ name, type, nullable }));
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: columns.map((one) => ({ ...one, data: [] })) }),
    kvMetadata: [{ key: "transferboard.position", value: String(position) }],
  });
  /** What was written and not yet sent; places in the file are counted by the writer's offset, which goes on. */
  const written = () => {
    const part = bytes.getBytes().slice();
    bytes.index = 0;
    return part;
  };
  let group = PARQUET_COLUMNS.map((): unknown[] => []);
  const write = () => {
    writer.write({
      columnData: columns.map(({ name }, i) => ({ name, data: group[i]! })),
      rowGroupSize: GROUP,
    });
    group = PARQUET_COLUMNS.map(() => []);
  };
  for await (const rows of ledgerPages(sql, position)) {
    for (const row of rows) {
      const parts = row.measure.split("/");
      PARQUET_COLUMNS.forEach(({ of }, i) => {
        group[i]!.push(of(row, parts));
      });
    }
    if (group[0]!.length < GROUP) continue;
    write();
    yield written();
  }
  if (group[0]!.length > 0) write();
  writer.finish();
  yield written();
}

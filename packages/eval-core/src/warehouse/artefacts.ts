/**
 * Which artefacts the ledger names. Whoever records and whoever removes take one lock: what is recorded is there, and what the
 * record names is not removed.
 */
import type { Database, TransactionClient } from "@transferboard/prisma";
import { WarehouseError } from "./errors.ts";
import type { JsonObject } from "./records.ts";

/** Of the advisory locks: shared by those who record, whole for who removes. */
const LOCK = 0x61_72_74_66;

/** The hashes of the artefacts that a run's record lists. */
export function artefactsNamed(records: readonly JsonObject[]): string[] {
  const named = records.flatMap(({ artefacts }) => (Array.isArray(artefacts) ? artefacts : []));
  return named.flatMap(({ sha256 }: { sha256?: unknown }) => (typeof sha256 === "string" ? [sha256] : []));
}

/**
 * Lets nobody remove artefacts until the transaction ends.
 * @param missing which of these are not kept
 * @throws WarehouseError where one that is to be recorded is not there
 */
export async function requireArtefacts(
  tx: TransactionClient,
  named: readonly string[],
  missing: (sha256s: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  if (named.length === 0) return;
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(${LOCK}::bigint)`;
  const [first, ...others] = await missing(named);
  if (first === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  throw new WarehouseError(`The artefact ${first}${more} that the run names is not kept: send it first.`);
}

/** Removes while nobody records. */
export const whileNobodyRecords = <T>(
  db: Database,
  work: (tx: TransactionClient) => Promise<T>,
): Promise<T> =>
  db.$transaction(
    async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK}::bigint)`;
      return work(tx);
    },
    { maxWait: 10_000, timeout: 120_000 },
  );

/**
 * Which of these hashes stand anywhere in the database, whatever says so: every row of every table is looked through as text, and
 * the queue's. Nothing that is named in a way that this function does not know is lost by it.
 * @param since only rows of tables that are written with artefacts, from then on
 */
export async function namedAmong(
  db: Pick<TransactionClient, "$queryRawUnsafe">,
  sha256s: readonly string[],
  since?: Date,
): Promise<Set<string>> {
  const named = new Set<string>();
  const tables = since
    ? [
        ["public.run", "where coalesce(r.finished_at, r.created_at) >= $2"],
        ["public.submission", "where r.created_at >= $2"],
      ]
    : await db
        .$queryRawUnsafe<{ name: string }[]>(
          `select format('%I.%I', schemaname, tablename) as name from pg_tables
           where schemaname = 'public' and tablename <> '_prisma_migrations'
              or schemaname = 'pgboss' and tablename = 'job'`,
        )
        .then((rows) => rows.map(({ name }) => [name, ""]));
  for (const [table, where] of tables) {
    const rows = await db.$queryRawUnsafe<{ sha256: string }[]>(
      `select distinct m.found[1] as sha256
       from ${table} r, regexp_matches(r::text, '[0-9a-f]{64}', 'g') as m(found)
       ${where} ${where === "" ? "where" : "and"} m.found[1] = any($1::text[])`,
      sha256s,
      ...(since ? [since] : []),
    );
    for (const { sha256 } of rows) named.add(sha256);
  }
  return named;
}

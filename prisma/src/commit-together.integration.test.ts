/** commitTogether promises nothing that is not on disk, and keeps the audit chain whole. */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commitTogether } from "./commit-together.ts";
import { verifyAuditChain } from "./ledger/verify.ts";
import { type TestDatabase, testDatabase } from "./testing/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ from: "empty", connect: { poolSize: 10 } });
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  // The run's server does not wait for the disk; this database does.
  await owner.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET synchronous_commit = on`);
  await owner.end();
});
afterAll(() => database.drop());

test("what it resolved is flushed", async () => {
  const { client } = database;
  const committed = await commitTogether(client, async (tx) => {
    await tx.account.create({ data: { name: "Ada" } });
    const [row] = await tx.$queryRaw<{ at: string }[]>`SELECT pg_current_wal_insert_lsn()::text AS at`;
    return row?.at ?? "";
  });
  const [flushed] = await client.$queryRaw<{ far: boolean }[]>`
    SELECT pg_current_wal_flush_lsn() > ${committed}::pg_lsn AS far`;
  expect(flushed?.far).toBe(true);
});

test("a failure inside undoes everything and is thrown on", async () => {
  const failing = commitTogether(database.client, async (tx) => {
    await tx.account.create({ data: { name: "Grace" } });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await database.client.account.findUnique({ where: { name: "Grace" } })).toBeNull();
});

test("fifty writers at once leave an event each, in one chain", async () => {
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      commitTogether(database.client, (tx) => tx.account.create({ data: { name: `writer ${i}` } }), {
        maxWait: 20_000,
      }),
    ),
  );
  expect(await verifyAuditChain(database.client)).toMatchObject({ events: 51n, faults: [] });
});

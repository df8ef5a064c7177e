/** What neither the application nor, by a slip, the owner can do to the ledger. */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/index.ts";

let database: TestDatabase;
let owner: pg.Client;
let app: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Client({ connectionString: database.url });
  app = new pg.Client({ connectionString: database.appUrl });
  await owner.connect();
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await owner.end();
  await database.drop();
});

const statements = ["result", "retraction", "audit_event", "protocol"].flatMap((table) => [
  `DELETE FROM ${table}`,
  `TRUNCATE ${table} CASCADE`,
  `UPDATE ${table} SET ${{ result: "value = 1", retraction: "reason = 'x'", audit_event: "action = 'x'", protocol: "title = 'x'" }[table]}`,
]);

test.each(statements)("%s: refused to the application, and to the owner by a trigger", async (statement) => {
  await expect(app.query(statement)).rejects.toMatchObject({ code: "42501" });
  await expect(owner.query(statement)).rejects.toThrow(/its rows are only ever added/);
});

test.each([
  "ALTER TABLE result DISABLE TRIGGER ALL",
  "DROP TRIGGER result_append_only ON result",
  "SET session_replication_role = replica",
  "INSERT INTO audit_event SELECT 9999, now(), NULL, 'x', 'x', '{}', hash, hash FROM audit_event LIMIT 1",
  "INSERT INTO result (id, method_id, checkpoint_id, measure_id, value, provenance, source) VALUES (1, 1, 1, 87, 1, 'PUBLISHED', 'x')",
  "INSERT INTO result (recorded_at, method_id, checkpoint_id, measure_id, value, provenance, source) VALUES (now(), 1, 1, 87, 1, 'PUBLISHED', 'x')",
  "UPDATE method SET slug = 'x'",
  "UPDATE submission SET body = '{}'",
  "UPDATE api_token SET hash = repeat('0', 64)",
  "DELETE FROM method",
  "SELECT setval('result_id_seq', 1)",
  "CREATE TABLE public.mine (id int)",
])("the application may not: %s", async (statement) => {
  await expect(app.query(statement)).rejects.toMatchObject({ code: "42501" });
});

test("a temporary table of the same name fools no trigger", async () => {
  await app.query("CREATE TEMPORARY TABLE audit_event (LIKE public.audit_event)");
  await app.query("INSERT INTO account (name) VALUES ('Grace')");
  const { rows } = await owner.query(
    "SELECT count(*)::int AS n FROM audit_event WHERE action = 'account.created'",
  );
  expect(rows[0].n).toBe(1);
});

test.each(["PENDING", "REJECTED", "WITHDRAWN"])("no value of a submission that is %s", async (status) => {
  const { rows } = await owner.query(
    `WITH a AS (INSERT INTO account (name) VALUES ('submitter ' || $1::text), ('reviewer ' || $1::text) RETURNING id)
     INSERT INTO submission (id, account_id, idempotency_key, body_hash, body, status, decided_at, decided_by_id, reason)
     SELECT gen_random_uuid(), min(id), 'k', repeat('a', 64), '{}', $1::"SubmissionStatus",
       CASE WHEN $1 <> 'PENDING' THEN now() END, CASE WHEN $1 <> 'PENDING' THEN max(id) END, CASE WHEN $1 <> 'PENDING' THEN 'no' END
     FROM a RETURNING id`,
    [status],
  );
  const offered = app.query(
    `INSERT INTO result (method_id, checkpoint_id, measure_id, value, provenance, source, submission_id)
     VALUES (1, 1, 1, 50, 'SELF_REPORTED', 'x', $1)`,
    [rows[0].id],
  );
  await expect(offered).rejects.toMatchObject({ constraint: "result_submission_accepted" });
});

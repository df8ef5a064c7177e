/**
 * Every kind of tampering that somebody with the database's own rights could try, and what is found of it. Each is done
 * past the triggers, looked at, and taken back.
 */
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type Database } from "../client.ts";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import { createToken } from "../tokens.ts";
import { retractResult } from "./ledger.ts";
import { recordFaults, verifyAuditChain } from "./verify.ts";

let database: TestDatabase;
let owner: Database;
let whole: Awaited<ReturnType<typeof verifyAuditChain>>;
const RUN = "01890000-0000-7000-8000-0000000000a1";
const expiresAt = new Date(Date.now() + 86_400_000);
const OFFER = "01890000-0000-7000-8000-0000000000a2";

/** A record with something of everything. */
beforeAll(async () => {
  database = await testDatabase();
  owner = connect(database.url, { role: null, poolSize: 2 });
  const { client } = database;
  const ada = await client.account.create({ data: { name: "ada" } });
  await createToken(client, { account: "grace", name: "laptop", scopes: ["SUBMIT"], expiresAt });
  const revoked = await client.apiToken.findFirstOrThrow();
  await client.apiToken.update({ where: { id: revoked.id }, data: { revokedAt: new Date() } });
  await createToken(client, { account: "grace", name: "desk", scopes: ["READ"], expiresAt });
  const body = { values: [{ measure: "many-shot-linear/pets/accuracy", value: 90.5 }] };
  await client.submission.create({
    data: { id: OFFER, accountId: ada.id, idempotencyKey: "k", bodyHash: fingerprint(body), body },
  });
  const grace = await client.account.findUniqueOrThrow({ where: { name: "grace" } });
  await client.submission.update({
    where: { id: OFFER },
    data: { status: "REJECTED", decidedAt: new Date(), decidedById: grace.id, reason: "no weights" },
  });
  const checkpoint = await client.checkpoint.findFirstOrThrow();
  const protocol = await client.protocol.findFirstOrThrow();
  const run = {
    id: RUN,
    identity: "a".repeat(64),
    protocolFingerprint: protocol.fingerprint,
    checkpointId: checkpoint.id,
    datasetSlug: "pets",
    datasetManifest: "b".repeat(64),
    seed: 3n,
    device: "cpu",
    versions: { node: "24", none: null },
    startedAt: new Date(),
  };
  await client.run.create({ data: { ...run, state: "RUNNING" } });
  const record = { sweep: [0.1, 1e-7, 3], chosen: 1 };
  await client.run.update({ where: { id: RUN }, data: { state: "DONE", record, finishedAt: new Date() } });
  const result = await client.result.findFirstOrThrow();
  await retractResult(client, { resultId: result.id, accountId: ada.id, reason: "a misprint" });
  whole = await verifyAuditChain(client);
}, 60_000);
afterAll(async () => {
  await owner.$disconnect();
  await database.drop();
});

it("finds nothing in a record that nobody touched", () => {
  expect(whole.faults).toEqual([]);
});

/** What is found after these statements, which are taken back. */
async function foundAfter(...statements: string[]): Promise<string> {
  let found: string[] = [];
  const undo = new Error("taken back");
  await owner
    .$transaction(
      async (tx) => {
        await tx.$executeRawUnsafe("SET LOCAL session_replication_role = replica");
        for (const statement of statements) await tx.$executeRawUnsafe(statement);
        found = await recordFaults(tx);
        throw undo;
      },
      { timeout: 60_000 },
    )
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found.join("\n");
}

const rehash = "UPDATE audit_event e SET hash = audit_hash(e) WHERE id = 5";

it.each<[string, string[], RegExp]>([
  [
    "a value",
    ["UPDATE result SET value = value + 1 WHERE id = 7"],
    /the results that event \d+ recorded .* were changed/,
  ],
  ["a value's source", ["UPDATE result SET source = 'Table 9' WHERE id = 7"], /results .* were changed/],
  [
    "a value's moment",
    ["UPDATE result SET recorded_at = recorded_at - interval '1 day' WHERE id = 7"],
    /results .* were changed/,
  ],
  [
    "a value taken out",
    ["DELETE FROM result WHERE id = 7"],
    /results stand in the ledger and \d+ in the audit log/,
  ],
  [
    "a value put in",
    [
      `INSERT INTO result (method_id, checkpoint_id, measure_id, value, seeds, provenance, source)
       SELECT method_id, checkpoint_id, measure_id, 99, seeds, provenance, source FROM result WHERE id = 7`,
    ],
    /results stand in the ledger and/,
  ],
  [
    "a retraction taken out",
    ["DELETE FROM retraction"],
    /retraction of result\/\d+ and its audit event differ/,
  ],
  ["a retraction's reason", ["UPDATE retraction SET reason = 'fraud'"], /retraction of .* differ/],
  [
    "an event",
    ["UPDATE audit_event SET details = '{}' WHERE id = 5"],
    /event 5 was changed after it was written/,
  ],
  [
    "an event, with its hash",
    ["UPDATE audit_event SET details = '{}' WHERE id = 5", rehash],
    /event 6 does not follow/,
  ],
  ["an event's author", ["UPDATE audit_event SET account_id = 1 WHERE id = 5"], /event 5 was changed/],
  ["an event taken out", ["DELETE FROM audit_event WHERE id = 5"], /event 6 stands in place 5/],
  [
    "an offer's state",
    ["UPDATE submission SET status = 'ACCEPTED'"],
    /submission .* is ACCEPTED, and its audit log ends with submission.rejected/,
  ],
  [
    "an offer's reason",
    ["UPDATE submission SET reason = 'none'"],
    /submission\/\S+ was changed: reason is not/,
  ],
  [
    "an offer's body",
    [`UPDATE submission SET body = '{"values":[]}'`],
    /the body of submission \S+ was changed/,
  ],
  [
    "an offer's body, with its hash",
    [`UPDATE submission SET body = '{}', body_hash = '${fingerprint({})}'`],
    /submission\/\S+ was changed: body_hash is not/,
  ],
  ["an offer taken out", ["DELETE FROM submission"], /submission\/\S+ was removed/],
  ["a run's record", [`UPDATE run SET record = '{"chosen":2}'`], /run\/\S+ was changed: record_hash is not/],
  ["a run's seed", ["UPDATE run SET seed = 4"], /run\/\S+ was changed: seed is not/],
  ["a run's device", ["UPDATE run SET device = 'cuda'"], /run\/\S+ was changed: device is not/],
  ["a run taken out", ["DELETE FROM run"], /run\/\S+ was removed/],
  [
    "a protocol's body",
    [
      `UPDATE protocol SET body = body || '{"seed":1}' WHERE fingerprint = (SELECT min(fingerprint) FROM protocol)`,
    ],
    /protocol \S+ was changed: its body/,
  ],
  [
    "a protocol's title",
    ["UPDATE protocol SET title = 'x' WHERE fingerprint = (SELECT min(fingerprint) FROM protocol)"],
    /protocol\/\S+ was changed: title is not/,
  ],
  [
    "a method's name",
    ["UPDATE method SET name = 'Ours' WHERE slug = 'swav'"],
    /method\/swav was changed: name is not/,
  ],
  [
    "how a method was pretrained",
    ["UPDATE pretraining SET epochs = 1 WHERE method_id = 2"],
    /pretraining\/2 was changed: epochs is not/,
  ],
  [
    "a checkpoint's hash",
    [`UPDATE checkpoint SET sha256 = '${"c".repeat(64)}' WHERE id = 1`],
    /checkpoint\/1 was changed: sha256 is not/,
  ],
  [
    "a dataset's size",
    ["UPDATE dataset SET test_size = 1 WHERE slug = 'pets'"],
    /dataset\/pets was changed: test_size is not/,
  ],
  [
    "a metric's direction",
    ["UPDATE metric SET direction = 'LOWER' WHERE slug = 'accuracy'"],
    /metric\/accuracy was changed: direction is not/,
  ],
  [
    "a measure's title",
    ["UPDATE measure SET title = 'x' WHERE id = 1"],
    /measure\/\S+ was changed: title is not/,
  ],
  [
    "a suite's aggregate",
    ["UPDATE suite SET aggregate = 'BORDA' WHERE slug = 'many-shot-linear'"],
    /suite\/many-shot-linear was changed: aggregate is not/,
  ],
  [
    "a measure taken out of a suite",
    [
      "DELETE FROM suite_measure WHERE (suite_id, position) = (SELECT suite_id, max(position) FROM suite_measure GROUP BY suite_id ORDER BY 1 LIMIT 1)",
    ],
    /suite \d+ shows other measures/,
  ],
  [
    "what a suite ranks by",
    ["UPDATE suite_measure SET ranked = NOT ranked WHERE measure_id = 3"],
    /suite \d+ shows measure 3 otherwise/,
  ],
  [
    "an account's name",
    ["UPDATE account SET name = 'eve' WHERE name = 'ada'"],
    /account\/\d+ was changed: name is not/,
  ],
  [
    "a token's secret",
    [`UPDATE api_token SET hash = '${"d".repeat(64)}' WHERE name = 'desk'`],
    /token\/\S+ was changed: hash_seal is not/,
  ],
  [
    "a token's scopes",
    ["UPDATE api_token SET scopes = '{ADMIN}' WHERE name = 'desk'"],
    /token\/\S+ was changed: scopes is not/,
  ],
  [
    "a token that was revoked",
    ["UPDATE api_token SET revoked_at = NULL"],
    /token\/\S+ was changed: revoked_at is not/,
  ],
  [
    "a token put in",
    [
      `INSERT INTO api_token (id, account_id, name, hash, scopes, expires_at)
       SELECT gen_random_uuid(), account_id, 'eve', '${"e".repeat(64)}', '{ADMIN}', expires_at FROM api_token LIMIT 1`,
    ],
    /token\/\S+ is in no event of the audit log/,
  ],
  [
    "a guard switched off",
    ["ALTER TABLE result DISABLE TRIGGER result_append_only"],
    /the trigger result_append_only of result is switched off/,
  ],
])("finds %s", async (_, statements, fault) => {
  expect(await foundAfter(...statements)).toMatch(fault);
});

it.each<[string, string[]]>([
  [
    "the last event cut off with what it tells of",
    ["DELETE FROM retraction", `DELETE FROM audit_event WHERE id = ${"(SELECT max(id) FROM audit_event)"}`],
  ],
  ["when a token was last used", ["UPDATE api_token SET last_used_at = now()"]],
])("does not find, as the tutorial says, %s", async (_, statements) => {
  expect(await foundAfter(...statements)).toBe("");
});

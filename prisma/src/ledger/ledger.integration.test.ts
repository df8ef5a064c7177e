/** The ledger only grows, its past can be asked for, and whoever tampers with it is found out. */
import { createHash } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import { createToken, findToken, hashToken } from "../tokens.ts";
import { correctResult, ledgerPosition, retractResult } from "./ledger.ts";
import { verifyAuditChain } from "./verify.ts";

let database: TestDatabase;
let owner: pg.Client;
let app: pg.Client;
let ada: number;
beforeEach(async () => {
  database = await testDatabase();
  owner = new pg.Client({ connectionString: database.url });
  app = new pg.Client({ connectionString: database.appUrl });
  await owner.connect();
  await app.connect();
  ada = (await database.client.account.create({ data: { name: "Ada" } })).id;
});
afterEach(async () => {
  await app.end();
  await owner.end();
  await database.drop();
});

const swavOnImagenet = () =>
  database.client.result.findFirstOrThrow({
    where: { method: { slug: "swav" }, measure: { slug: "imagenet/imagenet/top1" } },
  });

const valuesAsOf = async (moment: Date | "infinity") => {
  const { rows } = await app.query<{ value: number }>(
    `SELECT value FROM board_as_of($1) b JOIN method m ON m.id = b.method_id JOIN measure x ON x.id = b.measure_id
     WHERE m.slug = 'swav' AND x.slug = 'imagenet/imagenet/top1'`,
    [moment],
  );
  return rows.map(({ value }) => value);
};

describe("corrections and retractions", () => {
  test("a correction supersedes; the past still shows what was there", async () => {
    const old = await swavOnImagenet();
    const { moment } = await ledgerPosition(database.client);
    const id = await correctResult(database.client, {
      resultId: old.id,
      accountId: ada,
      value: 75.4,
      source: "Table 1, second printing",
    });
    expect(await valuesAsOf("infinity")).toEqual([75.4]);
    expect(await valuesAsOf(moment!)).toEqual([75.3]);
    const event = await database.client.auditEvent.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(event).toMatchObject({
      action: "results.recorded",
      accountId: ada,
      details: { count: 1, first: Number(id), supersedes: [Number(old.id)] },
    });
    await expect(
      correctResult(database.client, { resultId: old.id, accountId: ada, value: 1, source: "x" }),
    ).rejects.toMatchObject({ name: "LedgerError", fault: "ALREADY_CORRECTED" });
  });

  test("a retraction leaves a tombstone, and the cell is empty from then on", async () => {
    const { id } = await swavOnImagenet();
    const before = await ledgerPosition(database.client);
    await retractResult(database.client, {
      resultId: id,
      accountId: ada,
      reason: "measured on the training set",
    });
    expect(await valuesAsOf("infinity")).toEqual([]);
    expect(await valuesAsOf(before.moment!)).toEqual([75.3]);
    const after = await ledgerPosition(database.client);
    expect(after.position).toBeGreaterThan(before.position);
    const events = await database.client.auditEvent.findMany({ where: { subject: `result/${id}` } });
    expect(events).toMatchObject([
      { action: "result.retracted", accountId: ada, details: { reason: "measured on the training set" } },
    ]);
    const again = retractResult(database.client, { resultId: id, accountId: ada, reason: "again" });
    await expect(again).rejects.toMatchObject({ fault: "ALREADY_RETRACTED" });
    const corrected = correctResult(database.client, { resultId: id, accountId: ada, value: 1, source: "x" });
    await expect(corrected).rejects.toMatchObject({
      fault: "REFUSED",
      message: `result ${id} cannot be superseded: it is retracted.`,
    });
  });

  test("twenty corrections of one value at once: one wins, the others are told", async () => {
    const { id: resultId } = await swavOnImagenet();
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        correctResult(database.client, { resultId, accountId: ada, value: 50 + i, source: "x" }),
      ),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of all) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ fault: "ALREADY_CORRECTED" });
    }
    expect(await verifyAuditChain(database.client)).toMatchObject({ faults: [] });
  });

  test("an unknown result is said to be one", async () => {
    const retracted = retractResult(database.client, { resultId: 9_999_999n, accountId: ada, reason: "x" });
    await expect(retracted).rejects.toMatchObject({ fault: "NOT_FOUND" });
  });
});

test("a moment names what stood then, to the last entry, however fast entries follow each other", async () => {
  let { id } = await swavOnImagenet();
  const stood: [moment: Date, value: number][] = [];
  for (let value = 50; value < 80; value++) {
    id = await correctResult(database.client, { resultId: id, accountId: ada, value, source: "again" });
    const { moment } = await ledgerPosition(database.client);
    stood.push([new Date(moment!.toISOString()), value]);
    expect(await valuesAsOf(moment!)).toEqual([value]);
  }
  for (const [moment, value] of stood) expect(await valuesAsOf(moment)).toEqual([value]);
});

describe("the audit chain", () => {
  test("holds, recomputed here from the rows' text", async () => {
    const { rows } = await owner.query<{ text: string; hash: string; previous: string }>(
      "SELECT audit_text(e) AS text, hash, previous_hash AS previous FROM audit_event e ORDER BY id",
    );
    let previous = "0".repeat(64);
    for (const row of rows) {
      expect(row.previous).toBe(previous);
      previous = createHash("sha256").update(row.text).digest("hex");
      expect(row.hash).toBe(previous);
      expect(JSON.parse(row.text)[6]).toBe(row.previous);
    }
    const report = await verifyAuditChain(database.client);
    expect(report).toEqual({ events: BigInt(rows.length), head: previous, faults: [] });
  });

  test("stays whole and without gaps under many writers, some of whom give up", async () => {
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const made = database.client.$transaction(async (tx) => {
          await tx.account.create({ data: { name: `writer ${i}` } });
          if (i % 3 === 0) throw new Error("gives up");
        });
        await made.catch((error: Error) => expect(error.message).toBe("gives up"));
      }),
    );
    expect((await verifyAuditChain(database.client)).faults).toEqual([]);
    const created = { action: "account.created" };
    expect(await database.client.auditEvent.count({ where: created })).toBe(41);
  });

  const tampering: readonly [what: string, sql: string, fault: RegExp][] = [
    ["an event changed", "UPDATE audit_event SET details = '{}' WHERE id = 5", /event 5 was changed/],
    ["an event removed", "DELETE FROM audit_event WHERE id = 5", /event 6 stands in place 5/],
    [
      "an event rewritten with its hash",
      "UPDATE audit_event e SET details = '{}', hash = audit_hash(ROW(id, at, account_id, action, subject, '{}', previous_hash, hash)::audit_event) WHERE id = 5",
      /event 6 does not follow/,
    ],
    [
      "a value changed",
      "UPDATE result SET value = value + 1 WHERE id = 7",
      /results that event \d+ recorded/,
    ],
    ["a value removed", "DELETE FROM result WHERE id = 7", /1203 results stand in the ledger and 1204/],
    [
      "a value smuggled in",
      "INSERT INTO result (method_id, checkpoint_id, measure_id, value, provenance, source) VALUES (1, 1, 87, 1, 'PUBLISHED', 'x')",
      /1205 results stand in the ledger and 1204/,
    ],
    ["a tombstone removed", "DELETE FROM retraction", /retraction of result\/1 and its audit event differ/],
  ];

  test.each(tampering)("finds %s behind the triggers' back", async (_, sql, fault) => {
    await retractResult(database.client, { resultId: 1n, accountId: ada, reason: "wrong" });
    await owner.query("SET session_replication_role = replica");
    await owner.query(sql);
    await owner.query("RESET session_replication_role");
    expect((await verifyAuditChain(database.client)).faults.join("\n")).toMatch(fault);
  });
});

describe("submissions", () => {
  const submit = () =>
    database.client.submission.create({
      data: { accountId: ada, idempotencyKey: "k", bodyHash: "0".repeat(64), body: { values: [] } },
    });

  test("twenty reviewers leave one decision and one event", async () => {
    const { id } = await submit();
    const reviewers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        database.client.account.create({ data: { name: `reviewer ${i}` } }),
      ),
    );
    const decisions = await Promise.all(
      reviewers.map((reviewer) =>
        database.client.submission.updateMany({
          where: { id, status: "PENDING" },
          data: { status: "ACCEPTED", decidedAt: new Date(), decidedById: reviewer.id },
        }),
      ),
    );
    expect(decisions.filter(({ count }) => count === 1)).toHaveLength(1);
    const events = await database.client.auditEvent.findMany({
      where: { subject: `submission/${id}` },
      orderBy: { id: "asc" },
    });
    expect(events.map(({ action }) => action)).toEqual(["submission.created", "submission.accepted"]);
  });

  test("a decision is final", async () => {
    const { id } = await submit();
    await app.query("UPDATE submission SET status = 'WITHDRAWN', decided_at = now() WHERE id = $1", [id]);
    await expect(
      app.query("UPDATE submission SET status = 'PENDING', decided_at = NULL WHERE id = $1", [id]),
    ).rejects.toThrow(`submission ${id} is already WITHDRAWN`);
  });
});

describe("tokens", () => {
  const tomorrow = () => new Date(Date.now() + 86_400_000);

  test("are found by what was shown once, and kept as a hash that no event holds", async () => {
    const made = await createToken(database.client, {
      account: "Grace",
      name: "ci",
      scopes: ["SUBMIT"],
      expiresAt: tomorrow(),
    });
    expect(await findToken(database.client, made.token)).toMatchObject({
      scopes: ["SUBMIT"],
      account: { name: "Grace" },
    });
    expect(await findToken(database.client, `${made.token}x`)).toBeNull();
    const { rows } = await owner.query("SELECT string_agg(details::text, '') AS told FROM audit_event");
    expect(rows[0].told).not.toContain(hashToken(made.token));
    expect(rows[0].told).not.toContain(made.token);
  });

  test("end when revoked or expired, and stay revoked", async () => {
    const { token, id } = await createToken(database.client, {
      account: "Ada",
      name: "x",
      scopes: ["READ"],
      expiresAt: tomorrow(),
    });
    expect(await findToken(database.client, token, new Date(Date.now() + 2 * 86_400_000))).toBeNull();
    await database.client.apiToken.update({ where: { id }, data: { revokedAt: new Date() } });
    expect(await findToken(database.client, token)).toBeNull();
    await expect(app.query("UPDATE api_token SET revoked_at = NULL")).rejects.toThrow(
      /is revoked and stays so/,
    );
    const events = await database.client.auditEvent.findMany({
      where: { subject: `token/${id}` },
      orderBy: { id: "asc" },
    });
    expect(events.map(({ action }) => action)).toEqual(["token.created", "token.revoked"]);
  });
});

/**
 * Artefacts of jobs, by both ways to reach the queue, kept in a bucket: sent in parts that go on after a break, refused from
 * who lost the job, and collected when nothing names them, never when the ledger does.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentStore, s3Objects } from "@transferboard/eval-core/artefacts";
import {
  collectArtefacts,
  databaseSource,
  httpSource,
  type JobSource,
  PART_BYTES,
} from "@transferboard/eval-core/jobs";
import { type EvaluationOutcome, type EvaluationQueue, openQueue } from "@transferboard/prisma";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type S3Server, startS3 } from "../../packages/eval-core/src/artefacts/testing/s3-server.ts";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { makeFound, makeRequest } from "./evaluations.ts";

let s3: S3Server;
let api: Api;
let queue: EvaluationQueue;
let token = "";
let requestedById = 0;
const folder = mkdtempSync(join(tmpdir(), "artefacts-"));
beforeAll(async () => {
  s3 = await startS3();
  const { address, ...keys } = s3.options;
  api = await startApi({ artefacts: { s3: address, ...keys } });
  queue = openQueue(api.database.appUrl);
  token = await makeToken(api, "cluster", ["WORK"]);
  requestedById = (await api.database.client.account.create({ data: { name: "ada" } })).id;
});
afterAll(async () => {
  await queue.close();
  await api.stop();
  await s3.close();
  rmSync(folder, { recursive: true });
});

const content = () => contentStore(s3Objects(s3.options));
const SOURCES: Readonly<Record<string, () => JobSource>> = {
  "the database": () => databaseSource(queue, api.database.client, { content: content() }),
  "the API": () => httpSource({ server: api.url, token, waitSeconds: 0, firstWaitMs: 20 }),
};
const DONE: EvaluationOutcome = { state: "DONE", runs: [], notes: [] };

/** A file with its hash. */
function makeFile(bytes: number) {
  const data = randomBytes(bytes);
  const sha256 = createHash("sha256").update(data).digest("hex");
  const path = join(folder, sha256);
  writeFileSync(path, data);
  return { data, sha256, path };
}
const lease = async (name: string) => {
  const request = makeRequest({ requestedById });
  const id = await queue.send(request);
  return { id, request, lease: (await SOURCES[name]!().lease())! };
};
const keyOf = (sha256: string) => `${sha256.slice(0, 2)}/${sha256}`;

describe.each(Object.keys(SOURCES))("by %s", (name) => {
  it("goes on with the parts that have not come, and reads back what was sent", async () => {
    const { lease: held } = await lease(name);
    const { sha256, path, data } = makeFile(2 * PART_BYTES + 5);
    expect(await held.artefacts.missing([sha256])).toEqual([sha256]);
    // The store fails in the middle: what has come stays.
    s3.failNext("PUT", 1);
    await held.artefacts.send(sha256, path).catch(() => undefined);
    await held.artefacts.send(sha256, path);
    expect(await held.artefacts.missing([sha256])).toEqual([]);
    const back = join(folder, "back");
    expect(await held.artefacts.fetch(sha256, back)).toBe(true);
    expect(readFileSync(back).equals(data)).toBe(true);
    expect(await held.artefacts.fetch("0".repeat(64), back)).toBe(false);
    // Damaged on the way to us, it is not taken for what it is not.
    s3.objects.set(keyOf(sha256), { data: Buffer.from("damaged"), changedAt: new Date() });
    await expect(held.artefacts.fetch(sha256, join(folder, "damaged"))).rejects.toThrow("has the SHA-256");
    s3.objects.delete(keyOf(sha256));
    await held.finish(DONE);
  });

  it("records no run whose artefacts are not there", async () => {
    const { request, lease: held } = await lease(name);
    const { sha256, path } = makeFile(100);
    const found = makeFound(request, { artefacts: [{ sha256, role: "predictions" }] });
    await held.store.begin(found);
    await expect(held.store.record(found, [])).rejects.toThrow(`${sha256} that the run names is not kept`);
    await held.artefacts.send(sha256, path);
    await held.store.record(found, []);
    await held.finish(DONE);
  });

  it("takes nothing from a worker that lost its job, if it has not what it names", async () => {
    const { id, lease: silent } = await lease(name);
    await (await queue.attempt(id, 1))!.giveBack("silent");
    const { sha256, path } = makeFile(100);
    if (name === "the API") {
      await expect(silent.artefacts.send(sha256, path)).rejects.toMatchObject({ name: "LeaseLost" });
      expect(await content().missing([sha256])).toEqual([sha256]);
    }
    const next = (await SOURCES[name]!().lease())!;
    await expect(next.artefacts.send("f".repeat(64), path)).rejects.toMatchObject({ name: "ArtefactError" });
    await next.finish(DONE);
  });
});

it("collects what nothing names, and never what the ledger, a submission or a job does", async () => {
  const { request, lease: held } = await lease("the API");
  const named = makeFile(10);
  const [garbage, picture, ofJob, young, late] = [20, 30, 40, 50, 60].map((bytes) => makeFile(bytes));
  for (const { data } of [named, garbage!, picture!, ofJob!, young!, late!]) await content().put(data);
  await content().putPart("cluster", garbage!.sha256, 0, garbage!.data);
  const found = makeFound(request, { artefacts: [{ sha256: named.sha256 }] });
  await held.store.begin(found);
  await held.store.record(found, []);
  await held.finish({ ...DONE, notes: [`unfinished work is in ${ofJob!.sha256}`] });
  const { client } = api.database;
  await client.submission.create({
    data: {
      accountId: requestedById,
      idempotencyKey: "k",
      bodyHash: "a".repeat(64),
      body: { pictures: [{ sha256: picture!.sha256 }] },
    },
  });
  const hour = 3_600_000;
  const age = (sha256: string) => {
    s3.objects.get(keyOf(sha256))!.changedAt = new Date(Date.now() - 2 * hour);
  };
  for (const key of s3.objects.keys())
    if (!key.endsWith(young!.sha256)) s3.objects.get(key)!.changedAt = new Date(0);
  age(garbage!.sha256);
  // Recorded between our looking and our removing: the lock's second look finds it.
  const second = await lease("the API");
  let isLate = true;
  const racing = {
    ...content(),
    bytes: async (sha256: string) => {
      if (isLate && sha256 === late!.sha256) {
        isLate = false;
        const other = makeFound(second.request, { artefacts: [{ sha256 }] });
        await second.lease.store.begin(other);
        await second.lease.store.record({ ...other, run: { ...other.run, finishedAt: new Date() } }, []);
        await second.lease.finish(DONE);
      }
      return content().bytes(sha256);
    },
  };
  const before = s3.objects.size;
  const dry = await collectArtefacts(client, content(), { olderThanMs: hour, dryRun: true });
  expect(s3.objects.size).toBe(before);
  expect(dry.removed).toBeGreaterThanOrEqual(2);
  const done = await collectArtefacts(client, racing, { olderThanMs: hour, dryRun: false });
  expect(done).toMatchObject({ removed: dry.removed - 1, parts: 1 });
  const all = [named, garbage!, picture!, ofJob!, young!, late!].map(({ sha256 }) => sha256);
  expect(await content().missing(all)).toEqual([garbage!.sha256]);
});

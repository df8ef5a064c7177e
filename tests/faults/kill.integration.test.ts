/** The API killed and Postgres cut off under twenty writers. */
import { connect, type Database, verifyAuditChain } from "@transferboard/prisma";
import { afterAll, beforeAll, expect, it } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeToken } from "../api/accounts.ts";
import { kills, recoveryTimes } from "./kills.ts";
import { type Cluster, freePort, startApiProcess, startCluster, untilHealthy } from "./processes.ts";
import { type Load, startWriters } from "./writers.ts";

const KILLS = kills(3, 100);
const CUTS = kills(2, 100);
const WRITERS = 20;
const RECOVERY_MS = 5_000;

let cluster: Cluster;
let client: Database;
beforeAll(async () => {
  cluster = await startCluster();
  client = connect(cluster.ownerUrl, { role: null });
});
afterAll(async () => {
  await client?.$disconnect();
  await cluster?.[Symbol.asyncDispose]();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const localId = (id: string) => Buffer.from(id, "base64").toString().replace("Submission:", "");

/** Every acknowledged submission is there under its key, none twice, and each has its audit event. */
async function verify(account: string, { acknowledged, wrong }: Load): Promise<void> {
  expect(wrong).toEqual([]);
  const rows = await client.submission.findMany({
    where: { account: { name: account } },
    select: { id: true, idempotencyKey: true },
  });
  const byKey = new Map(rows.map(({ idempotencyKey, id }) => [idempotencyKey, id]));
  expect(byKey.size).toBe(rows.length);
  const lost = [...acknowledged].filter(([key, id]) => byKey.get(key) !== localId(id));
  expect(lost).toEqual([]);
  // A write whose answer was lost may be there without an acknowledgement, one a writer at most.
  expect(rows.length - acknowledged.size).toBeLessThanOrEqual(WRITERS);
  const events = await client.$queryRaw<{ subject: string; count: bigint }[]>`
    select subject, count(*) from audit_event where action = 'submission.created' group by subject`;
  const eventsOf = new Map(events.map(({ subject, count }) => [subject, Number(count)]));
  expect(rows.filter(({ id }) => eventsOf.get(`submission/${id}`) !== 1)).toEqual([]);
  expect(await verifyAuditChain(client)).toMatchObject({ faults: [] });
}

it(
  `kill -9 of the API ${KILLS} times under ${WRITERS} writers loses and doubles nothing`,
  async () => {
    const token = await makeToken({ database: { client } }, "killed", ["SUBMIT"]);
    const port = await freePort();
    let api = await startApiProcess(cluster.appUrl, port);
    const load = startWriters(api.url, token, WRITERS);
    const recoveries: number[] = [];
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const before = load.acknowledged.size;
        while (load.acknowledged.size < before + WRITERS) await pause(5);
        await pause(kill * 7);
        api.child.kill("SIGKILL");
        await api.ended;
        const written = load.acknowledged.size;
        const began = performance.now();
        api = await startApiProcess(cluster.appUrl, port);
        while (load.acknowledged.size === written) await pause(5);
        recoveries.push(performance.now() - began);
      }
      await pause(200);
    } finally {
      await load.stop();
      api.child.kill("SIGKILL");
      await api.ended;
    }
    console.log(`kill -9 of the API, started again: written after ${recoveryTimes(recoveries)}`);
    expect(load.acknowledged.size).toBeGreaterThanOrEqual(KILLS * WRITERS);
    expect(load.statuses.get("none")).toBeGreaterThan(0);
    await verify("killed", load);
  },
  count(600_000, 1_800_000),
);

it(
  `Postgres cut off ${CUTS} times under load: 503 meanwhile, and the API is back within 5 seconds`,
  async () => {
    const token = await makeToken({ database: { client } }, "cut", ["SUBMIT"]);
    const api = await startApiProcess(cluster.appUrl, await freePort());
    const load = startWriters(api.url, token, WRITERS);
    const recoveries: number[] = [];
    try {
      for (let cut = 0; cut < CUTS; cut++) {
        const before = load.acknowledged.size;
        while (load.acknowledged.size < before + WRITERS) await pause(5);
        const refused = load.statuses.get("503") ?? 0;
        await cluster.cut(300);
        const healthy = await untilHealthy(api.url, 60_000);
        const written = load.acknowledged.size;
        const began = performance.now();
        while (load.acknowledged.size === written) await pause(5);
        recoveries.push(healthy + performance.now() - began);
        expect(load.statuses.get("503") ?? 0).toBeGreaterThan(refused);
      }
    } finally {
      await load.stop();
    }
    console.log(`Postgres cut off: written after ${recoveryTimes(recoveries)}`, load.statuses);
    expect(api.child.exitCode).toBeNull();
    expect(Math.max(...recoveries)).toBeLessThan(RECOVERY_MS);
    // Nothing but answers: no broken connection, no time run out.
    expect([...load.statuses.keys()].filter((status) => !["200", "201", "503"].includes(status))).toEqual([]);
    api.child.kill("SIGTERM");
    await api.ended;
    await verify("cut", load);
  },
  count(600_000, 1_800_000),
);

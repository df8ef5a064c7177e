/**
 * Every attack, small: no 5xx but a deliberate 503, nothing hangs, /healthz answers throughout, and what was written stands.
 * ABUSE_TIMES=... sends another number of requests an attack; `npm run bench -- abuse` sends many, and goes on until /healthz
 * was asked 300 times, and prints the times.
 */

import { connect, type Database, verifyAuditChain } from "@transferboard/prisma";
import { afterAll, beforeAll, expect, it } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeToken } from "../api/accounts.ts";
import { type Cluster, freePort, startApiProcess, startCluster } from "../faults/processes.ts";
import { ATTACKS, percentile, type Tally, watchHealth } from "./attacks.ts";

/** A 99th percentile of fewer would be the longest of all. */
const LEAST_ASKED = count(1, 300);
const TIMES = Number(process.env.ABUSE_TIMES ?? count(16, 400));

let cluster: Cluster;
let client: Database;
let api: Awaited<ReturnType<typeof startApiProcess>>;
let token: string;
beforeAll(async () => {
  cluster = await startCluster();
  client = connect(cluster.ownerUrl, { role: null });
  api = await startApiProcess(cluster.appUrl, await freePort());
  token = await makeToken({ database: { client } }, "abuser", ["SUBMIT"]);
});
afterAll(async () => {
  api?.child.kill("SIGTERM");
  await api?.ended;
  await client?.$disconnect();
  await cluster?.[Symbol.asyncDispose]();
});

/** Of each attack that ran, how long /healthz took at its 99th percentile. */
const health99 = new Map<string, number>();
const written = () => client.submission.count({ where: { account: { name: "abuser" } } });

it.each(Object.keys(ATTACKS))(
  "%s",
  async (name) => {
    const health = watchHealth(api.url);
    const before = await written();
    const began = performance.now();
    const tally: Tally = new Map();
    for (let from = 0; from === 0 || health.asked() < LEAST_ASKED; from += TIMES) {
      const answered = await ATTACKS[name]!({ url: api.url, token, times: TIMES, from });
      for (const [status, times] of answered) tally.set(status, (tally.get(status) ?? 0) + times);
    }
    const seconds = (performance.now() - began) / 1000;
    const times = await health.stop();
    const answers = Object.fromEntries([...tally].sort());
    health99.set(name, percentile(times, 0.99));
    console.log(
      `${name}: ${JSON.stringify(answers)} in ${seconds.toFixed(1)} s; /healthz p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms of ${times.length}`,
    );
    const bad = [...tally.keys()].filter(
      (status) => status === "timeout" || (/^5/.test(status) && status !== "503"),
    );
    expect(bad, JSON.stringify(answers)).toEqual([]);
    // Answered, always: how fast is measured by the bench, on a machine that does nothing else.
    expect(times.filter((ms) => !Number.isFinite(ms))).toEqual([]);
    expect(times.length).toBeGreaterThan(0);
    if (name === "readers and writers") expect(await written()).toBe(before + (tally.get("201") ?? 0));
    expect(api.child.exitCode).toBeNull();
  },
  count(180_000, 1_200_000),
);

it("leaves the audit chain whole", async () => {
  const [longest] = [...health99].sort(([, a], [, b]) => b - a);
  if (longest)
    console.log(
      `/healthz: the longest p99 is ${longest[1].toFixed(0)} ms, under ${longest[0]}; the aim is 200`,
    );
  expect(await verifyAuditChain(client)).toMatchObject({ faults: [] });
});

/**
 * kill -9 of workers, of the API that half of them work through, and of Postgres, over and over at seeded moments, while
 * they share divided evaluations: every evaluation ends with the answer of its parts, recorded once. The computation is
 * simulated; the queue, the leases and the record are not.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { jobsOfAsked } from "@transferboard/eval-core/declared";
import { connect, openQueue, verifyAuditChain } from "@transferboard/prisma";
import { expect, it, onTestFinished } from "vitest";
import { SeededRandom } from "../../packages/eval-core/src/tensor/index.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeToken } from "../api/accounts.ts";
import { kills } from "./kills.ts";
import { answerOf, partOf } from "./plan-answers.ts";
import { freePort, startApiProcess, startCluster, untilHealthy } from "./processes.ts";
import { startSimulatedWorkers } from "./simulated-workers.ts";

const KILLS = kills(100, 100);
const SEED = Number(process.env.SEED ?? 23);
/** Of each kind: by the database, and by the API. */
const WORKERS = 3;
const DAY_MS = 86_400_000;
/** Of a hundred kills. */
const SHARES = { API: 15, Postgres: 15 };
const target = { measure: "many-shot-finetune/dtd/accuracy" };
const options = { grid: "0.01,0.1/0,1e-4/centre-crop" };

/** Tries again until it does not throw. */
async function untilItDoes(what: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await what();
      return;
    } catch {
      await sleep(20);
    }
  }
}

/** The cluster without its workers, and what is asked of it. */
async function startAll() {
  const cluster = await startCluster();
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const client = connect(cluster.ownerUrl, { role: null });
  onTestFinished(() => client.$disconnect());
  const queue = openQueue(cluster.appUrl);
  onTestFinished(() => queue.close());
  const port = await freePort();
  let api = await startApiProcess(cluster.appUrl, port);
  onTestFinished(() => void api.child.kill("SIGKILL"));
  const token = await makeToken({ database: { client } }, "simulator", ["WORK"], {
    expiresAt: new Date(Date.now() + DAY_MS),
  });
  const { id: requestedById } = await client.account.findUniqueOrThrow({ where: { name: "simulator" } });
  const jobs = jobsOfAsked(target, options);
  expect(jobs).toHaveLength(5);
  const ask = (seed: number) =>
    client.$transaction(
      (tx) => {
        const request = {
          ...{ checkpoint: "5".repeat(64), method: "swav", target, options, mode: "converged" as const },
          ...{ preprocessing: "shorter-32", seed, requestedById },
        };
        return queue.divide(request, jobs, tx);
        // The first also connects the queue.
      },
      { maxWait: 30_000, timeout: 60_000 },
    );
  return {
    ...{ cluster, client, queue, token, ask, jobsEach: jobs.length + 1 },
    url: api.url,
    async killApi() {
      api.child.kill("SIGKILL");
      await api.ended;
      api = await startApiProcess(cluster.appUrl, port);
    },
    /** Our own connections were cut too: one by one they are found dead, and opened again. */
    async cutPostgres(forMs: number) {
      await cluster.cut(forMs);
      await untilHealthy(api.url, 60_000);
      await untilItDoes(() => client.$queryRaw`select 1`);
      await untilItDoes(() => queue.find(randomUUID()));
    },
  };
}

it.runIf((isFull || process.env.KILLS !== undefined) && process.platform === "linux")(
  `${KILLS} kills over workers, the API and Postgres lose and double nothing`,
  { timeout: 10_800_000 },
  async () => {
    const { cluster, client, queue, token, ask, jobsEach, url, killApi, cutPostgres } = await startAll();
    const random = new SeededRandom(SEED);
    const ways = [{ url: cluster.appUrl }, { url, token }];
    const workers = startSimulatedWorkers(ways.flatMap((way) => Array.from({ length: WORKERS }, () => way)));
    onTestFinished(() => workers.stop());
    const killed = { worker: 0, API: 0, Postgres: 0 };
    const ids: string[] = [];
    let inHand = 0;
    const began = performance.now();
    for (let kill = 0; kill < KILLS; kill++) {
      ids.push(await ask(kill));
      await sleep(50 + random.below(400));
      const drawn = random.below(100);
      if (drawn < SHARES.API) {
        killed.API++;
        await killApi();
      } else if (drawn < SHARES.API + SHARES.Postgres) {
        killed.Postgres++;
        await cutPostgres(random.below(300));
      } else {
        killed.worker++;
        if (await workers.killOne(random)) inHand++;
      }
      if (kill % 50 === 49) {
        const seconds = (performance.now() - began) / 1000;
        console.log(`${kill + 1} kills after ${seconds.toFixed(0)} s: ${JSON.stringify(killed)}`);
      }
    }
    const patience = performance.now() + 120_000 + KILLS * 1_000;
    for (const id of ids) {
      while ((await queue.find(id))!.finishedAt === null) {
        if (performance.now() > patience) throw new Error(`${id} has not ended: ${workers.said()}`);
        await sleep(100);
      }
    }
    const seconds = (performance.now() - began) / 1000;
    const expected = ids.map((_, seed) => answerOf([0, 1, 2, 3].map((part) => partOf(seed, part))));
    const states = [];
    let attempts = 0;
    for (const id of ids) {
      const plan = await queue.plan(id);
      states.push(...plan.map(({ state }) => state));
      attempts += plan.reduce((sum, { taken }) => sum + taken.length, 0);
    }
    expect(states).toEqual(states.map(() => "DONE"));
    const runs = await client.run.findMany({
      where: { requestedBy: { name: "simulator" } },
      include: { results: true },
      orderBy: { seed: "asc" },
    });
    expect(runs.map(({ state, results }) => [state, ...results.map(({ value }) => value)])).toEqual(
      expected.map((value) => ["DONE", value]),
    );
    expect(await verifyAuditChain(client)).toMatchObject({ faults: [] });
    // A worker outlives the API and the database: nobody but us ended one.
    expect(workers.endedAlone()).toBe(0);
    console.log(
      `seed ${SEED}: ${KILLS} kills (${killed.worker} of workers, ${inHand} with a job in hand; ${killed.API} of the API, ` +
        `${killed.Postgres} of Postgres); ${ids.length} evaluations of ${jobsEach} jobs, ` +
        `${attempts - states.length} jobs begun again, in ${seconds.toFixed(0)} s; 0 lost, 0 doubled`,
    );
  },
);

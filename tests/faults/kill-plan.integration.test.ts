/**
 * kill -9 of workers that share divided evaluations, over and over at seeded moments: every evaluation ends with the
 * answer of its parts, recorded once. The computation is simulated; the queue, the leases and the record are not.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { jobsOfAsked } from "@transferboard/eval-core/declared";
import { type EvaluationQueue, openQueue } from "@transferboard/prisma";
import { testDatabase } from "@transferboard/prisma/testing";
import { expect, it, onTestFinished } from "vitest";
import { SeededRandom } from "../../packages/eval-core/src/tensor/index.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { answerOf, partOf } from "./plan-answers.ts";

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.SEED ?? 23);
const WORKERS = 6;
const target = { measure: "many-shot-finetune/dtd/accuracy" };
const options = { grid: "0.01,0.1/0,1e-4/centre-crop" };
const script = fileURLToPath(new URL("./plan-worker.ts", import.meta.url));

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly said: () => string;
  /** By what it has said. */
  readonly hasJob: () => boolean;
}

function start(url: string, name: string): Worker {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, url, name], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, hasJob] = ["", false];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-5_000);
      for (const line of String(chunk).split("\n")) {
        if (line.includes(": taken (attempt")) hasJob = true;
        else if (/^[0-9a-f-]{36}: (done|failed|given|back)/.test(line)) hasJob = false;
      }
    });
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, ended, said: () => said, hasJob: () => hasJob };
}

async function untilAllEnded(queue: EvaluationQueue, ids: readonly string[], patienceMs: number) {
  const began = performance.now();
  for (const id of ids) {
    while ((await queue.find(id))!.finishedAt === null) {
      if (performance.now() - began > patienceMs) throw new Error(`${id} has not ended`);
      await sleep(100);
    }
  }
}

it.runIf((isFull || process.env.KILLS !== undefined) && process.platform === "linux")(
  `kill -9 of a worker of a plan ${KILLS} times loses and doubles nothing`,
  { timeout: 7_200_000 },
  async () => {
    const database = await testDatabase();
    const queue = openQueue(database.appUrl);
    onTestFinished(async () => {
      await queue.close();
      await database.drop();
    });
    const { id: requestedById } = await database.client.account.create({ data: { name: "simulator" } });
    const jobs = jobsOfAsked(target, options);
    expect(jobs).toHaveLength(5);
    const ids: string[] = [];
    const ask = () =>
      database.client.$transaction(
        (tx) => {
          const request = {
            ...{ checkpoint: "5".repeat(64), method: "swav", target, options, mode: "converged" as const },
            ...{ preprocessing: "shorter-32", seed: ids.length, requestedById },
          };
          return queue.divide(request, jobs, tx);
          // The first also connects the queue.
        },
        { maxWait: 30_000, timeout: 60_000 },
      );
    const random = new SeededRandom(SEED);
    const workers = Array.from({ length: WORKERS }, (_, i) => start(database.appUrl, `first ${i}`));
    let lost = 0;
    const began = performance.now();
    for (let kill = 0; kill < KILLS; kill++) {
      ids.push(await ask());
      await sleep(50 + random.below(400));
      // One with a job in hand, where there is one within seconds: the others have nothing to lose.
      let place = random.below(WORKERS);
      for (let tries = 0; !workers[place]!.hasJob() && tries < 100; tries++) {
        await sleep(20);
        place = random.below(WORKERS);
      }
      if (workers[place]!.hasJob()) lost++;
      workers[place]!.child.kill("SIGKILL");
      await workers[place]!.ended;
      workers[place] = start(database.appUrl, `after ${kill}`);
    }
    const patience = 120_000 + KILLS * 1_000;
    await untilAllEnded(queue, ids, patience).catch((error: Error) => {
      throw new Error(`${error.message}: ${workers.map(({ said }) => said()).join("\n")}`);
    });
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
    const runs = await database.client.run.findMany({ include: { results: true }, orderBy: { seed: "asc" } });
    expect(runs.map(({ state, results }) => [state, ...results.map(({ value }) => value)])).toEqual(
      expected.map((value) => ["DONE", value]),
    );
    console.log(
      `seed ${SEED}: ${KILLS} kills, ${lost} with a job in hand; ${ids.length} evaluations of ${jobs.length + 1} jobs, ` +
        `${attempts - states.length} jobs begun again, in ${seconds.toFixed(0)} s; 0 lost, 0 doubled`,
    );
  },
);

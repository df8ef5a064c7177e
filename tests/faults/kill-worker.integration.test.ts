/**
 * kill -9 of a worker, over and over, each time while it evaluates: the next one takes the request over, and the times are
 * printed; none is lost or recorded twice, and no process of the killed one stays.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeWorld, saying } from "../pipeline/worker-world.ts";
import { kills, recoveryTimes } from "./kills.ts";

/** One kill is in `npm test` already (tests/pipeline/worker.integration.test.ts). */
const KILLS = kills(100, 100);

const childrenOf = (pid: number): number[] => {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
    const own = text.trim().split(" ").filter(Boolean).map(Number);
    return own.flatMap((child) => [child, ...childrenOf(child)]);
  } catch {
    return [];
  }
};

const isAlive = (pid: number): boolean => {
  try {
    // A zombie that waits for its new parent to look is gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
};

it.runIf((isFull || process.env.KILLS !== undefined) && process.platform === "linux")(
  `kill -9 of a worker ${KILLS} times loses and doubles nothing, and leaves no process`,
  { timeout: 7_200_000 },
  async () => {
    const { database, queue, ask, worker } = await makeWorld();
    const recoveries: number[] = [];
    const ids: string[] = [];
    let running = worker();
    await saying(running, "Waiting for requests");
    for (let kill = 0; kill < KILLS; kill++) {
      const taken = saying(running, "taken (attempt 1)");
      const id = await ask({ seed: kill });
      ids.push(id);
      await taken;
      await new Promise((resolve) => setTimeout(resolve, (kill * 97) % 2_000));
      const family = childrenOf(running.child.pid!);
      running.child.kill("SIGKILL");
      const began = performance.now();
      await running.ended;
      running = worker();
      const done = saying(running, `${id}: done`);
      while ((await queue.find(id))!.attempts < 2 && (await queue.find(id))!.state !== "DONE") {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      recoveries.push(performance.now() - began);
      expect(family.filter(isAlive)).toEqual([]);
      if ((await queue.find(id))!.attempts > 1) await done;
    }
    running.child.kill("SIGTERM");
    await running.ended;
    console.log(`kill -9 of the worker: taken over after ${recoveryTimes(recoveries)}`);
    for (const id of ids) expect(await queue.find(id)).toMatchObject({ state: "DONE" });
    const runs = await database.client.run.findMany({ include: { results: true } });
    expect(runs.map(({ seed, state, results }) => `${seed} ${state} ${results.length}`).sort()).toEqual(
      ids.map((_, seed) => `${seed} DONE 1`).sort(),
    );
  },
);

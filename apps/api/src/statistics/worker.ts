/** A thread that computes one heavy statistic after another, so that requests are answered meanwhile. */
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { TaskName } from "./tasks.ts";

export interface Asked {
  readonly name: TaskName;
  readonly given: unknown;
}

/*
 * Where threads have priorities of their own (on Linux 0 is the thread that asks, elsewhere the whole process), the one that
 * answers requests goes first: on a machine whose cores are all busy it would wait its turn behind statistics, and behind the
 * loading of their code. Five steps down a thread still has a third of what another has: the lowest would starve there.
 */
const NICE = 5;
if (process.platform === "linux") setPriority(0, NICE);
const { computations } = await import("./tasks.ts");

parentPort?.on("message", ({ name, given }: Asked) => {
  try {
    parentPort?.postMessage({ found: (computations[name] as (given: unknown) => unknown)(given) });
  } catch (error) {
    parentPort?.postMessage({ failed: (error as Error).message });
  }
});

parentPort?.postMessage({ ready: true });

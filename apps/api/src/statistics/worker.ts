/** A thread that computes one heavy statistic after another, so that requests are answered meanwhile. */
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { TaskName } from "./tasks.ts";

export interface Asked {
  readonly name: TaskName;
  readonly given: unknown;
}

/*
 * Where threads have priorities of their own (on Linux 0 is the thread that asks, elsewhere the whole process), the one that
 * answers requests goes first: on a machine whose cores are all busy it would wait its turn behind statistics, and behind the
 * loading of their code.
 */
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_LOW);
const { computations } = await import("./tasks.ts");

parentPort?.on("message", ({ name, given }: Asked) => {
  try {
    parentPort?.postMessage({ found: (computations[name] as (given: unknown) => unknown)(given) });
  } catch (error) {
    parentPort?.postMessage({ failed: (error as Error).message });
  }
});

parentPort?.postMessage({ ready: true });

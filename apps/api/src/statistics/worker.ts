/** A thread that computes one heavy statistic after another, so that requests are answered meanwhile. */
import { parentPort } from "node:worker_threads";
import { computations, type TaskName } from "./tasks.ts";

export interface Asked {
  readonly name: TaskName;
  readonly given: unknown;
}

parentPort?.on("message", ({ name, given }: Asked) => {
  try {
    parentPort?.postMessage({ found: (computations[name] as (given: unknown) => unknown)(given) });
  } catch (error) {
    parentPort?.postMessage({ failed: (error as Error).message });
  }
});

parentPort?.postMessage({ ready: true });

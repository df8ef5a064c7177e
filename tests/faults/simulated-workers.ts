/** The workers of the simulated cluster: processes of plan-worker.ts that are killed, and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SeededRandom } from "../../packages/eval-core/src/tensor/index.ts";

const script = fileURLToPath(new URL("./plan-worker.ts", import.meta.url));

/** How a worker reaches the queue: the database, or the API with a token of the scope WORK. */
export interface Way {
  readonly url: string;
  readonly token?: string;
}

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly said: () => string;
  /** By what it has said. */
  readonly hasJob: () => boolean;
}

export interface SimulatedWorkers {
  /** Kills one and starts it again: one with a job in hand, where there is one within seconds. @returns whether it had one */
  killOne(random: SeededRandom): Promise<boolean>;
  /** The last lines of each. */
  said(): string;
  /** How many ended without being killed. */
  endedAlone(): number;
  stop(): void;
}

export function startSimulatedWorkers(ways: readonly Way[]): SimulatedWorkers {
  let alone = 0;
  let stopped = false;
  const start = ({ url, token }: Way, name: string): Worker => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, url, name], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(token !== undefined && { WORK_TOKEN: token }) },
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
    const ended = new Promise<void>((resolve) =>
      child.once("exit", (_code, signal) => {
        if (signal !== "SIGKILL" && !stopped) alone++;
        resolve();
      }),
    );
    return { child, ended, said: () => said, hasJob: () => hasJob };
  };
  const workers = ways.map((way, i) => start(way, `first ${i}`));
  let kills = 0;
  return {
    async killOne(random) {
      let place = random.below(workers.length);
      for (let tries = 0; !workers[place]!.hasJob() && tries < 100; tries++) {
        await sleep(20);
        place = random.below(workers.length);
      }
      const { hasJob, child, ended } = workers[place]!;
      const had = hasJob();
      child.kill("SIGKILL");
      await ended;
      workers[place] = start(ways[place]!, `after ${++kills}`);
      return had;
    },
    said: () => workers.map(({ said }) => said()).join("\n"),
    endedAlone: () => alone,
    stop() {
      stopped = true;
      for (const { child } of workers) child.kill("SIGKILL");
    },
  };
}

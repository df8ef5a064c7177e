/** What benches share: times of the clock and of the processors, and the Python that takes turns with them. */
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Seconds. */
export interface Timed {
  readonly clock: number;
  readonly processor: number;
}

export async function timed(work: () => Promise<unknown>): Promise<Timed> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { clock: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
}

export function median(times: readonly Timed[], of: keyof Timed): number {
  const sorted = times.map((one) => one[of]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** A Python that has these modules; undefined, with a line that says so, where none has. */
export function pythonWith(modules: string, packages: string): string | undefined {
  const python = ["python3", "/usr/bin/python3"].find(
    (name) => spawnSync(name, ["-c", `import ${modules}`], { stdio: "ignore" }).status === 0,
  );
  if (python === undefined) {
    console.log(`NOT COMPARED: no python3 here has ${modules} (apt-get install ${packages})`);
  }
  return python;
}

/** PyTorch has no WebGPU: its own way to the same card stands beside ours. */
export const torchDevice = (device: string): string => (device === "cpu" ? "cpu" : "cuda");

export interface TorchSide {
  readonly version: string;
  /** A round of the work that is named, where the script has several. */
  once(work?: string): Promise<Timed>;
  end(): void;
}

/** A script beside this file that does a round for each line it reads and answers with its times; undefined as above. */
export async function startTorch(
  script: string,
  args: readonly string[],
  threads: number,
): Promise<TorchSide | undefined> {
  const python = pythonWith("torch", "python3-torch");
  if (python === undefined) return undefined;
  const child = spawn(python, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: `${threads}` },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's side ended early");
    return value;
  };
  return {
    version: (await line()).split(" ")[1] ?? "",
    async once(work = "step") {
      child.stdin.write(`${work}\n`);
      const [clock, processor] = (await line()).split(" ").map(Number) as [number, number];
      return { clock, processor };
    },
    end: () => child.stdin.end(),
  };
}

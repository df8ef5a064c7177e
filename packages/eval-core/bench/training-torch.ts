/** PyTorch's side of the training bench, in a Python process that works when it is told to. */
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The forward pass alone, with the backward pass, and with the update too. */
export type Work = "forward" | "both" | "step";

export interface Timed {
  /** Seconds. */
  readonly clock: number;
  readonly processor: number;
}

export interface Torch {
  readonly version: string;
  once(work: Work): Promise<Timed>;
  end(): void;
}

/** undefined, with a line that says so, where no Python has PyTorch. */
export async function startTorch(batch: number, side: number, threads: number): Promise<Torch | undefined> {
  const python = ["python3", "/usr/bin/python3"].find(
    (name) => spawnSync(name, ["-c", "import torch"], { stdio: "ignore" }).status === 0,
  );
  if (python === undefined) {
    console.log("NOT COMPARED WITH PYTORCH: no python3 here has torch (Debian's is python3-torch)");
    return undefined;
  }
  const script = fileURLToPath(new URL("training_torch.py", import.meta.url));
  const child = spawn(python, [script, String(batch), String(side), String(threads)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's side ended early");
    return value;
  };
  const version = (await line()).split(" ")[1] ?? "";
  return {
    version,
    async once(work) {
      child.stdin.write(`${work}\n`);
      const [clock, processor] = (await line()).split(" ").map(Number) as [number, number];
      return { clock, processor };
    },
    end: () => child.stdin.end(),
  };
}

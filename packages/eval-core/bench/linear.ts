/**
 * The many-shot linear sweep (45 weight decays, selection, refit) against scikit-learn's LogisticRegression as the
 * paper's authors call it, on the same features and the same machine, in one run, taking turns.
 *
 *     node packages/eval-core/bench/linear.ts [--small | --large] [--rounds N] [--ours] [--every N] [--device D]
 *
 * Prints the ratio of the times and, for every weight decay, how our objective compares. Times are of the clock and
 * of the processors: the latter count where others use the machine too. scikit-learn's 45 values at the large size
 * take long: --every 4 has it fit every fourth value and takes the others to last as long on average. --device is ours
 * alone: scikit-learn runs on the CPU.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fitLinear } from "../src/evaluations/many-shot-linear/evaluate.ts";
import type { LinearRecord } from "../src/evaluations/many-shot-linear/record.ts";
import type { DeviceChoice } from "../src/runtime/index.ts";
import { writeNpy } from "../src/tensor/index.ts";
import { makeSplits } from "./linear-data.ts";
import { pythonWith } from "./sides.ts";

/** Train and val together are the published sizes: Pets' 3,680 with 37 classes, and 20,000 with 100. */
const SIZES = {
  small: { splits: { train: 2944, val: 736, test: 1000 }, features: 2048, classes: 37 },
  large: { splits: { train: 16000, val: 4000, test: 2000 }, features: 2048, classes: 100 },
} as const;

interface Times {
  readonly seconds: number;
  readonly cpu: number;
}

interface Theirs {
  readonly seconds: number;
  readonly cpu: number;
  readonly chosen: number;
  readonly refit: number;
  readonly sweep: readonly {
    weightDecay: number;
    objective: number;
    validation: number;
    iterations: number;
  }[];
}

const { values } = parseArgs({
  options: {
    small: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    ours: { type: "boolean", default: false },
    rounds: { type: "string", default: "1" },
    every: { type: "string", default: "1" },
    device: { type: "string", default: "cpu" },
  },
});
const name = values.large ? "large" : "small";
const { splits: sizes, features, classes } = SIZES[name];
const data = makeSplits(sizes, features, classes);
const python = values.ours ? undefined : pythonWith("sklearn", "python3-sklearn libopenblas0");
const folder = mkdtempSync(join(tmpdir(), "bench-linear-"));
try {
  if (python) {
    for (const split of ["train", "val"] as const) {
      writeNpy(data[split].x, join(folder, `${split}_x.npy`));
      writeNpy(data[split].y, join(folder, `${split}_y.npy`));
    }
  }
  const ours: Times[] = [];
  let memory = 0;
  const others: Times[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const began = performance.now();
    const cpuBegan = process.cpuUsage();
    const record = await fitLinear({
      ...data,
      classes,
      task: "multi-class",
      metric: "accuracy",
      device: values.device as DeviceChoice,
      onProgress: ({ point, done, total }) => {
        if (!point) return;
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        process.stderr.write(
          `${done}/${total} ${point.weightDecay.toExponential(2)} ${point.iterations} iterations, ${seconds} s\n`,
        );
      },
    });
    const { user, system } = process.cpuUsage(cpuBegan);
    memory = process.resourceUsage().maxRSS / 1024;
    ours.push({ seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 });
    const theirs = python ? await runSklearn(python) : undefined;
    if (theirs) others.push(theirs);
    if (round === 0) compare(record, theirs);
  }
  const shown = (times: readonly Times[]) =>
    times.map(({ seconds, cpu }) => `${seconds.toFixed(1)} s (processors ${cpu.toFixed(1)} s)`).join(", ");
  console.log(`linear ${name}: transferboard ${shown(ours)}`);
  const held = (Object.values(data).reduce((sum, { x }) => sum + x.data.byteLength, 0) / 2 ** 20).toFixed(0);
  console.log(`linear ${name}: at most ${memory.toFixed(0)} MiB, of which the caller's features are ${held}`);
  if (others.length > 0) {
    const best = (times: readonly Times[], of: keyof Times) => Math.min(...times.map((t) => t[of]));
    const ratio = (of: keyof Times) => (best(others, of) / best(ours, of)).toFixed(1);
    const partly = values.every === "1" ? "" : `, from every ${values.every}th value`;
    console.log(`linear ${name}: scikit-learn ${shown(others)}${partly}`);
    console.log(
      `linear ${name}: ${ratio("seconds")} times as fast by the clock, ${ratio("cpu")} by the processors; the aim is 5`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compare(record: LinearRecord, theirs: Theirs | undefined): void {
  console.log(
    "weight decay  iterations  objective        validation   | scikit-learn: iterations  objective - ours, relative  validation",
  );
  const matching = (weightDecay: number) =>
    theirs?.sweep.find((point) => Math.abs(point.weightDecay / weightDecay - 1) < 1e-9);
  record.sweep.forEach((point) => {
    const other = matching(point.weightDecay);
    const beside = other
      ? `| ${other.iterations}  ${(other.objective / point.objective - 1).toExponential(1)}  ${other.validation.toFixed(2)}`
      : "";
    console.log(
      `${point.weightDecay.toExponential(2)}  ${point.iterations}  ${point.objective.toPrecision(9)}  ${point.validation.toFixed(2)} ${point.status} ${beside}`,
    );
  });
  console.log(`chosen ${record.chosen.toExponential(2)}, test ${record.test.score.toFixed(2)}`);
  if (theirs) {
    const worse = record.sweep.filter((point) => {
      const other = matching(point.weightDecay);
      return other !== undefined && point.objective > other.objective * (1 + 1e-6);
    });
    console.log(`scikit-learn chose ${theirs.chosen.toExponential(2)}`);
    console.log(
      `objectives worse than scikit-learn's by more than 1e-6: ${worse.length} of ${theirs.sweep.length}`,
    );
  }
  const total = record.sweep.reduce((sum, point) => sum + point.iterations, 0);
  console.log(`iterations: ${total} in the sweep, ${record.refit.iterations} in the refit`);
  for (const warning of record.warnings) console.log(`warning: ${warning}`);
}

async function runSklearn(python: string): Promise<Theirs> {
  const script = fileURLToPath(new URL("linear_sklearn.py", import.meta.url));
  const child = spawn(python, [script, folder, values.every], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`scikit-learn's side ended with code ${code}`);
  return JSON.parse(output) as Theirs;
}

/**
 * k-NN beside NumPy and scikit-learn, brute force on the same rows and cores: N x N x 768, k up to 20, every prediction exact.
 *
 *     node packages/eval-core/bench/knn.ts [--rows 50000]
 *
 * NumPy's and scikit-learn's neighbours are float32's; they vote nothing. Ours includes the votes and the float64 that
 * exact predictions take. Without python3-numpy and python3-sklearn our own time stands alone.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { classify } from "../src/evaluations/knn/classify.ts";
import { normsOf, type Rows, unitRows } from "../src/probe/nearest/index.ts";
import { SeededRandom, tensor, writeNpy } from "../src/tensor/index.ts";
import { pythonWith } from "./sides.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "50000" },
  },
});
const ROWS = Number(values.rows);
const WIDTH = 768;
const CLASSES = 100;
const KS = [10, 20];

function makeRows(seed: number): { rows: Rows; labels: Int32Array } {
  const centres = Float32Array.from({ length: CLASSES * WIDTH }, rectified(new SeededRandom(5)));
  const random = new SeededRandom(seed);
  const labels = Int32Array.from({ length: ROWS }, (_, i) => i % CLASSES);
  const data = new Float32Array(ROWS * WIDTH);
  for (let i = 0; i < ROWS; i++) {
    for (let j = 0; j < WIDTH; j++) {
      data[i * WIDTH + j] = Math.max(0, centres[labels[i]! * WIDTH + j]! + random.uint32() / 2 ** 30 - 2);
    }
  }
  return { rows: { data, count: ROWS, width: WIDTH }, labels };
}
function rectified(random: SeededRandom) {
  return () => Math.max(0, random.normal());
}

const [train, test] = [makeRows(1), makeRows(2)];
const began = performance.now();
const cpuBegan = process.cpuUsage();
const { exact, predicted } = await classify({
  train: train.rows,
  trainLabels: train.labels,
  query: test.rows,
  queryLabels: test.labels,
  classes: CLASSES,
  ks: KS,
  temperature: 0.07,
  device: "cpu",
});
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpuBegan);
const right = predicted.subarray(ROWS).filter((label, i) => label === test.labels[i]).length;
const memory = process.resourceUsage().maxRSS / 1024;
console.log(
  `knn: ${ROWS} x ${ROWS} x ${WIDTH}: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processors, ${memory.toFixed(0)} MB; ${exact} queries in float64; top-1 ${((100 * right) / ROWS).toFixed(2)}%`,
);
const python = pythonWith("numpy, sklearn", "python3-numpy python3-sklearn");
const folder = mkdtempSync(join(tmpdir(), "knn-bench-"));
try {
  if (python !== undefined) compare(python);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Each side in a process of its own, whose highest memory is its own. */
function compare(python: string): void {
  for (const [name, { rows }] of Object.entries({ train, test })) {
    const unit = unitRows(rows, normsOf(rows), 0, ROWS);
    writeNpy(tensor("float32", [ROWS, WIDTH], unit), join(folder, `${name}.npy`));
  }
  const script = fileURLToPath(new URL("./knn_numpy.py", import.meta.url));
  for (const side of ["numpy", "scikit-learn"]) {
    const { stdout, status, stderr } = spawnSync(python, [script, folder, "20", side], { encoding: "utf8" });
    if (status !== 0) {
      console.log(`knn: ${side} could not run: ${String(stderr).trim().split("\n").at(-1)}`);
      continue;
    }
    const theirs = JSON.parse(stdout) as { seconds: number; cpu: number; memory: number };
    console.log(
      `knn: ${side}: ${theirs.seconds.toFixed(1)} s, ${theirs.cpu.toFixed(1)} s of processors, ${theirs.memory.toFixed(0)} MB; ours is ${(theirs.seconds / seconds).toFixed(2)} times as fast by the clock, ${((theirs.cpu * 1e6) / (user + system)).toFixed(2)} by processors; the aim is 2`,
    );
  }
}

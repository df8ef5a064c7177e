/**
 * DINOv3's logistic regression (45 values of C, selection, refit) beside scikit-learn as DINOv3 calls it, on the same features
 * and cores: Pets' size, 3,680 x 2,048 and 37 classes, a tenth of each class for validation.
 *
 *     node packages/eval-core/bench/dinov3.ts [--rows 3680] [--every 9]
 *
 * scikit-learn runs into its 1,000 iterations at most values, without a warm start: it fits every ninth value unless told,
 * and the others are taken to last as long on average.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fitDinov3 } from "../src/evaluations/linear-dinov3/fit.ts";
import { heldOut } from "../src/evaluations/linear-dinov3/split.ts";
import { writeNpy } from "../src/tensor/index.ts";
import { makeSplits } from "./linear-data.ts";
import { pythonWith } from "./sides.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "3680" },
    every: { type: "string", default: "9" },
  },
});
const CLASSES = 37;
const made = makeSplits({ train: Number(values.rows), val: 1, test: 1000 }, 2048, CLASSES);
const rows = {
  train: { x: made.train.x, y: made.train.y.data },
  test: { x: made.test.x, y: made.test.y.data },
};
const { train, validation } = heldOut(rows.train, "the bench's features");

const began = performance.now();
const cpuBegan = process.cpuUsage();
const found = await fitDinov3({
  ...{
    train,
    validation,
    test: rows.test,
    classes: CLASSES,
    metric: "accuracy",
    mode: "converged",
    device: "cpu",
  },
  onProgress: (done, total, note) => process.stderr.write(`${done}/${total} ${note ?? ""}\r`),
});
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpuBegan);
const cpu = (user + system) / 1e6;
const iterations = found.sweep.reduce((sum, point) => sum + point.iterations, found.refit.iterations);
console.log(
  `linear-dinov3: ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processors; ${iterations} iterations; C = ${found.chosen}`,
);
const python = pythonWith("numpy, sklearn", "python3-numpy python3-sklearn");
const folder = mkdtempSync(join(tmpdir(), "dinov3-bench-"));
try {
  if (python !== undefined) compare(python);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compare(python: string): void {
  for (const [name, { x, y }] of Object.entries({ train, val: validation })) {
    writeNpy(x, join(folder, `${name}_x.npy`));
    writeNpy({ dtype: "int32", shape: [y.length], data: y }, join(folder, `${name}_y.npy`));
  }
  const script = fileURLToPath(new URL("./dinov3_sklearn.py", import.meta.url));
  const { stdout, status, stderr } = spawnSync(python, [script, folder, values.every], { encoding: "utf8" });
  if (status !== 0) {
    console.log(`linear-dinov3: scikit-learn could not run: ${String(stderr).trim().split("\n").at(-1)}`);
    return;
  }
  const theirs = JSON.parse(stdout) as {
    seconds: number;
    cpu: number;
    fits: readonly { c: number; iterations: number; objective: number; validation: number }[];
  };
  for (const { c, iterations: theirIterations, objective, validation: score } of theirs.fits) {
    const ours = found.sweep.reduce((best, point) =>
      Math.abs(Math.log(point.c / c)) < Math.abs(Math.log(best.c / c)) ? point : best,
    );
    console.log(
      `linear-dinov3: C = ${c.toExponential(2)}: scikit-learn ${theirIterations} iterations, its objective ${(objective / ours.objective - 1).toExponential(1)} above ours, relatively; validation ${score.toFixed(2)} and ours ${ours.validation.toFixed(2)}`,
    );
  }
  const partly = values.every === "1" ? "" : `, from every ${values.every}th value`;
  console.log(
    `linear-dinov3: scikit-learn ${theirs.seconds.toFixed(1)} s, ${theirs.cpu.toFixed(1)} s of processors${partly}; ours is ${(theirs.seconds / seconds).toFixed(1)} times as fast by the clock, ${(theirs.cpu / cpu).toFixed(1)} by the processors; the aim is 10`,
  );
}

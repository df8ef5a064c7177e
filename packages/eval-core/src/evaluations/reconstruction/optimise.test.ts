/** A reconstruction that stops in the middle goes on to the same picture, to the last bit. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { backboneGraph, loadCheckpoint } from "../../backbones/index.ts";
import { drawPrior, type PriorShape, reconstructionGraph } from "../../networks/index.ts";
import { NumpyRandomState, tensor } from "../../tensor/index.ts";
import { ResumeStore } from "../../training/index.ts";
import { optimise, Watch } from "./optimise.ts";
import { ReconstructionTrainer } from "./trainer.ts";

const shape: PriorShape = {
  widths: [4, 8],
  kernels: [5, 3],
  skip: 4,
  depth: 4,
  size: 40,
  corner: 32,
  slope: 0.2,
};
const ITERATIONS = 12;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "optimise-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param stopAfter aborts once so many iterations of this attempt are made. */
async function attempt(work: string, stopAfter = Number.POSITIVE_INFINITY) {
  const checkpoint = await loadCheckpoint(
    new URL("../../../golden/checkpoint/torchvision.pth", import.meta.url).pathname,
  );
  const backbone = backboneGraph(checkpoint, { outputs: ["layer4"] });
  const drawn = drawPrior(shape, new NumpyRandomState(3));
  const target = tensor("float32", [1, 256, 1, 1], new Float32Array(256).fill(1));
  const graph = reconstructionGraph(backbone, "layer4", target.shape, shape, drawn);
  await using trainer = await ReconstructionTrainer.open(graph, { device: "cpu", threads: 1 });
  const stop = new AbortController();
  let made = 0;
  const watch = new Watch({ update: () => void (++made > stopAfter && stop.abort()), end() {} }, ITERATIONS);
  const result = await optimise({
    open: async () => {
      await trainer.begin(drawn, target);
      return trainer;
    },
    store: new ResumeStore(join(folder, work), "one"),
    index: 0,
    iterations: ITERATIONS,
    signal: stop.signal,
    watch,
  });
  return { result, made };
}

it("stops where it is told, keeps what it has, and goes on from there", async () => {
  const whole = await attempt("whole");
  await expect(attempt("stopped", 5)).rejects.toThrow();
  const resumed = await attempt("stopped");
  expect(resumed.made).toBeLessThan(ITERATIONS);
  expect(resumed.result.output).toEqual(whole.result.output);
  expect(resumed.result.finalLoss).toBe(whole.result.finalLoss);
  expect(resumed.result.initialLoss).toBe(whole.result.initialLoss);
  expect(whole.result.finalLoss).toBeLessThan(whole.result.initialLoss);
  // A finished picture is not made again.
  const again = await attempt("stopped");
  expect(again.made).toBe(1);
  expect(again.result.output.data).toEqual(whole.result.output.data);
});

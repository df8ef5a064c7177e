/**
 * Ten steps of fine-tuning of the families' golden checkpoints on one device, in a process of its own, for a driver is
 * found by the environment that a process starts with. Prints a line of JSON a network: its losses, and the sums of the
 * squares of its weights after the last step.
 *
 *     node backbones-run.ts DEVICE
 */
import { fileURLToPath } from "node:url";
import { loadCheckpoint } from "../../backbones/index.ts";
import { GoldenFolder } from "../../conformance/index.ts";
import { sgd } from "../../optim/index.ts";
import type { Device } from "../../runtime/index.ts";
import { SeededRandom, tensor } from "../../tensor/index.ts";
import { finetuneModel, freshHead, withWeights } from "../model.ts";
import { Trainer } from "../trainer.ts";

const NETWORKS = [
  ["dinov2_reg", "dinov2_reg4_pretrain.pth", 2],
  ["dinov3", "dinov3_pretrain.pth", 2],
  ["convnextv2", "convnextv2_1k_224_ema.pt", 0],
] as const;
const [STEPS, BATCH, SIDE, CLASSES] = [10, 4, 32, 3];

const device = process.argv[2] as Device;
using goldens = new GoldenFolder(fileURLToPath(new URL("../../../golden/backbones", import.meta.url)));
for (const [name, file, heads] of NETWORKS) {
  const checkpoint = await loadCheckpoint(goldens.folder(name).file(file), heads > 0 ? { heads } : {});
  const random = new SeededRandom(3);
  const { graph, parameters } = finetuneModel(checkpoint, {
    ...{ classes: CLASSES, loss: "cross-entropy" },
    size: [SIDE, SIDE],
  });
  const head = freshHead(checkpoint.architecture.featureDimension, CLASSES, random);
  const network = {
    graph: withWeights(graph, head),
    parameters,
    dimensions: { N: BATCH, H: SIDE, W: SIDE },
  };
  const optimizer = sgd({ momentum: 0.9, nesterov: true });
  await using trainer = await Trainer.open(
    { key: "batch", network },
    { optimizer, device, threads: 1, noFallback: device === "webgpu" },
  );
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const input = tensor(
      "float32",
      [BATCH, 3, SIDE, SIDE],
      Float32Array.from({ length: BATCH * 3 * SIDE * SIDE }, () => random.normal()),
    );
    const labels = tensor(
      "float32",
      [BATCH],
      Float32Array.from({ length: BATCH }, () => random.below(CLASSES)),
    );
    const rates = { learningRate: 1e-3, weightDecay: 1e-4 };
    const { values } = await trainer.step("batch", () => network, { input, labels }, rates);
    losses.push(values.loss!);
  }
  const weights: Record<string, number> = {};
  for (const [key, { data }] of await trainer.weights()) {
    if (data instanceof Float32Array) weights[key] = data.reduce((sum, w) => sum + w * w, 0);
  }
  console.log(JSON.stringify({ name, losses, weights }));
}

/**
 * A full training step of ResNet-50 at 224 x 224 on a graphics card: images a second, the share of the device's fp32 peak,
 * and how long the first step (which compiles the shaders) takes. For a machine with a graphics card.
 *
 *     node packages/eval-core/bench/training-webgpu.ts [--batch 64] [--steps 20] [--side 224] [--peak-tflops 67] [--device webgpu]
 *
 * --peak-tflops is the card's fp32 peak outside tensor cores, from its data sheet: 67 for an H200.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadCheckpoint } from "../src/backbones/index.ts";
import { sgd } from "../src/optim/index.ts";
import { chooseDevice, type DeviceChoice } from "../src/runtime/index.ts";
import { SeededRandom, tensor } from "../src/tensor/index.ts";
import { finetuneModel } from "../src/training/model.ts";
import { Trainer } from "../src/training/trainer.ts";
import { writeResnet50 } from "./extraction-data.ts";

/** Multiplications and additions of a forward pass of ResNet-50 at 224 x 224, an image; a step takes three of it. */
const FORWARD_GFLOP = 8.2;

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "64" },
    steps: { type: "string", default: "20" },
    side: { type: "string", default: "224" },
    device: { type: "string", default: "webgpu" },
    "peak-tflops": { type: "string", default: "67" },
  },
});
const [batch, steps, side] = [values.batch, values.steps, values.side].map(Number) as [
  number,
  number,
  number,
];
const device = await chooseDevice(values.device as DeviceChoice);

const folder = mkdtempSync(join(tmpdir(), "bench-training-"));
try {
  writeResnet50(join(folder, "resnet50.safetensors"));
  const checkpoint = await loadCheckpoint(join(folder, "resnet50.safetensors"));
  const { graph, parameters } = finetuneModel(checkpoint, {
    ...{ classes: 100, loss: "cross-entropy" },
    size: [side, side],
  });
  const network = { graph, parameters, dimensions: { N: batch, H: side, W: side } };
  const optimizer = sgd({ momentum: 0.9, nesterov: true });
  const opening = performance.now();
  await using trainer = await Trainer.open(
    { key: "batch", network },
    { optimizer, device, noFallback: device === "webgpu" },
  );
  console.log(`opened on ${device} in ${seconds(opening)} s`);
  const random = new SeededRandom(5);
  const pixels = Float32Array.from({ length: batch * 3 * side * side }, () => random.uniform(-1, 1));
  const data = {
    input: tensor("float32", [batch, 3, side, side], pixels),
    labels: tensor(
      "float32",
      [batch],
      Float32Array.from({ length: batch }, (_, i) => i % 100),
    ),
  };
  const rate = { learningRate: 1e-3, weightDecay: 1e-4 };
  const step = () => trainer.step("batch", () => network, data, rate);
  const first = performance.now();
  await step();
  console.log(`first step, shaders compiled: ${seconds(first)} s`);
  await step();
  const began = performance.now();
  let loss = 0;
  // The loss comes back every step, so each ends when the device is done with it.
  for (let i = 0; i < steps; i++) loss = (await step()).values.loss!;
  const each = (performance.now() - began) / 1000 / steps;
  const tflops = (3 * FORWARD_GFLOP * batch * (side / 224) ** 2) / each / 1000;
  const share = (100 * tflops) / Number(values["peak-tflops"]);
  console.log(
    `batch ${batch}: ${each.toFixed(3)} s a step, ${(batch / each).toFixed(1)} images/s (aim: 250 at batch 64), ` +
      `${tflops.toFixed(2)} TFLOP/s, ${share.toFixed(1)}% of ${values["peak-tflops"]}; loss ${loss.toFixed(3)}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/**
 * One side of the extraction bench, in a process of its own: `ours` (files through the whole pipeline), `all-readouts` (the
 * same, every vector that the network has in the one pass) or `onnxruntime` (tensors made beforehand through onnxruntime alone, the same model, threads and batch).
 *
 * usage: extraction-side.ts SIDE WEIGHTS FOLDER IMAGES DEVICE; each line on standard input asks for a round, and is
 * answered by one JSON line: images, seconds of the clock and of the processors, and the highest memory so far.
 */
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as ort from "onnxruntime-node";
import { loadCheckpoint } from "../src/backbones/index.ts";
import { type Dataset, makeItem } from "../src/datasets/index.ts";
import { backboneOf, batchSize, openExtractor } from "../src/features/index.ts";
import { PREPROCESSINGS } from "../src/images/index.ts";
import { chooseDevice, type DeviceChoice } from "../src/runtime/index.ts";
import { SeededRandom, tensor, writeNpy } from "../src/tensor/index.ts";

const [side, weights = "", folder = "", images = "0", given = "cpu"] = process.argv.slice(2);
const count = Number(images);
const device = await chooseDevice(given as DeviceChoice);
const preprocessing = PREPROCESSINGS["imagenet-shorter-224"];
const batch = batchSize(preprocessing.crop);
const checkpoint = await loadCheckpoint(weights, { normalisation: "imagenet" });
const vectors = checkpoint.readouts.filter(({ kind }) => kind === "vector").map(({ slug }) => slug);
const backbone = backboneOf(checkpoint, side === "all-readouts" ? { readouts: vectors } : {});

async function ours(): Promise<() => Promise<void>> {
  const extractor = await openExtractor(backbone, { device });
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".jpg"))
    .sort();
  const items = Array.from({ length: count }, (_, i) => {
    const path = join(folder, files[i % files.length]!);
    return makeItem(`${i}`, 0, { kind: "file", path });
  });
  const dataset = (of: typeof items): Dataset => ({
    name: "bench",
    title: "Bench",
    task: "multi-class",
    classes: ["any"],
    metric: "accuracy",
    splits: { train: of, test: [] },
    origin: { layout: "files", splitRule: "none", missing: [] },
    manifestHash: async () => "bench",
  });
  const run = (of: typeof items) => extractor.features(dataset(of), { preprocessing, manifest: "bench" });
  await run(items.slice(0, 2 * batch));
  let written = false;
  return async () => {
    const { x, featureSize } = await run(items);
    if (!written && side === "ours")
      writeNpy(tensor("float32", [count, featureSize], x), join(folder, "ours.npy"));
    written = true;
  };
}

async function onnxruntime(): Promise<() => Promise<void>> {
  const session = await ort.InferenceSession.create(backbone.model, {
    executionProviders: [device],
    intraOpNumThreads: availableParallelism(),
    logSeverityLevel: 3,
  });
  const random = new SeededRandom(13);
  const { crop } = preprocessing;
  const ready = Array.from({ length: 4 }, () => {
    const data = Float32Array.from({ length: batch * 3 * crop * crop }, () => random.normal());
    return new ort.Tensor("float32", data, [batch, 3, crop, crop]);
  });
  await session.run({ [backbone.input]: ready[0]! });
  return async () => {
    for (let done = 0; done < count; done += batch) {
      await session.run({ [backbone.input]: ready[(done / batch) % ready.length]! });
    }
  };
}

const round = await (side === "onnxruntime" ? onnxruntime() : ours());
const lines = createInterface({ input: process.stdin });
console.log(JSON.stringify({ ready: true }));
for await (const _ of lines) {
  const began = performance.now();
  const cpuBegan = process.cpuUsage();
  await round();
  const { user, system } = process.cpuUsage(cpuBegan);
  console.log(
    JSON.stringify({
      images: count,
      seconds: (performance.now() - began) / 1000,
      cpu: (user + system) / 1e6,
      maxMegabytes: process.resourceUsage().maxRSS / 1024,
    }),
  );
}
process.exit(0);

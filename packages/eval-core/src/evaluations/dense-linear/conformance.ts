/** Holds the linear segmentation head against golden steps of AdamW on two maps, with and without dropout. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
  relativeDifference,
} from "../../conformance/index.ts";
import { ConfusionMatrix } from "../../metrics/index.ts";
import { given } from "../../networks/layers.ts";
import { adamW } from "../../optim/index.ts";
import { type AnyTensor, SeededRandom, type Tensor, tensor } from "../../tensor/index.ts";
import { LoaderPool, Trainer } from "../../training/index.ts";
import {
  type HeadShape,
  inferenceHead,
  partedHead,
  scoresHead,
  segmentationRate,
  slidingWindows,
  trainingHead,
} from "./head.ts";
import { labelWindows } from "./label-windows.ts";
import { betweenOf, trainingNetworkOf } from "./train.ts";
import type { HeadWork } from "./work.ts";

interface Expected {
  readonly steps: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly warmup: number;
  readonly warmup_ratio: number;
  readonly rates: readonly number[];
  readonly dropout: number;
  readonly classes: number;
  readonly ignore: number;
  readonly results: Readonly<
    Record<
      "plain" | "dropout",
      { losses: readonly number[]; mean_iou: number; iou_percent: readonly number[]; pixel_accuracy: number }
    >
  >;
  readonly windows: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly rates_of_dinov3: Readonly<Record<string, number>>;
}

export async function* checkDenseLinear(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const { steps, learning_rate: learningRate, warmup, warmup_ratio: warmupRatio } = golden;
  const schedule = { learningRate, steps, warmup, warmupRatio };
  const rates = golden.rates.map((_, i) => segmentationRate(i, schedule));
  yield finding("rates", "of the short schedule", largestDifference(rates, golden.rates), 1e-12);
  const published = { learningRate: 1e-3, steps: 40_000, warmup: 1500, warmupRatio: 1e-6 };
  const worst = Object.entries(golden.rates_of_dinov3).map(([i, rate]) =>
    Math.abs(segmentationRate(Number(i), published) - rate),
  );
  yield finding("rates", "of DINOv3's schedule", Math.max(...worst), 1e-12);
  for (const [size, windows] of Object.entries(golden.windows)) {
    const [height, width] = size.split("x").map(Number) as [number, number];
    yield exactly(`windows of ${size}`, "every box", `${slidingWindows(height, width)}` === `${windows}`);
  }
  for (const tag of ["plain", "dropout"] as const) {
    for (const way of ["as one graph", "by pictures"] as const)
      yield* training({ tag, way }, rates, golden, folder, context);
  }
}

/** `by pictures` is how it is trained; `as one graph` its plain reference. */
interface Case {
  readonly tag: "plain" | "dropout";
  readonly way: "as one graph" | "by pictures";
}

async function* training(
  { tag, way }: Case,
  rates: readonly number[],
  golden: Expected,
  folder: GoldenFolder,
  { device, threads, signal }: ConformanceContext,
): AsyncGenerator<Finding> {
  const name = `${tag}, ${way}`;
  const parted = way === "by pictures";
  const maps = ["a", "b"].map((name) => folder.npyOf(`batches_${name}.npy`, "float32"));
  const labels = folder.npyOf("batches_labels.npy", "uint8");
  const [, batch = 0, height = 0, width = 0] = labels.shape;
  const shape: HeadShape = {
    maps: maps.map(({ shape: [, , channels = 0, side = 0] }) => ({ channels, side })),
    batch,
    classes: golden.classes,
    height,
    width,
    dropout: tag === "dropout",
  };
  const channels = shape.maps.reduce((sum, map) => sum + map.channels, 0);
  const weights = initialWeights(
    folder.npyOf("initial_weight.npy", "float32").data,
    golden.classes,
    channels,
  );
  const plan = () => trainingNetworkOf((parted ? partedHead : trainingHead)(shape, given(weights)), parted);
  await using pool = new LoaderPool<HeadWork>(new URL("./work.ts", import.meta.url));
  let labelsNow: Uint8Array[] = [];
  const between = betweenOf(pool, () => labelsNow.map((own) => ({ labels: own, width, height })));
  const options = {
    optimizer: adamW(),
    device,
    gradients: true,
    ...(parted ? { cuts: [between] } : {}),
    ...(threads === undefined ? {} : { threads }),
  };
  await using trainer = await Trainer.open({ key: "train", network: plan() }, options);
  const keep = folder.npyOf("dropout_keep.npy", "uint8").data;
  const losses: number[] = [];
  for (let step = 0; step < golden.steps; step++) {
    signal?.throwIfAborted();
    const pixels = height * width;
    labelsNow = Array.from({ length: batch }, (_, i) =>
      labels.data.slice((step * batch + i) * pixels, (step * batch + i + 1) * pixels),
    );
    const feeds: Record<string, AnyTensor> = parted ? {} : { labels: labelsAt(labels, step, golden.ignore) };
    maps.forEach((map, i) => {
      feeds[`map${i}`] = part(map, step);
    });
    if (shape.dropout) {
      const scale = 1 / (1 - golden.dropout);
      const own = keep.subarray(step * batch * channels, (step + 1) * batch * channels);
      feeds.keep = tensor(
        "float32",
        [batch, channels, 1, 1],
        Float32Array.from(own, (k) => k * scale),
      );
    }
    const scaled = { learningRate: rates[step]!, weightDecay: golden.weight_decay, step: step + 1 };
    const { values, gradients } = await trainer.step("train", plan, feeds, scaled, (_, read) =>
      between.compute(read, [], new SeededRandom(0)),
    );
    losses.push(values.loss!);
    if (step > 0) continue;
    const order = ["conv.weight", "conv.bias", "bn.weight"];
    const first = order.flatMap((name) => [...(gradients.get(name)!.data as Float32Array)]);
    const expected = folder.npyOf(`${tag}_first_gradient.npy`, "float64").data;
    yield finding(name, "first gradient", largestDifference(first, expected), 1e-5);
  }
  const { results } = golden;
  yield finding(name, "losses, relative", relativeDifference(losses, results[tag].losses), 1e-4);
  yield* ending({ tag, way }, trainer, shape, golden, folder);
}

async function* ending(
  { tag, way }: Case,
  trainer: Trainer,
  shape: HeadShape,
  golden: Expected,
  folder: GoldenFolder,
): AsyncGenerator<Finding> {
  const name = `${tag}, ${way}`;
  const weights = await trainer.weights();
  for (const [weight, file] of [
    ["conv.weight", "conv_weight"],
    ["conv.bias", "conv_bias"],
    ["bn.weight", "bn_weight"],
    ["bn.bias", "bn_bias"],
    ["bn.running_mean", "running_mean"],
    ["bn.running_var", "running_var"],
  ] as const) {
    const own = weights.get(weight)!.data as Float32Array;
    const expected = folder.npyOf(`${tag}_final_${file}.npy`, "float64").data;
    yield finding(name, `final ${file.replace("_", " ")}`, largestDifference(own, expected), 1e-3);
  }
  const tests = ["a", "b"].map((name) => folder.npyOf(`test_${name}.npy`, "float32"));
  const labels = folder.npyOf("test_labels.npy", "uint8");
  const batch = labels.shape[0]!;
  const feeds = Object.fromEntries(tests.map((map, i) => [`map${i}`, map]));
  const build = () => inferenceHead({ ...shape, batch }, given(weights));
  const answer = await trainer.predict("test", build, feeds, ["logits"]);
  const logits = answer.logits!.data as Float32Array;
  const expected = folder.npyOf(`${tag}_test_logits.npy`, "float32").data;
  yield finding(name, "test logits", largestDifference(logits, expected), 1e-3);

  const confusion = new ConfusionMatrix(golden.classes, golden.ignore);
  const predicted =
    way === "as one graph"
      ? pixelTop(logits, batch, golden.classes)
      : await labelledByWindows(trainer, { ...shape, batch }, weights, feeds);
  confusion.add(predicted, labels.data);
  const { iou, meanIou } = confusion.score();
  const { iou_percent, mean_iou, pixel_accuracy } = golden.results[tag];
  const differences = [
    100 * meanIou - mean_iou,
    confusion.pixelAccuracy - pixel_accuracy,
    ...iou_percent.map((value, c) => 100 * (iou[c] ?? Number.NaN) - value),
  ];
  // A pixel more or less, where two logits are within float32's rounding.
  const pixel = (100 * 4) / labels.data.length;
  yield finding(
    name,
    "IoU, mean IoU, pixel accuracy, percent",
    Math.max(...differences.map(Math.abs)),
    pixel,
  );
}

/** One window a picture, as the test labels it. */
async function labelledByWindows(
  trainer: Trainer,
  shape: HeadShape,
  weights: ReadonlyMap<string, AnyTensor>,
  feeds: Readonly<Record<string, AnyTensor>>,
): Promise<Uint8Array> {
  const { batch, classes, height, width } = shape;
  const build = () => scoresHead(shape, given(weights));
  const { scores } = await trainer.predict("patches", build, feeds, ["scores"]);
  const { shape: sizes, data } = scores as Tensor<"float32">;
  const side = sizes[2]!;
  const predicted = new Uint8Array(batch * height * width);
  for (let i = 0; i < batch; i++) {
    const own = data.subarray(i * classes * side * side, (i + 1) * classes * side * side);
    const windows = [[0, 0, height, width]] as const;
    const size = { height, width };
    predicted.set(labelWindows({ scores: [own], windows, classes, side }, size, size), i * height * width);
  }
  return predicted;
}

function initialWeights(conv: Float32Array, classes: number, channels: number): Map<string, AnyTensor> {
  const of = (value: number) => tensor("float32", [channels], new Float32Array(channels).fill(value));
  return new Map<string, AnyTensor>([
    ["conv.weight", tensor("float32", [classes, channels, 1, 1], conv)],
    ["conv.bias", tensor("float32", [classes], new Float32Array(classes))],
    ["bn.weight", of(1)],
    ["bn.bias", of(0)],
    ["bn.running_mean", of(0)],
    ["bn.running_var", of(1)],
  ]);
}

/** Step `index` of steps x batch x ... */
function part({ shape, data }: { shape: readonly number[]; data: Float32Array }, index: number): AnyTensor {
  const size = data.length / shape[0]!;
  return tensor("float32", shape.slice(1), data.slice(index * size, (index + 1) * size));
}

function labelsAt(
  { shape, data }: { readonly shape: readonly number[]; readonly data: Uint8Array },
  index: number,
  ignore: number,
): AnyTensor {
  const size = data.length / shape[0]!;
  const own = data.subarray(index * size, (index + 1) * size);
  return tensor(
    "float32",
    shape.slice(1),
    Float32Array.from(own, (label) => (label === ignore ? -1 : label)),
  );
}

/** The class of the largest logit of each pixel, the first of equals. @param logits batch x classes x pixels */
export function pixelTop(logits: Float32Array, batch: number, classes: number): Uint8Array {
  const pixels = logits.length / batch / classes;
  const top = new Uint8Array(batch * pixels);
  for (let b = 0; b < batch; b++) {
    for (let p = 0; p < pixels; p++) {
      const at = (c: number) => logits[(b * classes + c) * pixels + p]!;
      let best = 0;
      for (let c = 1; c < classes; c++) if (at(c) > at(best)) best = c;
      top[b * pixels + p] = best;
    }
  }
  return top;
}

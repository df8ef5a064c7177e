/**
 * Reconstruction held against goldens in the form of golden/features: `dip` (the prior, its gradients, its optimisation),
 * `lpips` and `colour`. Answers what was compared, the largest difference, and what is allowed.
 */
import { backboneGraph, loadCheckpoint, loadTensors } from "../../backbones/index.ts";
import {
  eachRelativeDifference,
  exactly,
  type Finding,
  finding,
  findingsOf,
  type GoldenFolder,
  largestDifference,
  relativeDifference,
} from "../../conformance/index.ts";
import { NORMALISATIONS, toTensor } from "../../images/index.ts";
import { drawPrior, type PriorShape, reconstructionGraph } from "../../networks/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { openSession } from "../../runtime/index.ts";
import { mean } from "../../stats/index.ts";
import { type AnyTensor, NumpyRandomState } from "../../tensor/index.ts";
import { overImages } from "../pictures/over-images.ts";
import { type ByChannel, colourError, toLevels } from "./colour.ts";
import { ReconstructionTrainer } from "./trainer.ts";

interface Expected {
  readonly seed: number;
  readonly noise_size: number;
  readonly crop: number;
  readonly depth: number;
  readonly widths: readonly number[];
  readonly kernels: readonly number[];
  readonly skip: number;
  readonly nearly_zero_gradients: readonly string[];
}

interface ExpectedDip extends Expected {
  readonly parameters: number;
  readonly steps: number;
  readonly learning_rate: number;
  readonly losses: readonly number[];
  readonly colour_error: readonly number[];
  readonly six_scales: Expected & {
    readonly loss: number;
    readonly parameters: number;
    readonly noise_first: readonly number[];
  };
}

type Named = ReadonlyMap<string, AnyTensor>;

const shapeOf = (expected: Expected): PriorShape => ({
  widths: expected.widths,
  kernels: expected.kernels,
  skip: expected.skip,
  depth: expected.depth,
  size: expected.noise_size,
  corner: expected.crop,
  slope: 0.2,
});

/** What the cases run on. */
export interface Where {
  /** The weights of the backbone: torchvision.pth of the checkpoint goldens. */
  readonly checkpoint: string;
  readonly device: "auto" | "cpu" | "webgpu" | "cuda";
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

async function open(expected: Expected, image: AnyTensor, { checkpoint, device, threads }: Where) {
  const backbone = backboneGraph(await loadCheckpoint(checkpoint), { outputs: ["layer4"] });
  const side = expected.crop;
  const input = toTensor([image.data as Uint8Array], NORMALISATIONS.imagenet, { width: side, height: side });
  const options = { device, ...(threads === undefined ? {} : { threads }) };
  await using session = await openSession(writeModel(backbone), options);
  const target = (await session.run({ input }, ["layer4"])).layer4!;
  const drawn = drawPrior(shapeOf(expected), new NumpyRandomState(expected.seed));
  const graph = reconstructionGraph(backbone, "layer4", target.shape, shapeOf(expected), drawn);
  const trainer = await ReconstructionTrainer.open(graph, { ...options, gradients: true });
  await trainer.begin(drawn, target);
  return { target, drawn, trainer };
}

const largest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};
const numbers = (value: AnyTensor): ArrayLike<number> => value.data as ArrayLike<number>;

/** Of each tensor's largest; those that are nearly 0, of the largest of all, by a tenth of what is allowed. */
function gradientError(found: Named, expected: Named, nearlyZero: readonly string[]): number {
  const most = Math.max(...[...expected.values()].map((value) => largest(numbers(value))));
  return Math.max(
    ...[...expected].map(([name, value]) => {
      const own = found.get(name);
      if (own === undefined) throw new Error(`there is no gradient by ${name}`);
      if (!nearlyZero.includes(name)) return relativeDifference(own, value);
      return (10 * largestDifference(own, value)) / most;
    }),
  );
}

/** A narrow prior: what it is drawn as, its gradients, and twenty steps of its optimisation. */
export function dipFindings(folder: GoldenFolder, where: Where): AsyncIterable<Finding> {
  const name = "dip";
  return findingsOf(name, "optimisation", where.signal, async function* () {
    const expected = folder.json<ExpectedDip>("expected.json");
    const opened = await open(expected, folder.npy("image.npy"), where);
    await using trainer = opened.trainer;
    const { drawn, target } = opened;
    const all = new Map([...drawn.weights, ...drawn.unread]);
    const count = [...all.values()].reduce((sum, { data }) => sum + data.length, 0);
    yield exactly(name, "number of parameters", count === expected.parameters, `there are ${count}`);
    const apart = [...(await loadTensors(folder.file("initial.safetensors")))].map(([key, value]) =>
      largestDifference(all.get(key)!, value),
    );
    yield finding(name, "noise drawn", largestDifference(drawn.noise, folder.npy("noise.npy")), 0);
    yield finding(name, "weights drawn", Math.max(...apart), 0);
    const relative = (
      compared: string,
      found: AnyTensor | ArrayLike<number>,
      file: string,
      allowed: number,
    ) =>
      finding(
        name,
        `${compared}, relative to the largest`,
        relativeDifference(found, folder.npy(file)),
        allowed,
      );
    yield relative("target", target, "target.npy", 1e-4);
    yield relative("first output", (await trainer.image()).image, "first_output.npy", 1e-4);

    const losses: number[] = [];
    for (let step = 1; step <= expected.steps; step++) {
      where.signal?.throwIfAborted();
      const { loss, gradients } = await trainer.step(step, expected.learning_rate);
      losses.push(loss);
      if (step > 1) continue;
      const wanted = await loadTensors(folder.file("first_gradients.safetensors"));
      const error = gradientError(gradients, wanted, expected.nearly_zero_gradients);
      yield finding(name, "first gradients, relative to each tensor's largest", error, 1e-3);
    }
    const last = await trainer.image();
    losses.push(last.loss);
    const lossError = (from: number, to: number) =>
      eachRelativeDifference(losses.slice(from, to), expected.losses.slice(from, to));
    yield finding(name, "losses 0 to 7, relative", lossError(0, 8), 1e-4);
    yield finding(name, "later losses, relative", lossError(8, expected.losses.length), 2e-2);
    yield relative("last output", last.image, "output.npy", 0.1);
    const levels = toLevels(last.image, NORMALISATIONS.imagenet);
    const golden = numbers(folder.npy("levels.npy"));
    const levelsApart = mean(Float64Array.from(levels, (level, i) => Math.abs(level - golden[i]!)));
    yield finding(name, "levels, on average", levelsApart, 2);
    const state = await trainer.state();
    const moved = [...(await loadTensors(folder.file("final.safetensors")))].map(([key, value]) =>
      largestDifference(state.get(key)!, value),
    );
    yield finding(name, "final weights, in learning rates", Math.max(...moved) / expected.learning_rate, 5);
  });
}

/** The whole depth at the published size, once. */
export function sixScalesFindings(folder: GoldenFolder, where: Where): AsyncIterable<Finding> {
  const name = "dip, six scales";
  return findingsOf(name, "loss", where.signal, async function* () {
    const { six_scales: expected } = folder.json<ExpectedDip>("expected.json");
    const { drawn, trainer } = await open(expected, folder.npy("six_image.npy"), where);
    await using _ = trainer;
    const first = drawn.noise.data.slice(0, expected.noise_first.length);
    yield finding(name, "noise drawn", largestDifference(first, expected.noise_first), 0);
    const { image, loss } = await trainer.image();
    yield finding(name, "loss, relative", Math.abs(loss / expected.loss - 1), 1e-3);
    const { corner } = shapeOf(expected);
    const every4th: number[] = [];
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < corner; y += 4)
        for (let x = 0; x < corner; x += 4) every4th.push(image[(channel * corner + y) * corner + x]!);
    const output = relativeDifference(every4th, folder.npy("six_output_every_4th.npy"));
    yield finding(name, "output, relative to the largest", output, 1e-3);
    const { gradients } = await trainer.step(1, 0);
    const golden = await loadTensors(folder.file("six_gradients.safetensors"));
    const error = gradientError(gradients, golden, expected.nearly_zero_gradients);
    // The backbone's kinks: 5e-3 lies between PyTorch's own float32 and float64.
    yield finding(name, "gradients, relative to each tensor's largest", error, 3e-2);
  });
}

interface ExpectedColour {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  readonly red: ExpectedErrors;
  readonly green: ExpectedErrors;
  readonly blue: ExpectedErrors;
}
interface ExpectedErrors {
  readonly values: readonly number[];
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Levels and squared errors of five images, their mean and its interval. */
export function colourFindings(folder: GoldenFolder, signal?: AbortSignal): AsyncIterable<Finding> {
  const name = "colour";
  return findingsOf(name, "levels", signal, function* () {
    const expected = folder.json<ExpectedColour>("expected.json");
    const [outputs, levels, images] = ["outputs.npy", "levels.npy", "images.npy"].map((file) =>
      folder.npy(file),
    );
    const count = outputs!.shape[0]!;
    const part = (value: AnyTensor, i: number) => {
      const size = value.data.length / count;
      return value.data.subarray(i * size, (i + 1) * size);
    };
    const normalisation = { mean: expected.mean, std: expected.deviation };
    const errors: ByChannel[] = [];
    for (let i = 0; i < count; i++) {
      const own = toLevels(part(outputs!, i) as Float32Array, normalisation);
      yield finding(name, `levels of image ${i}`, largestDifference(own, part(levels!, i) as Uint8Array), 0);
      errors.push(colourError(part(images!, i) as Uint8Array, own));
    }
    for (const [channel, colour] of (["red", "green", "blue"] as const).entries()) {
      const values = errors.map((error) => error[channel]!);
      const { interval, mean: average } = overImages(values);
      const found = [...values, average, interval!.lower, interval!.upper];
      const { values: golden, mean: centre, low, high } = expected[colour];
      const difference = eachRelativeDifference(found, [...golden, centre, low, high]);
      yield finding(name, `squared errors in ${colour}, their mean and interval, relative`, difference, 1e-9);
    }
  });
}

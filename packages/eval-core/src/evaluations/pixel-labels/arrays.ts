/**
 * Training a network that labels pixels on batches as given: no data loading, no augmentation, so that losses, gradients and
 * weights can be held against any other framework's.
 */
import { type Checkpoint, loadCheckpoint, loadTensors } from "../../backbones/index.ts";
import {
  given,
  type Network,
  type PixelNetwork,
  type PixelNetworkOptions,
  pspnet,
  upernet,
} from "../../networks/index.ts";
import { sgd } from "../../optim/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { type AnyTensor, sizeOf, tensor } from "../../tensor/tensor.ts";
import { Trainer, TrainingError, TrainingInputError, type TrainingNetwork } from "../../training/index.ts";
import { debiasedMomentum, STATISTICS_MOMENTUM } from "./settings.ts";

interface Head {
  readonly network: (checkpoint: Network, options: PixelNetworkOptions) => PixelNetwork;
  /** Whether the backbone stays as it is. */
  readonly frozen: boolean;
  readonly labelStride: number;
  /** Weights whose first size is how many classes, pooled channels and other channels the head has. */
  readonly sizes: readonly [classes: string, poolWidth: string, width: string];
}

export const PIXEL_HEADS = {
  pspnet: {
    network: pspnet,
    frozen: true,
    labelStride: 8,
    sizes: ["conv_last.4.weight", "ppm.0.1.weight", "conv_last.0.weight"],
  },
  upernet: {
    network: upernet,
    frozen: false,
    labelStride: 4,
    sizes: ["conv_last.1.weight", "ppm_conv.0.0.weight", "conv_last.0.0.weight"],
  },
} as const satisfies Record<string, Head>;

export type PixelHead = keyof typeof PIXEL_HEADS;

/** What the heads' graphs call their tensors. */
const HEAD_PREFIX = "decoder.";

export interface TrainPixelsOptions {
  readonly head: PixelHead;
  /** A file of weights: backbone and head. */
  readonly checkpoint: string;
  /** How the backbone's names begin in the file: "encoder." */
  readonly backbonePrefix: string;
  /** How the head's names begin in the file: "decoder." */
  readonly headPrefix: string;
  /** steps x batch x 3 x height x width, float32, normalised. */
  readonly x: AnyTensor;
  /** Classes, steps x batch x height / stride x width / stride, any number; below 0 is ignored. */
  readonly y: AnyTensor;
  /** For pspnet: steps x batch x channels of 0 or 1 / 0.9. */
  readonly dropout?: AnyTensor;
  /** One a step. */
  readonly learningRates: readonly number[];
  readonly weightDecay: number;
  readonly momentum: number;
  /** Plain running statistics in place of those that do not lean on their start. */
  readonly plainStatistics: boolean;
  readonly device: DeviceChoice;
  readonly threads?: number;
  readonly noFallback?: boolean;
  readonly gradients?: boolean;
  readonly onStep?: (step: number, steps: number, loss: number, learningRate: number) => void;
  readonly signal?: AbortSignal;
}

export interface TrainedPixels {
  readonly losses: readonly number[];
  /** The share of labelled pixels that are right, of every step. */
  readonly pixelAccuracies: readonly number[];
  readonly learningRates: readonly number[];
  readonly device: string;
  /** Trained weights and running statistics, named as in the file. */
  readonly weights: ReadonlyMap<string, AnyTensor>;
  /** The first step's, named alike. */
  readonly gradients: ReadonlyMap<string, AnyTensor>;
}

/** @throws TrainingInputError on arrays that do not fit; TrainingError on a loss that is not a number */
export async function trainPixelsOnArrays(options: TrainPixelsOptions): Promise<TrainedPixels> {
  const { head, x, y, dropout, learningRates, weightDecay, signal } = options;
  const { frozen } = PIXEL_HEADS[head];
  const [steps, batch, , height, width] = shapesOf(options);
  const checkpoint = await loadCheckpoint(options.checkpoint, {
    anyDepth: true,
    prefix: options.backbonePrefix,
    ignore: [options.headPrefix],
  });
  const network = await networkOf(options, checkpoint, height, width, batch);
  await using trainer = await Trainer.open(
    { key: "batch", network },
    {
      optimizer: sgd({ momentum: options.momentum }),
      statisticsMomentum: options.plainStatistics ? STATISTICS_MOMENTUM : "fed",
      device: options.device,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.noFallback === undefined ? {} : { noFallback: options.noFallback }),
      ...(options.gradients === undefined ? {} : { gradients: options.gradients }),
    },
  );
  const named = (values: ReadonlyMap<string, AnyTensor>) =>
    new Map(
      [...values].flatMap(([name, value]) => {
        if (name.startsWith(HEAD_PREFIX))
          return [[options.headPrefix + name.slice(HEAD_PREFIX.length), value] as const];
        return frozen || !checkpoint.tensors.has(name)
          ? []
          : [[options.backbonePrefix + name, value] as const];
      }),
    );
  const losses: number[] = [];
  const pixelAccuracies: number[] = [];
  let gradients: ReadonlyMap<string, AnyTensor> = new Map();
  const labels = Float32Array.from(y.data as ArrayLike<number | bigint>, Number);
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const learningRate = learningRates[step]!;
    const { values, gradients: answered } = await trainer.step(
      "batch",
      () => network,
      {
        input: rowOf(x.data as Float32Array, x.shape, step),
        labels: rowOf(labels, y.shape, step),
        ...(dropout ? { dropout: channels(rowOf(dropout.data as Float32Array, dropout.shape, step)) } : {}),
      },
      { learningRate, weightDecay, statisticsMomentum: debiasedMomentum(step) },
    );
    const loss = values.loss!;
    if (!Number.isFinite(loss))
      throw new TrainingError(
        `the loss became ${loss} at step ${step + 1} of ${steps}: lower the learning rate (${learningRate}), or look for broken inputs`,
      );
    if (step === 0) gradients = named(answered);
    losses.push(loss);
    pixelAccuracies.push(values.correct! / Math.max(1, values.labelled!));
    options.onStep?.(step, steps, loss, learningRate);
  }
  const weights = named(await trainer.weights());
  return { losses, pixelAccuracies, learningRates, device: trainer.device, weights, gradients };
}

async function networkOf(
  { head, checkpoint: file, headPrefix }: TrainPixelsOptions,
  checkpoint: Checkpoint,
  height: number,
  width: number,
  batch: number,
): Promise<TrainingNetwork> {
  const { network, frozen, sizes } = PIXEL_HEADS[head];
  const all = await loadTensors(file);
  const own = new Map(
    [...all].flatMap(([name, value]) =>
      name.startsWith(headPrefix) ? [[HEAD_PREFIX + name.slice(headPrefix.length), value] as const] : [],
    ),
  );
  const [classes, poolWidth, headWidth] = sizes.map((name) => {
    const found = own.get(HEAD_PREFIX + name)?.shape[0];
    if (found === undefined)
      throw new TrainingInputError(
        `${file} has no '${headPrefix}${name}': give the prefix of the ${head} head's tensors`,
      );
    return found;
  }) as [number, number, number];
  const made = network(checkpoint, {
    ...{ size: { height, width }, classes, poolWidth, width: headWidth },
    source: given(own),
    training: true,
  });
  return {
    graph: made.graph,
    parameters: made.parameters,
    reports: ["loss", "correct", "labelled"],
    decayed: (name) => made.decayed.has(name),
    ...(frozen ? { frozen: (name: string) => checkpoint.tensors.has(name) } : {}),
    dimensions: { N: batch, H: height, W: width },
  };
}

function shapesOf({ head, x, y, dropout, learningRates }: TrainPixelsOptions) {
  const { labelStride } = PIXEL_HEADS[head];
  const [steps = 0, batch = 0, channelCount, height = 0, width = 0] = x.shape;
  if (x.dtype !== "float32" || x.shape.length !== 5 || channelCount !== 3 || x.data.length === 0)
    throw new TrainingInputError(
      `x must be float32 [steps, batch, 3, height, width], found ${x.dtype} [${x.shape}]`,
    );
  const expected = [steps, batch, Math.ceil(height / labelStride), Math.ceil(width / labelStride)];
  if (String(y.shape) !== String(expected))
    throw new TrainingInputError(`y must be [${expected}], at 1/${labelStride} of x, found [${y.shape}]`);
  if (head === "pspnet" && !dropout)
    throw new TrainingInputError("pspnet needs its dropout masks: steps x batch x channels of 0 or 1/0.9");
  if (dropout && (dropout.dtype !== "float32" || dropout.shape[0] !== steps || dropout.shape[1] !== batch))
    throw new TrainingInputError(
      `dropout must be float32 [${steps}, ${batch}, channels], found ${dropout.dtype} [${dropout.shape}]`,
    );
  if (learningRates.length !== steps)
    throw new TrainingInputError(`there are ${steps} steps and ${learningRates.length} learning rates`);
  return [steps, batch, 3, height, width] as const;
}

function rowOf(data: Float32Array, shape: readonly number[], row: number) {
  const size = sizeOf(shape.slice(1));
  return tensor("float32", shape.slice(1), data.slice(row * size, (row + 1) * size));
}

/** A mask [N, channels] as [N, channels, 1, 1]. */
const channels = ({ shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }) =>
  tensor("float32", [shape[0]!, sizeOf(shape.slice(1)), 1, 1], data);

/**
 * Training on batches as given: no data loading, no augmentation, so that the numbers can be held against any other
 * framework's.
 */
import { type Checkpoint, loadCheckpoint, loadTensors, trainedTensors } from "../../backbones/index.ts";
import { constant, cosineAnnealing, sgd } from "../../optim/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { SeededRandom } from "../../tensor/random.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/tensor.ts";
import { TrainingError, TrainingInputError } from "../../training/errors.ts";
import { finetuneModel, freshHead, HEAD_PREFIX, withWeights } from "../../training/model.ts";
import { Trainer } from "../../training/trainer.ts";

export interface TrainOnArraysOptions {
  /** A file of weights. */
  readonly checkpoint: string;
  /** How the backbone's names begin in the file, where it holds more than one thing: "0." */
  readonly backbonePrefix?: string;
  /** How the head's `weight` and `bias` begin: "1."; without it a fresh head is drawn from `seed`. */
  readonly headPrefix?: string;
  /** Steps x batch x 3 x height x width, float32. */
  readonly x: AnyTensor;
  /** Class numbers, steps x batch, any integer dtype. */
  readonly y: AnyTensor;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly schedule?: "cosine" | "constant";
  /** Classes of a fresh head; one more than the largest label unless told. */
  readonly classes?: number;
  readonly seed?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly noFallback?: boolean;
  /** Answer the first step's gradients. */
  readonly gradients?: boolean;
  readonly onStep?: (step: number, steps: number, loss: number, learningRate: number) => void;
  readonly signal?: AbortSignal;
}

export interface TrainedOnArrays {
  readonly losses: readonly number[];
  readonly learningRates: readonly number[];
  readonly device: string;
  /** Final weights and running statistics, named as in the file. */
  readonly weights: ReadonlyMap<string, AnyTensor>;
  /** The first step's, named alike; empty unless asked for. */
  readonly gradients: ReadonlyMap<string, AnyTensor>;
}

/** @throws TrainingInputError on arrays that do not fit; TrainingError on a loss that is not a number. */
export async function trainOnArrays(options: TrainOnArraysOptions): Promise<TrainedOnArrays> {
  const { steps, batch, height, width } = shapesOf(options);
  const { momentum = 0.9, nesterov = false, learningRate, weightDecay } = options;
  const backbonePrefix = options.backbonePrefix ?? "";
  const checkpoint = await loadCheckpoint(options.checkpoint, {
    anyDepth: true,
    ...(backbonePrefix === "" ? {} : { prefix: backbonePrefix }),
    ...(options.headPrefix ? { ignore: [options.headPrefix] } : {}),
  });
  const head = await headOf(checkpoint, options);
  const classes = head.get(`${HEAD_PREFIX}bias`)!.shape[0]!;
  const { graph, parameters } = finetuneModel(checkpoint, {
    ...{ classes, loss: "cross-entropy" },
    size: [height, width],
  });
  const labels = labelsOf(options.y, classes);
  const schedule =
    options.schedule === "constant" ? constant(learningRate) : cosineAnnealing(learningRate, steps);
  const network = {
    graph: withWeights(graph, head),
    parameters,
    dimensions: { N: batch, H: height, W: width },
  };
  await using trainer = await Trainer.open(
    { key: "batch", network },
    {
      optimizer: sgd({ momentum, nesterov }),
      ...(options.device === undefined ? {} : { device: options.device }),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.noFallback === undefined ? {} : { noFallback: options.noFallback }),
      ...(options.gradients === undefined ? {} : { gradients: options.gradients }),
    },
  );
  const named = (weights: ReadonlyMap<string, AnyTensor>) =>
    new Map(
      [...weights].flatMap(([name, v]) => {
        const original = checkpoint.tensors.has(name)
          ? `${backbonePrefix}${name}`
          : originalName(name, backbonePrefix, options.headPrefix);
        return original === undefined ? [] : [[original, v] as const];
      }),
    );
  const losses: number[] = [];
  const learningRates: number[] = [];
  let gradients: ReadonlyMap<string, AnyTensor> = new Map();
  const size = batch * 3 * height * width;
  const pixels = options.x.data as Float32Array;
  for (let step = 0; step < steps; step++) {
    options.signal?.throwIfAborted();
    const rate = schedule(step);
    const images = pixels.subarray(step * size, (step + 1) * size);
    const { values, gradients: answered } = await trainer.step(
      "batch",
      () => network,
      {
        input: tensor("float32", [batch, 3, height, width], images),
        labels: tensor("float32", [batch], labels.subarray(step * batch, (step + 1) * batch)),
      },
      { learningRate: rate, weightDecay },
    );
    const loss = values.loss!;
    if (!Number.isFinite(loss)) {
      throw new TrainingError(
        `the loss became ${loss} at step ${step + 1} of ${steps}: lower the learning rate (${learningRate}), or look for broken inputs`,
      );
    }
    if (step === 0) gradients = named(answered);
    losses.push(loss);
    learningRates.push(rate);
    options.onStep?.(step, steps, loss, rate);
  }
  return {
    losses,
    learningRates,
    device: trainer.device,
    weights: named(inFileShapes(checkpoint, await trainer.weights())),
    gradients,
  };
}

/** What the backbone's graph stores turned or apart, as its checkpoint has it; the head as it is. */
function inFileShapes(
  checkpoint: Checkpoint,
  weights: ReadonlyMap<string, AnyTensor>,
): Map<string, AnyTensor> {
  const backbone = trainedTensors(checkpoint, weights as ReadonlyMap<string, Tensor<"float32">>);
  const head = [...weights].filter(([name]) => name.startsWith(HEAD_PREFIX));
  return new Map<string, AnyTensor>([...backbone, ...head]);
}

function shapesOf({ x, y }: TrainOnArraysOptions) {
  const [steps, batch, channels, height, width] = x.shape;
  if (x.dtype !== "float32" || x.shape.length !== 5 || channels !== 3)
    throw new TrainingInputError(
      `x must be float32 [steps, batch, 3, height, width], found ${x.dtype} [${x.shape}]`,
    );
  if (x.data.length === 0)
    throw new TrainingInputError(`x is empty, [${x.shape}]: there is nothing to train on`);
  if (y.shape.length !== 2 || y.shape[0] !== steps || y.shape[1] !== batch)
    throw new TrainingInputError(`y must be [${steps}, ${batch}] like x, found [${y.shape}]`);
  return { steps: steps!, batch: batch!, height: height!, width: width! };
}

function labelsOf(y: AnyTensor, classes: number): Float32Array {
  return Float32Array.from(y.data as ArrayLike<number | bigint>, (raw, i) => {
    const label = Number(raw);
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new TrainingInputError(
        `label ${label} (element ${i} of y) is none of the head's ${classes} classes, 0 to ${classes - 1}`,
      );
    return label;
  });
}

async function headOf(
  checkpoint: Checkpoint,
  options: TrainOnArraysOptions,
): Promise<Map<string, AnyTensor>> {
  const { featureDimension } = checkpoint.architecture;
  if (options.headPrefix === undefined) {
    let largest = 0;
    for (const label of options.y.data) largest = Math.max(largest, Number(label));
    return freshHead(featureDimension, options.classes ?? largest + 1, new SeededRandom(options.seed ?? 0));
  }
  const all = await loadTensors(options.checkpoint);
  const head = new Map<string, AnyTensor>();
  for (const part of ["weight", "bias"]) {
    const found = [...all].find(
      ([name]) => name === `${options.headPrefix}${part}` || name.endsWith(`/${options.headPrefix}${part}`),
    );
    if (!found)
      throw new TrainingInputError(
        `${options.checkpoint} has no '${options.headPrefix}${part}': give the prefix of the head's weight and bias`,
      );
    head.set(`${HEAD_PREFIX}${part}`, found[1]);
  }
  const [weight, bias] = [head.get(`${HEAD_PREFIX}weight`)!, head.get(`${HEAD_PREFIX}bias`)!];
  if (weight.dtype !== "float32" || weight.shape[1] !== featureDimension || weight.shape[0] !== bias.shape[0])
    throw new TrainingInputError(
      `the head must be float32 [classes, ${featureDimension}] with a bias [classes], found ${weight.dtype} [${weight.shape}] and [${bias.shape}]`,
    );
  return head;
}

/** The name that a tensor has in the file it came from; undefined for what is not of the file's kind. */
function originalName(
  name: string,
  backbonePrefix: string,
  headPrefix: string | undefined,
): string | undefined {
  if (name.startsWith(HEAD_PREFIX)) return `${headPrefix ?? HEAD_PREFIX}${name.slice(HEAD_PREFIX.length)}`;
  return /[.](weight|bias|running_mean|running_var)$/.test(name) ? `${backbonePrefix}${name}` : undefined;
}

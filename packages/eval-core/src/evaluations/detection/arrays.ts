/**
 * Training a detector on batches and samples as given: nothing is drawn, matched to proposals or augmented, so that losses,
 * gradients and weights can be held against any other framework's.
 */
import { type Checkpoint, loadCheckpoint, loadTensors } from "../../backbones/index.ts";
import {
  DETECTION_LOSSES,
  DETECTOR_CUTS,
  given,
  type ImageSize,
  type TrainingDetector,
  trainingDetector,
} from "../../networks/index.ts";
import { sgd } from "../../optim/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { type AnyTensor, sizeOf, tensor } from "../../tensor/tensor.ts";
import { type Feeds, Trainer, TrainingError, TrainingInputError } from "../../training/index.ts";
import { anchorBoxes } from "./boxes/anchors.ts";
import { encodeBox, HEAD_WEIGHTS } from "./boxes/coding.ts";
import { ANCHOR_MATCHING, matchBoxes } from "./boxes/matching.ts";
import type { Regions } from "./boxes/roi-align.ts";
import { RegionPool } from "./region-pool.ts";
import { type DetectionSetting, PUBLISHED, trainsIn } from "./settings.ts";
import { gradientsBack, levelSizes, pooledFrom } from "./step.ts";
import { encodedAnchors } from "./targets.ts";

export interface TrainDetectorOptions {
  /** A file of weights: backbone, and pyramid and heads by detectron2's short names, `fpn_lateral2.weight` and so on. */
  readonly checkpoint: string;
  /** How the backbone's names begin in the file: "backbone." */
  readonly backbonePrefix: string;
  readonly setting: DetectionSetting;
  /** batch x 3 x height x width, float32, normalised and padded to multiples of 32: of every step. */
  readonly x: AnyTensor;
  /** The objects of each image: x1, y1, x2, y2 in pixels of x. */
  readonly objects: readonly (readonly (readonly number[])[])[];
  /** steps x batch x anchors: 1 sampled as object, 0 sampled as background, below 0 not sampled. */
  readonly anchorLabels: AnyTensor;
  /** Anchors that are sampled an image: what the losses of the proposals are divided by. */
  readonly anchorsPerImage: number;
  /** steps x batch x regions x 4: the sampled regions. */
  readonly regions: AnyTensor;
  /** steps x batch x regions: 0 to K - 1 a class, K the background. */
  readonly y: AnyTensor;
  /** steps x batch x regions x 4: the object of each region; read where it has a class. */
  readonly regionObjects: AnyTensor;
  /** One a step. */
  readonly learningRates: readonly number[];
  readonly weightDecay: number;
  readonly momentum: number;
  readonly device: DeviceChoice;
  readonly threads?: number;
  readonly noFallback?: boolean;
  readonly gradients?: boolean;
  readonly onStep?: (step: number, steps: number, loss: number, learningRate: number) => void;
  readonly signal?: AbortSignal;
}

export interface TrainedDetector {
  readonly losses: readonly number[];
  /** The four that the loss is the sum of, by name, of every step. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  readonly learningRates: readonly number[];
  readonly device: string;
  /** Trained weights, named as in the file. */
  readonly weights: ReadonlyMap<string, AnyTensor>;
  /** The first step's, named alike. */
  readonly gradients: ReadonlyMap<string, AnyTensor>;
}

/** How the names of pyramid and heads begin. */
const HEAD_NAMES = ["fpn_", "rpn.", "box_head.", "box_predictor."];

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly canvas: ImageSize;
  readonly anchors: number;
  readonly regions: number;
}

/** @throws TrainingInputError on arrays that do not fit; TrainingError on a loss that is not a number */
export async function trainDetectorOnArrays(options: TrainDetectorOptions): Promise<TrainedDetector> {
  const { x, learningRates, weightDecay, signal, backbonePrefix } = options;
  const anchors = anchorBoxes(levelSizes(canvasOf(x)), PUBLISHED.anchorSides);
  const sizes = sizesOf(options, anchors.length / 4);
  const { batch, canvas, steps } = sizes;
  const checkpoint = await loadCheckpoint(options.checkpoint, {
    anyDepth: true,
    prefix: backbonePrefix,
    ignore: HEAD_NAMES,
  });
  const { network, channels, classes } = await networkOf(options, checkpoint, sizes);
  const attached = {
    graph: network.graph,
    objective: network.descent,
    parameters: network.parameters,
    dimensions: { N: batch, H: canvas.height, W: canvas.width },
  };
  await using trainer = await Trainer.open(
    { key: "batch", network: attached },
    {
      optimizer: sgd({ momentum: options.momentum }),
      cuts: DETECTOR_CUTS,
      device: options.device,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.noFallback === undefined ? {} : { noFallback: options.noFallback }),
      ...(options.gradients === undefined ? {} : { gradients: options.gradients }),
    },
  );
  const named = (values: ReadonlyMap<string, AnyTensor>) =>
    new Map(
      network.parameters.flatMap((name) => {
        const value = values.get(name);
        if (!value) return [];
        return [[checkpoint.tensors.has(name) ? backbonePrefix + name : name, value] as const];
      }),
    );
  await using pool = new RegionPool(1);
  const { canonicalSide } = PUBLISHED;
  const parts = Object.fromEntries(DETECTION_LOSSES.map((name): [string, number[]] => [name, []]));
  const losses: number[] = [];
  let gradients: ReadonlyMap<string, AnyTensor> = new Map();
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const learningRate = learningRates[step]!;
    const sample = sampleOf(options, { ...sizes, classes }, step, anchors);
    const { values, gradients: answered } = await trainer.step(
      "batch",
      () => attached,
      { input: x },
      { learningRate, weightDecay },
      async (cut, read) =>
        cut === 0
          ? {
              ...sample.feeds,
              pooled: await pooledFrom(pool, read, sample, channels, canonicalSide, sample.image.length),
            }
          : gradientsBack(pool, read, canvas, batch, sample, channels, canonicalSide),
    );
    const loss = values.loss!;
    if (!Number.isFinite(loss))
      throw new TrainingError(
        `the loss became ${loss} at step ${step + 1} of ${steps}: lower the learning rate (${learningRate}), or look for broken inputs`,
      );
    if (step === 0) gradients = named(answered);
    losses.push(loss);
    for (const name of DETECTION_LOSSES) parts[name]!.push(values[name]!);
    options.onStep?.(step, steps, loss, learningRate);
  }
  const weights = named(await trainer.weights());
  return { losses, parts, learningRates, device: trainer.device, weights, gradients };
}

async function networkOf(
  { checkpoint: file, setting, anchorsPerImage }: TrainDetectorOptions,
  checkpoint: Checkpoint,
  { batch, canvas, regions }: Sizes,
): Promise<{ network: TrainingDetector; channels: number; classes: number }> {
  const all = await loadTensors(file);
  const [rows, channels, boxWidth] = [
    "box_predictor.cls_score.weight",
    "fpn_output2.weight",
    "box_head.fc1.weight",
  ].map((name) => {
    const found = all.get(name)?.shape[0];
    if (found === undefined)
      throw new TrainingInputError(
        `${file} has no '${name}': it must hold a detector, pyramid and heads named as detectron2's`,
      );
    return found;
  }) as [number, number, number];
  const classes = rows - 1;
  const network = trainingDetector(checkpoint, {
    ...{ size: canvas, batch, classes, width: channels, boxWidth, anchorsPerImage },
    regions: batch * regions,
    source: given(all),
    trains: trainsIn(setting),
  });
  return { network, channels, classes };
}

function canvasOf({ dtype, shape, data }: AnyTensor): ImageSize {
  const [, channels, height = 0, width = 0] = shape;
  const fits = dtype === "float32" && shape.length === 4 && channels === 3 && data.length > 0;
  if (!fits || height % 32 !== 0 || width % 32 !== 0)
    throw new TrainingInputError(
      `x must be float32 [batch, 3, height, width] with sides of multiples of 32, found ${dtype} [${shape}]`,
    );
  return { height, width };
}

function sizesOf(options: TrainDetectorOptions, anchors: number): Sizes {
  const { x, anchorLabels, regions, y, regionObjects, objects, learningRates } = options;
  const batch = x.shape[0]!;
  const [steps = 0, , each = 0] = y.shape;
  const expected = {
    "the anchors' labels": [anchorLabels, [steps, batch, anchors]],
    y: [y, [steps, batch, each]],
    "the regions": [regions, [steps, batch, each, 4]],
    "the regions' objects": [regionObjects, [steps, batch, each, 4]],
  } as const;
  for (const [what, [{ shape }, wanted]] of Object.entries(expected))
    if (String(shape) !== String(wanted))
      throw new TrainingInputError(`${what} must be [${wanted}], found [${shape}]`);
  if (objects.length !== batch)
    throw new TrainingInputError(`there are ${batch} images and the objects of ${objects.length}`);
  if (learningRates.length !== steps)
    throw new TrainingInputError(`there are ${steps} steps and ${learningRates.length} learning rates`);
  return { steps, batch, canvas: canvasOf(x), anchors, regions: each };
}

interface Sample extends Regions {
  readonly feeds: Feeds;
}

/** What the step's anchors and regions are trained towards. */
function sampleOf(
  { objects, anchorLabels, regions, y, regionObjects }: TrainDetectorOptions,
  { batch, anchors: count, regions: each, classes: background }: Sizes & { readonly classes: number },
  step: number,
  anchors: Float32Array,
): Sample {
  const row = ({ shape, data }: AnyTensor) => {
    const size = sizeOf(shape.slice(1));
    return Float32Array.from(
      data.slice(step * size, (step + 1) * size) as ArrayLike<number | bigint>,
      Number,
    );
  };
  const labels = row(anchorLabels);
  const targets = new Float32Array(batch * count * 4);
  for (const [image, own] of objects.entries()) {
    const boxes = Float32Array.from(own.flat());
    const { object } = matchBoxes(boxes, anchors, ANCHOR_MATCHING);
    const ownLabels = labels.subarray(image * count, (image + 1) * count);
    targets.set(encodedAnchors(ownLabels, object, boxes, anchors), image * count * 4);
  }
  const [boxes, classes, matched] = [row(regions), row(y), row(regionObjects)];
  const regionTargets = new Float32Array(boxes.length);
  classes.forEach((kind, r) => {
    if (kind >= 0 && kind < background)
      encodeBox(boxes, r * 4, matched, r * 4, HEAD_WEIGHTS, regionTargets, r * 4);
  });
  return {
    feeds: {
      anchorLabels: tensor("float32", [batch, count], labels),
      anchorTargets: tensor("float32", [batch, count, 4], targets),
      regionLabels: tensor("float32", [batch * each], classes),
      regionTargets: tensor("float32", [batch * each, 4], regionTargets),
    },
    boxes,
    image: Int32Array.from(classes, (_, r) => Math.floor(r / each)),
  };
}

/** Trains a detector on the shared loop, a graph a canvas size, and detects with it as it stands. */
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import type { DetectionImage } from "../../datasets/dense/voc-detection.ts";
import {
  boxNetwork,
  DETECTION_LOSSES,
  DETECTOR_CUTS,
  drawn,
  given,
  type ImageSize,
  type ParameterSource,
  POOLED_LEVELS,
  type TrainingDetector,
  trainingDetector,
} from "../../networks/index.ts";
import { sgd, stepDecay, trainingStep, warmUp } from "../../optim/index.ts";
import type { Device } from "../../runtime/index.ts";
import { sizeOf, tensor } from "../../tensor/index.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import {
  expectFinished,
  type Feeds,
  graphFlops,
  hashOfWeights,
  LoaderPool,
  partFor,
  ResumeStore,
  type StepProgress,
  streamOf,
  Trainer,
  type TrainingNetwork,
  type TrainingOutcome,
  train,
} from "../../training/index.ts";
import type { Size } from "../pixel-labels/canvas.ts";
import { DetectionBatches, type DetectionPlan } from "./batches.ts";
import { type Detection, PUBLISHED_DETECTIONS, selectDetections } from "./boxes/detections.ts";
import { selectProposals } from "./boxes/proposals.ts";
import type { BatchRequest } from "./load-batch.ts";
import { RegionPool } from "./region-pool.ts";
import {
  type DetectionSchedule,
  type DetectionSetting,
  MOMENTUM,
  type Mode,
  PROPOSAL_NMS,
  trainsIn,
  WEIGHT_DECAY,
} from "./settings.ts";
import { AnchorCache, detectorBetween, levelSizes, ofImage, pooledFrom } from "./step.ts";

export interface DetectorOptions {
  readonly checkpoint: Checkpoint;
  readonly setting: DetectionSetting;
  readonly schedule: DetectionSchedule;
  readonly mode: Mode;
  readonly classes: number;
  /** Those with objects. */
  readonly images: readonly DetectionImage[];
  readonly seed: number;
  /** Of the protocol, the network, the data and the seed. */
  readonly identity: string;
  readonly device: Device;
  readonly threads?: number;
  /** Where unfinished work is kept. */
  readonly work?: string;
  readonly saveEvery?: number;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onDamage?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** VOC's images come in many sizes: so many canvases keep their sessions open. */
const OPEN_SIZES = 12;

const keyOf = ({ height, width }: ImageSize): string => `${height} x ${width}`;

export class Detector implements AsyncDisposable {
  readonly #options: DetectorOptions;
  readonly #trainer: Trainer;
  readonly #head: ReadonlyMap<string, AnyTensor>;
  readonly #loader: LoaderPool<BatchRequest>;
  readonly #pool: RegionPool;
  readonly #anchors: AnchorCache;
  readonly store: ResumeStore;

  private constructor(
    options: DetectorOptions,
    trainer: Trainer,
    head: ReadonlyMap<string, AnyTensor>,
    pool: RegionPool,
  ) {
    this.#options = options;
    this.#trainer = trainer;
    this.#head = head;
    this.#pool = pool;
    this.#loader = new LoaderPool(new URL("./load-batch.ts", import.meta.url));
    this.#anchors = new AnchorCache(options.schedule.anchorSides);
    const folder = options.work === undefined ? undefined : join(options.work, "training");
    this.store = new ResumeStore(folder, `${options.identity} on ${trainer.device}`, options.onDamage);
  }

  static async open(options: DetectorOptions): Promise<Detector> {
    const { schedule, images, seed } = options;
    // The heads are drawn once, from their own stream, whatever the size of the first batch.
    const first = new DetectionBatches(images, schedule, seed).next();
    const head = new Map<string, AnyTensor>();
    const draw = drawn(streamOf(seed, "initialisation"));
    const network = asTask(options, first.canvas, (parameter) => {
      const value = draw(parameter);
      head.set(parameter.name, value);
      return value;
    });
    const trainer = await Trainer.open(
      { key: keyOf(first.canvas), network },
      {
        optimizer: sgd({ momentum: MOMENTUM }),
        device: options.device,
        cuts: DETECTOR_CUTS,
        sizes: OPEN_SIZES,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      },
    );
    return new Detector(options, trainer, head, new RegionPool());
  }

  get device(): Device {
    return this.#trainer.device;
  }

  get loadingThreads(): number {
    return this.#loader.threads;
  }

  /** @throws TrainingError when it diverges; AbortError when interrupted, with the work kept */
  async train(): Promise<TrainingOutcome> {
    const { schedule, images, seed, saveEvery, onStep, signal, classes, mode } = this.#options;
    const { learningRate, milestones, warmUp: warming, steps } = schedule;
    const outcome = await train<DetectionPlan>({
      task: {
        batches: new DetectionBatches(images, schedule, seed),
        key: ({ canvas }) => keyOf(canvas),
        attach: ({ canvas }) => asTask(this.#options, canvas, given(this.#head)),
        feeds: (plan) => this.#feeds(plan),
        between: detectorBetween({ schedule, classes, mode, pool: this.#pool }),
      },
      trainer: this.#trainer,
      steps,
      schedule: warmUp(stepDecay(learningRate, milestones), warming),
      weightDecay: WEIGHT_DECAY,
      sampling: streamOf(seed, "sampling"),
      store: this.store,
      ahead: 1 + this.#loader.threads,
      saveAtEnd: true,
      ...(saveEvery === undefined ? {} : { saveEvery }),
      ...(onStep === undefined ? {} : { onStep }),
      ...(signal === undefined ? {} : { signal }),
    });
    return expectFinished(outcome, "the weights of the checkpoint or its normalisation may be wrong");
  }

  /** Loads one test image, resized to `size` on `canvas`. */
  load(image: DetectionImage, size: Size, canvas: Size): Promise<Feeds> {
    const { normalisation } = this.#options.checkpoint;
    return this.#loader.load({
      images: [{ image: image.image, width: image.width, height: image.height }],
      sizes: [size],
      flips: [false],
      canvas,
      normalisation,
    });
  }

  /** The detections of one loaded image, best first of equal classes, in the pixels of the original. */
  async detect({ input }: Feeds, canvas: Size, size: Size, original: Size): Promise<Detection[]> {
    const { schedule, classes, mode } = this.#options;
    const values = await this.#trainer.predict(
      keyOf(canvas),
      () => {
        const { graph } = networkFor(this.#options, canvas, given(this.#head), 1);
        return partFor(graph, [...POOLED_LEVELS, "objectness", "anchorDeltas"]);
      },
      { input: input! },
    );
    const anchors = this.#anchors.of(canvas);
    const offsetGroups = mode === "paper-exact";
    const { boxes } = selectProposals(
      ofImage(values, "objectness", 0, anchors.length / 4, 1),
      ofImage(values, "anchorDeltas", 0, anchors.length / 4, 4),
      anchors,
      levelSizes(canvas),
      size,
      { ...schedule.test, threshold: PROPOSAL_NMS, nonFinite: "drop", offsetGroups },
    );
    const rows = boxes.length / 4;
    if (rows === 0) return [];
    const regions = { boxes, image: new Int32Array(rows) };
    const pooled = await pooledFrom(
      this.#pool,
      values,
      regions,
      schedule.width,
      schedule.canonicalSide,
      rows,
    );
    const found = await this.#trainer.predict(
      "box head",
      () => boxNetwork({ ...schedule, classes, source: given(this.#head) }),
      { pooled },
    );
    return selectDetections(
      boxes,
      found.scores!.data as Float32Array,
      found.deltas!.data as Float32Array,
      classes,
      size,
      original,
      { ...PUBLISHED_DETECTIONS, offsetGroups },
    );
  }

  /** One step of this plan that changes no weight. */
  async tryStep(plan: DetectionPlan): Promise<void> {
    const { schedule, classes, mode, seed } = this.#options;
    const between = detectorBetween({ schedule, classes, mode, pool: this.#pool });
    const random = streamOf(seed, "sampling");
    await this.#trainer.step(
      keyOf(plan.canvas),
      () => asTask(this.#options, plan.canvas, given(this.#head)),
      await this.#feeds(plan),
      { learningRate: 0, weightDecay: 0 },
      (cut, values) => between[cut]!.compute(values, plan, random),
    );
  }

  /** Of all weights, as they stand, in hexadecimal. */
  async weightsSha256(): Promise<string> {
    return hashOfWeights(await this.#trainer.weights());
  }

  async close(): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
    await this.#loader.close();
    await this.#trainer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #feeds({ images, sizes, flips, canvas }: DetectionPlan): Promise<Feeds> {
    const { checkpoint } = this.#options;
    return this.#loader.load({
      images: images.map((i) => {
        const { image, width, height } = this.#options.images[i]!;
        return { image, width, height };
      }),
      sizes,
      flips,
      canvas,
      normalisation: checkpoint.normalisation,
    });
  }
}

function networkFor(
  {
    checkpoint,
    setting,
    schedule,
    classes,
  }: Pick<DetectorOptions, "checkpoint" | "setting" | "schedule" | "classes">,
  size: Size,
  source: ParameterSource,
  batch: number,
): TrainingDetector {
  return trainingDetector(checkpoint, {
    ...{ size, batch, classes, source },
    width: schedule.width,
    boxWidth: schedule.boxWidth,
    regions: batch * schedule.regionsPerImage,
    anchorsPerImage: schedule.anchorsPerImage,
    trains: trainsIn(setting),
  });
}

/** The network of a batch's canvas, as the training loop takes it. */
export function asTask(
  options: Pick<DetectorOptions, "checkpoint" | "setting" | "schedule" | "classes">,
  size: Size,
  source: ParameterSource,
): TrainingNetwork {
  const { batch } = options.schedule;
  const { graph, descent, parameters } = networkFor(options, size, source, batch);
  return {
    graph,
    objective: descent,
    reports: ["loss", ...DETECTION_LOSSES],
    parameters,
    dimensions: { N: batch, H: size.height, W: size.width },
  };
}

/** Multiplications and additions of a step on a canvas of this size, in all its stages. */
export function stepFlops(
  options: Pick<DetectorOptions, "checkpoint" | "setting" | "schedule" | "classes">,
  size: Size,
): number {
  const zeros: ParameterSource = ({ shape }) => tensor("float32", shape, new Float32Array(sizeOf(shape)));
  const { graph, objective, parameters, dimensions } = asTask(options, size, zeros);
  const { graph: step } = trainingStep(graph, {
    loss: objective!,
    optimizer: sgd({ momentum: MOMENTUM }),
    parameters,
    inputGradients: ["pooled"],
    ...(dimensions ? { dimensions } : {}),
  });
  return graphFlops(step);
}

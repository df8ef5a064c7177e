/**
 * Trains the linear segmentation head on the shared loop: maps of a batch from wherever they come, the scores of its patches
 * by the graph, loss and gradient a picture at a time in threads, the weights by the graph again.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { drawn, given } from "../../networks/layers.ts";
import { adamW } from "../../optim/index.ts";
import type { Device } from "../../runtime/index.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/index.ts";
import {
  type Between,
  expectFinished,
  type Feeds,
  type LoaderPool,
  ResumeStore,
  type StepProgress,
  streamOf,
  Trainer,
  type TrainingNetwork,
  type TrainingOutcome,
  train,
} from "../../training/index.ts";
import type { PatchMaps } from "../probes/patches.ts";
import { type HeadNetwork, partedHead, SCORES, SUPPLIED, scoresHead, segmentationRate } from "./head.ts";
import { generatorOf, type HeadPlan, keptChannels, PictureOrder } from "./order.ts";
import { DROPOUT, type HeadSettings, LEARNING_RATE, WARMUP_RATIO, WEIGHT_DECAY } from "./protocol.ts";
import type { HeadWork } from "./work.ts";

/** Maps [batch, channels, grid, grid] of a plan, and the labels of each picture, 255 for none. */
export interface HeadBatch {
  readonly maps: Float32Array;
  readonly labels: readonly Uint8Array[];
}

export interface HeadTrainingOptions {
  readonly settings: HeadSettings;
  readonly maps: PatchMaps;
  readonly classes: number;
  /** Pictures of the training split. */
  readonly pictures: number;
  readonly load: (plan: HeadPlan) => Promise<HeadBatch>;
  readonly seed: number;
  readonly identity: string;
  readonly device: Device;
  readonly threads?: number | undefined;
  readonly work?: string | undefined;
  readonly saveEvery?: number | undefined;
  readonly onStep?: ((progress: StepProgress) => void) | undefined;
  readonly onDamage?: (sentence: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const CUT = { reads: [SCORES], supplies: SUPPLIED };
const KEY = "head";

/** One thread a core for what runs beside the graphs. */
export const headThreads = (threads?: number): number => threads ?? availableParallelism();

/** Loss and gradient of a batch, picture by picture. */
export function betweenOf(
  pool: LoaderPool<HeadWork>,
  labelsOf: (plan: HeadPlan) => readonly { labels: Uint8Array; width: number; height: number }[],
): Between<HeadPlan> {
  return {
    ...CUT,
    async compute(values, plan) {
      const { shape, data } = values[SCORES] as Tensor<"float32">;
      const [batch = 0, classes = 0, side = 0] = shape;
      const size = classes * side * side;
      const pictures = labelsOf(plan);
      const denominator = pictures.reduce((sum, { labels }) => sum + labels.length, 0);
      const found = await Promise.all(
        pictures.map(({ labels, width, height }, i) =>
          pool.load({
            what: "gradient",
            scores: data.slice(i * size, (i + 1) * size),
            ...{ classes, side, labels, denominator },
            size: { width, height },
          }),
        ),
      );
      const pull = new Float32Array(batch * size);
      const sums = [0, 0, 0];
      found.forEach((one, i) => {
        pull.set(one.gradient!.data as Float32Array, i * size);
        for (const k of sums.keys()) sums[k]! += Number(one.sums!.data[k]);
      });
      const [loss = 0, correct = 0, labelled = 0] = sums;
      const scalar = (value: number) => tensor("float32", [], Float32Array.of(value));
      return {
        pull: tensor("float32", shape, pull),
        pixelLoss: scalar(loss / denominator),
        pixelsCorrect: scalar(correct),
        pixelsLabelled: scalar(labelled),
      };
    },
  };
}

export class HeadTraining implements AsyncDisposable {
  readonly #options: HeadTrainingOptions;
  readonly #trainer: Trainer;
  readonly #pool: LoaderPool<HeadWork>;
  readonly #weights: ReadonlyMap<string, AnyTensor>;
  readonly #labels = new WeakMap<HeadPlan, readonly Uint8Array[]>();
  readonly store: ResumeStore;

  private constructor(
    options: HeadTrainingOptions,
    trainer: Trainer,
    pool: LoaderPool<HeadWork>,
    weights: ReadonlyMap<string, AnyTensor>,
  ) {
    this.#options = options;
    this.#trainer = trainer;
    this.#pool = pool;
    this.#weights = weights;
    const folder = options.work === undefined ? undefined : join(options.work, "training");
    this.store = new ResumeStore(folder, `${options.identity} on ${trainer.device}`, options.onDamage);
  }

  static async open(options: HeadTrainingOptions, pool: LoaderPool<HeadWork>): Promise<HeadTraining> {
    const weights = new Map<string, AnyTensor>();
    const draw = drawn(streamOf(options.seed, "initialisation"));
    const network = networkOf(options, (parameter) => {
      const value = draw(parameter);
      weights.set(parameter.name, value);
      return value;
    });
    const { device, threads } = options;
    const how = {
      optimizer: adamW(),
      device,
      cuts: [CUT],
      ...(threads === undefined ? {} : { threads }),
    };
    return new HeadTraining(options, await Trainer.open({ key: KEY, network }, how), pool, weights);
  }

  /** @throws TrainingError when it diverges; AbortError when interrupted, with the work kept */
  async train(): Promise<TrainingOutcome> {
    const { settings, pictures, seed, saveEvery, onStep, signal } = this.#options;
    const { steps, batch, side, warmup } = settings;
    const schedule = { learningRate: LEARNING_RATE, steps, warmup, warmupRatio: WARMUP_RATIO };
    const outcome = await train<HeadPlan>({
      task: {
        batches: new PictureOrder(pictures, batch, seed),
        key: () => KEY,
        attach: () => networkOf(this.#options, given(this.#weights)),
        feeds: (plan) => this.#feeds(plan),
        between: [
          betweenOf(this.#pool, (plan) =>
            this.#labels.get(plan)!.map((labels) => ({ labels, width: side, height: side })),
          ),
        ],
      },
      trainer: this.#trainer,
      steps,
      schedule: (step) => segmentationRate(step, schedule),
      weightDecay: WEIGHT_DECAY,
      store: this.store,
      saveAtEnd: true,
      ...(saveEvery === undefined ? {} : { saveEvery }),
      ...(onStep === undefined ? {} : { onStep }),
      ...(signal === undefined ? {} : { signal }),
    });
    return expectFinished(outcome, "the weights of the checkpoint or its normalisation may be wrong");
  }

  /** Patch scores [n, classes, grid, grid] of maps [n, channels, grid, grid], the head as it stands. */
  async scores(maps: Tensor<"float32">): Promise<Tensor<"float32">> {
    const batch = maps.shape[0]!;
    const build = () => scoresHead({ ...shapeOf(this.#options), batch }, given(this.#weights));
    const answer = await this.#trainer.predict(`${KEY} ${batch}`, build, { map0: maps }, [SCORES]);
    return answer[SCORES] as Tensor<"float32">;
  }

  /** Weights and running statistics by name. */
  weights(): Promise<Map<string, AnyTensor>> {
    return this.#trainer.weights();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#trainer.close();
  }

  async #feeds(plan: HeadPlan): Promise<Feeds> {
    const { maps, settings, seed, load } = this.#options;
    const { batch } = settings;
    const loaded = await load(plan);
    this.#labels.set(plan, loaded.labels);
    const keep = new Float32Array(batch * maps.width);
    plan.forEach(({ turn }, i) => {
      const own = keep.subarray(i * maps.width, (i + 1) * maps.width);
      keptChannels(generatorOf(seed, turn, "dropout"), DROPOUT, own);
    });
    return {
      map0: tensor("float32", [batch, maps.width, maps.grid, maps.grid], loaded.maps),
      keep: tensor("float32", [batch, maps.width, 1, 1], keep),
    };
  }
}

const shapeOf = ({ settings, maps, classes }: HeadTrainingOptions) => ({
  maps: [{ channels: maps.width, side: maps.grid }],
  batch: settings.batch,
  classes,
});

/** The head in training; its objective is what the gradient of the scores makes of them. */
function networkOf(options: HeadTrainingOptions, source: Parameters<typeof partedHead>[1]): TrainingNetwork {
  return trainingNetworkOf(partedHead({ ...shapeOf(options), dropout: true }, source));
}

/** @param parted whether its loss is made at the cut */
export function trainingNetworkOf({ graph, parameters }: HeadNetwork, parted = true): TrainingNetwork {
  return {
    graph,
    parameters: parameters.filter(({ role }) => role !== "statistic").map(({ name }) => name),
    ...(parted ? { objective: "descent", reports: ["loss", "correct", "labelled"] } : {}),
  };
}

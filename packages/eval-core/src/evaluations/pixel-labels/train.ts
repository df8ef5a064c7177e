/**
 * Trains a network that labels pixels: its batches, its graphs a canvas size, its schedule, on the shared loop. What comes
 * after is the evaluation's.
 */
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import {
  drawn,
  given,
  type Network,
  type PixelNetwork,
  type PixelNetworkOptions,
} from "../../networks/index.ts";
import { type Schedule, sgd, trainingStep } from "../../optim/index.ts";
import type { Device } from "../../runtime/index.ts";
import { sizeOf, tensor } from "../../tensor/index.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import {
  expectFinished,
  type Feeds,
  graphFlops,
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
import { PixelBatches, type PixelPlan } from "./batches.ts";
import type { Size } from "./canvas.ts";
import type { BatchRequest } from "./load-batch.ts";
import {
  debiasedMomentum,
  MOMENTUM,
  type PixelRules,
  type PixelSettings,
  STATISTICS_MOMENTUM,
  WEIGHT_DECAY,
} from "./settings.ts";

export interface PixelTrainingOptions {
  readonly checkpoint: Checkpoint;
  /** `pspnet` or `upernet`. */
  readonly network: (checkpoint: Network, options: PixelNetworkOptions) => PixelNetwork;
  readonly classes: number;
  /** Whether the backbone stays as it is, batch norm by its running statistics. */
  readonly frozen: boolean;
  readonly settings: PixelSettings;
  readonly rules: PixelRules;
  readonly schedule: Schedule;
  /** Plain running statistics, as the papers' code has them, in place of unbiased ones. */
  readonly plainStatistics: boolean;
  readonly images: readonly (PixelImage & { readonly labels: string })[];
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

/** A trained network, open for inference. */
export class PixelTraining implements AsyncDisposable {
  readonly #options: PixelTrainingOptions;
  readonly #trainer: Trainer;
  readonly #head: ReadonlyMap<string, AnyTensor>;
  readonly #loader: LoaderPool<BatchRequest>;
  readonly store: ResumeStore;

  private constructor(options: PixelTrainingOptions, trainer: Trainer, head: ReadonlyMap<string, AnyTensor>) {
    this.#options = options;
    this.#trainer = trainer;
    this.#head = head;
    this.#loader = new LoaderPool(new URL("./load-batch.ts", import.meta.url));
    const folder = options.work === undefined ? undefined : join(options.work, "training");
    this.store = new ResumeStore(folder, `${options.identity} on ${trainer.device}`, options.onDamage);
  }

  static async open(options: PixelTrainingOptions): Promise<PixelTraining> {
    const { settings, rules, images, seed } = options;
    // The head is drawn once, from its own stream, whatever the size of the first batch.
    const first = new PixelBatches(images, settings, rules, seed).next();
    const head = new Map<string, AnyTensor>();
    const draw = drawn(streamOf(seed, "initialisation"));
    const network = trainingNetwork(options, first.canvas, (parameter) => {
      const value = draw(parameter);
      head.set(parameter.name, value);
      return value;
    });
    const trainer = await Trainer.open(
      { key: keyOf(first.canvas), network },
      {
        optimizer: sgd({ momentum: MOMENTUM }),
        device: options.device,
        statisticsMomentum: options.plainStatistics ? STATISTICS_MOMENTUM : "fed",
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      },
    );
    return new PixelTraining(options, trainer, head);
  }

  get device(): Device {
    return this.#trainer.device;
  }

  /** @throws TrainingError when it diverges; AbortError when interrupted, with the work kept */
  async train(): Promise<TrainingOutcome> {
    const { settings, rules, images, seed, schedule, plainStatistics, saveEvery, onStep, signal } =
      this.#options;
    const outcome = await train<PixelPlan>({
      task: {
        batches: new PixelBatches(images, settings, rules, seed),
        key: ({ canvas }) => keyOf(canvas),
        attach: ({ canvas }) => trainingNetwork(this.#options, canvas, given(this.#head)),
        feeds: (plan) => this.#feeds(plan),
      },
      trainer: this.#trainer,
      steps: settings.steps,
      schedule,
      weightDecay: WEIGHT_DECAY,
      store: this.store,
      ahead: 1 + this.#loader.threads,
      saveAtEnd: true,
      ...(plainStatistics ? {} : { statisticsMomentum: debiasedMomentum }),
      ...(saveEvery === undefined ? {} : { saveEvery }),
      ...(onStep === undefined ? {} : { onStep }),
      ...(signal === undefined ? {} : { signal }),
    });
    return expectFinished(outcome, "the weights of the checkpoint or its normalisation may be wrong");
  }

  /** Logits [1, classes, h, w] of one image [1, 3, H, W], the network as it stands. */
  async logits(input: AnyTensor): Promise<AnyTensor> {
    const [, , height, width] = input.shape as [number, number, number, number];
    const { checkpoint, network, classes, settings, frozen } = this.#options;
    const build = () => {
      const options = { size: { height, width }, classes, ...settings, source: given(this.#head) };
      // A frozen backbone is folded; one that was trained has its weights and batch norm apart, as in training.
      return partFor(network(checkpoint, { ...options, training: !frozen }).graph, ["logits"]);
    };
    return (await this.#trainer.predict(keyOf({ height, width }), build, { input }, ["logits"])).logits!;
  }

  /** One step of this size that changes no weight. */
  async tryStep(plan: PixelPlan): Promise<void> {
    const rates = { learningRate: 0, weightDecay: 0, statisticsMomentum: 0 };
    const attach = () => trainingNetwork(this.#options, plan.canvas, given(this.#head));
    await this.#trainer.step(keyOf(plan.canvas), attach, await this.#feeds(plan), rates);
  }

  /** Weights and statistics by name, the backbone's too. */
  weights(): Promise<Map<string, AnyTensor>> {
    return this.#trainer.weights();
  }

  async close(): Promise<void> {
    await this.#loader.close();
    await this.#trainer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #feeds({ images, sizes, flips, canvas, dropout }: PixelPlan): Promise<Feeds> {
    const { rules, classes, checkpoint, settings } = this.#options;
    const loaded = await this.#loader.load({
      images: images.map((i) => {
        const { image, labels } = this.#options.images[i]!;
        return { image, labels };
      }),
      sizes,
      flips,
      canvas,
      labelStride: rules.labelStride,
      labels: rules.labels,
      classes,
      normalisation: checkpoint.normalisation,
    });
    if (!rules.dropout) return loaded;
    return { ...loaded, dropout: tensor("float32", [images.length, settings.width, 1, 1], dropout) };
  }
}

/** Floating-point operations of a step of this size. */
export function stepFlops(options: PixelTrainingOptions, size: Size): number {
  const zeros: PixelNetworkOptions["source"] = ({ shape }) =>
    tensor("float32", shape, new Float32Array(sizeOf(shape)));
  const { graph, parameters, frozen, dimensions } = trainingNetwork(options, size, zeros);
  const step = trainingStep(graph, {
    loss: "loss",
    optimizer: sgd({ momentum: MOMENTUM }),
    parameters,
    ...(frozen ? { frozen } : {}),
    ...(dimensions ? { dimensions } : {}),
  });
  return graphFlops(step.graph);
}

const keyOf = ({ height, width }: Size): string => `${height} x ${width}`;

function trainingNetwork(
  { checkpoint, network, classes, settings, frozen }: PixelTrainingOptions,
  size: Size,
  source: PixelNetworkOptions["source"],
): TrainingNetwork {
  const { graph, parameters, decayed } = network(checkpoint, {
    size,
    classes,
    ...settings,
    source,
    training: true,
  });
  return {
    graph,
    parameters,
    reports: ["loss", "correct", "labelled"],
    decayed: (name) => decayed.has(name),
    ...(frozen ? { frozen: (name: string) => checkpoint.tensors.has(name) } : {}),
    dimensions: { N: settings.batch, H: size.height, W: size.width },
  };
}

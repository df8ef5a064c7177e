/**
 * Many-shot fine-tuning from end to end: search the grid on train against validation, refit the best on both, test
 * once. Everything random comes from one seed, and all work is kept, so that a killed run goes on to the same end.
 */
import type { Checkpoint } from "../../backbones/index.ts";
import { type Dataset, type Item, trainingSplits } from "../../datasets/index.ts";
import { mapOrdered } from "../../features/map-ordered.ts";
import { PREPROCESSINGS, type Preprocessing } from "../../images/index.ts";
import { cosineAnnealing, sgd } from "../../optim/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { SeededRandom, tensor } from "../../tensor/index.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import { BatchStream, type Sample, SampleBatches, STREAM, seedOf } from "../../training/batches.ts";
import {
  DivergedError,
  type Feeds,
  finishedConfigurations,
  hashOfWeights,
  LoaderPool,
  partFor,
  ResumeStore,
  type StepProgress,
  searchGrid,
  Trainer,
  type TrainingNetwork,
  train,
} from "../../training/index.ts";
import { finetuneModel, freshHead } from "../../training/model.ts";
import { fingerprint } from "../fingerprint.ts";
import { required, scoresOf } from "../many-shot-linear/score.ts";
import type { CropRequest } from "./crops.ts";
import {
  configurations,
  type FinetuneConfiguration,
  type FinetuneSettings,
  finetuneProtocol,
  inWords,
  PAPER_SETTINGS,
  randomCropOf,
} from "./protocol.ts";
import type { FinetuneProgress, FinetuneRecord, FinishedConfiguration } from "./record.ts";

export interface FinetuneOptions {
  readonly checkpoint: Checkpoint;
  readonly dataset: Dataset;
  /** The paper's unless told. */
  readonly protocol?: FinetuneSettings;
  readonly preprocessing?: Preprocessing;
  readonly seed?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  /** Where unfinished work is kept; nowhere unless told. */
  readonly workDir?: string;
  /** Steps between two saves of the work at hand; about a minute's worth unless told. */
  readonly saveEvery?: number;
  readonly onProgress?: (progress: FinetuneProgress) => void;
  readonly signal?: AbortSignal;
  /** Configurations that were trained and validated elsewhere, by their place in the grid. */
  readonly given?: ReadonlyMap<number, FinishedConfiguration>;
}

/** All batches of fine-tuning have one size. */
const ONLY_SIZE = "batch";
/** Steps made and thrown away to learn how long one takes; the first of them also compiles. */
const TRIAL_STEPS = 3;

/**
 * @throws DivergedError when every configuration diverges, TrainingError when an image cannot be read; AbortError when interrupted,
 * with the work kept.
 */
export async function finetune(options: FinetuneOptions): Promise<FinetuneRecord> {
  const run = await Run.open(options);
  try {
    return await run.all();
  } finally {
    await run.close();
  }
}

/** Trains and validates one configuration of the grid: what the whole search does with it, bit for bit. */
export async function finetuneOne(options: FinetuneOptions, index: number): Promise<FinishedConfiguration> {
  const run = await Run.open(options);
  try {
    return await run.one(index);
  } finally {
    await run.close();
  }
}

class Run {
  readonly #options: FinetuneOptions;
  readonly #settings: FinetuneSettings;
  readonly #preprocessing: Preprocessing;
  readonly #seed: number;
  readonly #network: TrainingNetwork;
  readonly #trainer: Trainer;
  readonly #loader = new LoaderPool<CropRequest>(new URL("./crops.ts", import.meta.url));
  readonly #store: ResumeStore;
  readonly #grid: readonly FinetuneConfiguration[];
  readonly #damage: string[] = [];
  #secondsPerStep = 0;

  private constructor(
    options: FinetuneOptions,
    settings: FinetuneSettings,
    network: TrainingNetwork,
    trainer: Trainer,
  ) {
    this.#options = options;
    this.#settings = settings;
    this.#preprocessing = options.preprocessing ?? PREPROCESSINGS["imagenet-shorter-224"];
    this.#seed = options.seed ?? 0;
    this.#network = network;
    this.#trainer = trainer;
    this.#grid = configurations(settings.grid);
    const { task, metric, name, origin } = options.dataset;
    const protocol = finetuneProtocol(task, metric, settings, this.#preprocessing);
    const work = { protocol, checkpoint: options.checkpoint.sha256, dataset: name, rule: origin.splitRule };
    // A resumed run must go on with the same arithmetic.
    const identity = fingerprint({ ...work, seed: this.#seed, device: trainer.device });
    this.#store = new ResumeStore(options.workDir, identity, (sentence) => this.#damage.push(sentence));
  }

  static async open(options: FinetuneOptions): Promise<Run> {
    const settings = options.protocol ?? PAPER_SETTINGS;
    const { checkpoint, dataset, device, threads } = options;
    const { crop } = options.preprocessing ?? PREPROCESSINGS["imagenet-shorter-224"];
    const loss = dataset.task === "multi-label" ? "binary-cross-entropy" : "cross-entropy";
    const { graph, parameters } = finetuneModel(checkpoint, {
      classes: dataset.classes.length,
      loss,
      size: [crop, crop],
    });
    const network = { graph, parameters, dimensions: { N: settings.batch, H: crop, W: crop } };
    const trainer = await Trainer.open(
      { key: ONLY_SIZE, network },
      {
        optimizer: sgd({ momentum: 0.9, nesterov: true }),
        ...(device === undefined ? {} : { device }),
        ...(threads === undefined ? {} : { threads }),
      },
    );
    return new Run(options, settings, network, trainer);
  }

  async all(): Promise<FinetuneRecord> {
    const { dataset, checkpoint } = this.#options;
    const { train: trainItems, val, trainVal, test } = trainingSplits(dataset);
    const { given } = this.#options;
    const made = finishedConfigurations(this.#store).length;
    const elsewhere = [...(given?.keys() ?? [])].filter((index) => index >= made).length;
    await this.#estimate(trainItems, this.#grid.length + 1 - made - elsewhere);
    const { finished, chosen } = await searchGrid<FinetuneConfiguration, FinishedConfiguration>({
      configurations: this.#grid,
      store: this.#store,
      run: (index, configuration) => this.#try(index, configuration, trainItems, val),
      ...(given === undefined ? {} : { given }),
    });
    const refit = await this.#train(this.#grid.length, chosen, trainVal);
    if (refit.diverged !== undefined)
      throw new DivergedError(
        `the refit on train and validation diverged though its search did not: ${refit.diverged}`,
      );
    const testLogits = await this.#logits(test);
    const score = this.#score(testLogits, test, true);
    const weightsSha256 = hashOfWeights(await this.#trainer.weights());
    const record: FinetuneRecord = {
      settings: this.#settings,
      seed: this.#seed,
      device: this.#trainer.device,
      loss: dataset.task === "multi-label" ? "binary-cross-entropy" : "cross-entropy",
      classes: dataset.classes.length,
      sizes: { train: trainItems.length, val: val.length, test: test.length },
      search: finished,
      chosen,
      refit: { losses: refit.losses, learningRates: refit.learningRates, weightsSha256 },
      test: { score: score.value, interval: score.interval, n: test.length },
      testLogits: { shape: [test.length, dataset.classes.length], data: testLogits },
      testLabels: labelsOf(test),
      warnings: [
        ...this.#damage,
        ...finished.flatMap(({ diverged, configuration }) =>
          diverged === undefined
            ? []
            : [`${inWords(configuration)} diverged in ${checkpoint.file}'s search: ${diverged}`],
        ),
      ],
    };
    this.#store.remove();
    return record;
  }

  /** One configuration by itself, with its work kept as the whole's is. */
  async one(index: number): Promise<FinishedConfiguration> {
    const { train: trainItems, val } = trainingSplits(this.#options.dataset);
    await this.#estimate(trainItems, 1);
    const finished = await this.#try(index, this.#grid[index]!, trainItems, val);
    this.#store.remove();
    return finished;
  }

  async #try(
    index: number,
    configuration: FinetuneConfiguration,
    trainItems: readonly Item[],
    val: readonly Item[],
  ): Promise<FinishedConfiguration> {
    const { losses, diverged } = await this.#train(index, configuration, trainItems);
    const validation = diverged === undefined ? this.#score(await this.#logits(val), val, false).value : null;
    return { configuration, validation, losses, ...(diverged === undefined ? {} : { diverged }) };
  }

  async close(): Promise<void> {
    await this.#loader.close();
    await this.#trainer.close();
  }

  /** A few steps that count for nothing, timed: what the whole will take, said before it starts. */
  async #estimate(items: readonly Item[], configurationsLeft: number): Promise<void> {
    const samples = new BatchStream(items, this.#settings.batch, this.#seed).at(0);
    for (let i = 0; i < TRIAL_STEPS; i++) {
      this.#options.signal?.throwIfAborted();
      const began = performance.now();
      const feeds = await this.#batch(samples, "random-resized-crop");
      await this.#trainer.step(ONLY_SIZE, () => this.#network, feeds, { learningRate: 0, weightDecay: 0 });
      this.#secondsPerStep = (performance.now() - began) / 1000;
    }
    this.#options.onProgress?.({
      phase: "estimate",
      secondsPerStep: this.#secondsPerStep,
      seconds: configurationsLeft * this.#settings.steps * this.#secondsPerStep,
    });
  }

  async #train(
    index: number,
    configuration: FinetuneConfiguration,
    items: readonly Item[],
  ): Promise<{ losses: readonly number[]; learningRates: readonly number[]; diverged?: string }> {
    const { steps, batch } = this.#settings;
    const { signal, saveEvery } = this.#options;
    const { curves, diverged, secondsPerStep } = await train({
      task: {
        batches: new SampleBatches(new BatchStream(items, batch, this.#seed)),
        key: () => ONLY_SIZE,
        attach: () => this.#network,
        feeds: (samples) => this.#batch(samples, configuration.augmentation),
      },
      trainer: this.#trainer,
      steps,
      schedule: cosineAnnealing(configuration.learningRate, steps),
      weightDecay: configuration.weightDecay,
      initial: this.#freshHead(),
      store: this.#store,
      part: index,
      secondsPerStep: this.#secondsPerStep,
      ahead: this.#loader.threads,
      onStep: (progress) => this.#tell(index, progress),
      ...(saveEvery === undefined ? {} : { saveEvery }),
      ...(signal === undefined ? {} : { signal }),
    });
    this.#secondsPerStep = secondsPerStep;
    if (diverged !== undefined)
      this.#options.onProgress?.({ phase: "diverged", configuration: index, reason: diverged });
    const [losses, learningRates] = [curves.of("loss"), curves.of("learningRate")];
    return { losses, learningRates, ...(diverged === undefined ? {} : { diverged }) };
  }

  #tell(index: number, { step, steps, values, secondsPerStep, secondsLeft }: StepProgress): void {
    const { loss, correct } = values;
    this.#options.onProgress?.({
      phase: index < this.#grid.length ? "search" : "refit",
      configuration: index,
      configurations: this.#grid.length,
      step,
      steps,
      loss: loss!,
      accuracy: correct === undefined ? undefined : (100 * correct) / this.#settings.batch,
      secondsLeft: (this.#grid.length - index) * steps * secondsPerStep + secondsLeft,
    });
  }

  #freshHead(): Map<string, AnyTensor> {
    const { checkpoint, dataset } = this.#options;
    const random = new SeededRandom(seedOf(this.#seed, STREAM.head));
    return freshHead(checkpoint.architecture.featureDimension, dataset.classes.length, random);
  }

  #images(items: readonly Item[], random?: CropRequest["random"]): Promise<Feeds> {
    return this.#loader.load({
      sources: items.map((item) => item.source),
      preprocessing: this.#preprocessing,
      normalisation: this.#options.checkpoint.normalisation,
      ...(random ? { random } : {}),
    });
  }

  async #batch(
    samples: readonly Sample[],
    augmentation: FinetuneConfiguration["augmentation"],
  ): Promise<Feeds> {
    const items = samples.map((sample) => sample.item);
    const random = { crop: randomCropOf(this.#preprocessing), seeds: samples.map((sample) => sample.seed) };
    const images = await this.#images(items, augmentation === "random-resized-crop" ? random : undefined);
    const labels = Float32Array.from(items.flatMap((item) => item.label));
    const shape =
      labels.length === items.length ? [items.length] : [items.length, labels.length / items.length];
    return { ...images, labels: tensor("float32", shape, labels) };
  }

  async #logits(items: readonly Item[]): Promise<Float64Array> {
    const classes = this.#options.dataset.classes.length;
    const logits = new Float64Array(items.length * classes);
    const { batch } = this.#settings;
    const parts = Array.from({ length: Math.ceil(items.length / batch) }, (_, i) =>
      items.slice(i * batch, (i + 1) * batch),
    );
    const build = () => partFor(this.#network.graph, ["logits"]);
    let done = 0;
    for await (const [part, feeds] of mapOrdered(parts, 1 + this.#loader.threads, (p) => this.#images(p))) {
      this.#options.signal?.throwIfAborted();
      const { data } = (await this.#trainer.predict("logits", build, feeds, ["logits"])).logits!;
      logits.set(data as Float32Array, done * classes);
      done += part.length;
      this.#options.onProgress?.({ phase: "score", done, total: items.length });
    }
    return logits;
  }

  #score(logits: Float64Array, items: readonly Item[], intervals: boolean) {
    const { task, metric, classes } = this.#options.dataset;
    return required(metric, scoresOf(task, logits, labelsOf(items), classes.length, intervals));
  }
}

const labelsOf = (items: readonly Item[]): Int32Array => Int32Array.from(items.flatMap((item) => item.label));

/**
 * Many-shot fine-tuning from end to end: search the grid on train against validation, refit the best on both, test
 * once. Everything random comes from one seed, and all work is kept, so that a killed run goes on to the same end.
 */
import { createHash } from "node:crypto";
import type { Checkpoint } from "../../backbones/index.ts";
import { type Dataset, type Item, trainingSplits } from "../../datasets/index.ts";
import { PREPROCESSINGS, type Preprocessing } from "../../images/index.ts";
import { cosineAnnealing, sgd } from "../../optim/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { bytesOf, SeededRandom, tensor } from "../../tensor/index.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import { BatchStream, STREAM, seedOf } from "../../training/batches.ts";
import { TrainingError } from "../../training/errors.ts";
import { Loader } from "../../training/loader.ts";
import { finetuneModel, freshHead } from "../../training/model.ts";
import { FinetuneState } from "../../training/state.ts";
import { Trainer } from "../../training/trainer.ts";
import { fingerprint } from "../fingerprint.ts";
import { required, scoresOf } from "../many-shot-linear/score.ts";
import {
  configurations,
  type FinetuneConfiguration,
  type FinetuneSettings,
  finetuneProtocol,
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
}

const SAVE_EVERY_MS = 60_000;
/** Steps made and thrown away to learn how long one takes; the first of them also compiles. */
const TRIAL_STEPS = 3;

/**
 * @throws TrainingError when every configuration diverges, or an image cannot be read; AbortError when interrupted,
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

class Run {
  readonly #options: FinetuneOptions;
  readonly #settings: FinetuneSettings;
  readonly #preprocessing: Preprocessing;
  readonly #seed: number;
  readonly #trainer: Trainer;
  readonly #loader: Loader;
  readonly #state: FinetuneState<FinishedConfiguration>;
  readonly #grid: readonly FinetuneConfiguration[];
  #secondsPerStep = 0;
  #saved = performance.now();

  private constructor(options: FinetuneOptions, settings: FinetuneSettings, trainer: Trainer) {
    this.#options = options;
    this.#settings = settings;
    this.#preprocessing = options.preprocessing ?? PREPROCESSINGS["imagenet-shorter-224"];
    this.#seed = options.seed ?? 0;
    this.#trainer = trainer;
    this.#loader = new Loader(this.#preprocessing, options.checkpoint.normalisation);
    this.#grid = configurations(settings.grid);
    const { task, metric, name, origin } = options.dataset;
    const protocol = finetuneProtocol(task, metric, settings, this.#preprocessing);
    const work = { protocol, checkpoint: options.checkpoint.sha256, dataset: name, rule: origin.splitRule };
    // A resumed run must go on with the same arithmetic.
    const identity = fingerprint({ ...work, seed: this.#seed, device: trainer.device });
    this.#state = new FinetuneState<FinishedConfiguration>(options.workDir, identity);
  }

  static async open(options: FinetuneOptions): Promise<Run> {
    const settings = options.protocol ?? PAPER_SETTINGS;
    const { checkpoint, dataset, device, threads } = options;
    const { crop } = options.preprocessing ?? PREPROCESSINGS["imagenet-shorter-224"];
    const loss = dataset.task === "multi-label" ? "binary-cross-entropy" : "cross-entropy";
    const model = finetuneModel(checkpoint, { classes: dataset.classes.length, loss });
    const trainer = await Trainer.open(model.graph, {
      optimizer: sgd({ momentum: 0.9, nesterov: true }),
      parameters: model.parameters,
      batch: settings.batch,
      height: crop,
      width: crop,
      ...(device === undefined ? {} : { device }),
      ...(threads === undefined ? {} : { threads }),
    });
    return new Run(options, settings, trainer);
  }

  async all(): Promise<FinetuneRecord> {
    const { dataset, checkpoint } = this.#options;
    const { train, val, trainVal, test } = trainingSplits(dataset);
    await this.#estimate(train);
    for (let index = this.#state.finished.length; index < this.#grid.length; index++) {
      const configuration = this.#grid[index]!;
      const { losses, diverged } = await this.#train(index, configuration, train);
      const validation =
        diverged === undefined ? this.#score(await this.#logits(val), val, false).value : null;
      this.#state.add({ configuration, validation, losses, ...(diverged === undefined ? {} : { diverged }) });
    }
    const { finished } = this.#state;
    const chosen = this.#choose();
    const refit = await this.#train(this.#grid.length, chosen, trainVal);
    if (refit.diverged !== undefined)
      throw new TrainingError(
        `the refit on train and validation diverged though its search did not: ${refit.diverged}`,
      );
    const testLogits = await this.#logits(test);
    const score = this.#score(testLogits, test, true);
    const weightsSha256 = hashOf(await this.#trainer.weights());
    const record: FinetuneRecord = {
      settings: this.#settings,
      seed: this.#seed,
      device: this.#trainer.device,
      loss: dataset.task === "multi-label" ? "binary-cross-entropy" : "cross-entropy",
      classes: dataset.classes.length,
      sizes: { train: train.length, val: val.length, test: test.length },
      search: [...finished],
      chosen,
      refit: { losses: refit.losses, weightsSha256 },
      test: { score: score.value, interval: score.interval, n: test.length },
      testLogits: { shape: [test.length, dataset.classes.length], data: testLogits },
      testLabels: labelsOf(test),
      warnings: finished.flatMap(({ diverged, configuration }) =>
        diverged === undefined
          ? []
          : [`${inWords(configuration)} diverged in ${checkpoint.file}'s search: ${diverged}`],
      ),
    };
    this.#state.remove();
    return record;
  }

  async close(): Promise<void> {
    await this.#loader.close();
    await this.#trainer.close();
  }

  /** A few steps that count for nothing, timed: what the whole will take, said before it starts. */
  async #estimate(train: readonly Item[]): Promise<void> {
    const batches = new BatchStream(train, this.#settings.batch, this.#seed);
    for (let i = 0; i < TRIAL_STEPS; i++) {
      this.#options.signal?.throwIfAborted();
      const began = performance.now();
      await this.#trainer.step(await this.#batch(batches, 0, "random-resized-crop"), {
        learningRate: 0,
        weightDecay: 0,
      });
      this.#secondsPerStep = (performance.now() - began) / 1000;
    }
    const left = (this.#grid.length + 1 - this.#state.finished.length) * this.#settings.steps;
    this.#options.onProgress?.({
      phase: "estimate",
      secondsPerStep: this.#secondsPerStep,
      seconds: left * this.#secondsPerStep,
    });
  }

  async #train(
    index: number,
    configuration: FinetuneConfiguration,
    items: readonly Item[],
  ): Promise<{ losses: readonly number[]; diverged?: string }> {
    const { steps, batch } = this.#settings;
    const { signal } = this.#options;
    const resumed = await this.#state.unfinished(index);
    await this.#trainer.reset(resumed?.tensors ?? this.#freshHead());
    const losses = [...(resumed?.losses ?? [])];
    const schedule = cosineAnnealing(configuration.learningRate, steps);
    const batches = new BatchStream(items, batch, this.#seed);
    const next = (step: number) => this.#batch(batches, step, configuration.augmentation);
    let coming = resumed?.step === steps ? undefined : next(resumed?.step ?? 0);
    for (let step = resumed?.step ?? 0; step < steps; step++) {
      const began = performance.now();
      const pixels = await coming!;
      coming = step + 1 < steps ? next(step + 1) : undefined;
      // Its failure is thrown when its turn comes.
      coming?.catch(() => {});
      const rate = { learningRate: schedule(step), weightDecay: configuration.weightDecay };
      const { loss, correct } = await this.#trainer.step(pixels, rate);
      losses.push(loss);
      if (!Number.isFinite(loss)) {
        await coming;
        const diverged = `the loss became ${loss} at step ${step + 1} of ${steps}`;
        this.#options.onProgress?.({ phase: "diverged", configuration: index, reason: diverged });
        // JSON knows no NaN.
        return { losses: losses.slice(0, -1), diverged };
      }
      this.#tell(index, step, loss, correct, (performance.now() - began) / 1000);
      if (signal?.aborted || this.#due(step)) await this.#save(index, step + 1, losses);
      signal?.throwIfAborted();
    }
    return { losses };
  }

  #tell(index: number, step: number, loss: number, correct: number | undefined, seconds: number): void {
    const { steps, batch } = this.#settings;
    this.#secondsPerStep += 0.05 * (seconds - this.#secondsPerStep);
    this.#options.onProgress?.({
      phase: index < this.#grid.length ? "search" : "refit",
      configuration: index,
      configurations: this.#grid.length,
      step: step + 1,
      steps,
      loss,
      accuracy: correct === undefined ? undefined : (100 * correct) / batch,
      secondsLeft: ((this.#grid.length - index) * steps + steps - step - 1) * this.#secondsPerStep,
    });
  }

  #due(step: number): boolean {
    const { saveEvery } = this.#options;
    return saveEvery === undefined
      ? performance.now() - this.#saved > SAVE_EVERY_MS
      : (step + 1) % saveEvery === 0;
  }

  async #save(index: number, step: number, losses: readonly number[]): Promise<void> {
    this.#state.save({ index, step, losses, tensors: await this.#trainer.state() });
    this.#saved = performance.now();
  }

  #freshHead(): Map<string, AnyTensor> {
    const { checkpoint, dataset } = this.#options;
    const random = new SeededRandom(seedOf(this.#seed, STREAM.head));
    return freshHead(checkpoint.architecture.featureDimension, dataset.classes.length, random);
  }

  async #batch(batches: BatchStream, step: number, augmentation: FinetuneConfiguration["augmentation"]) {
    const samples = batches.at(step);
    const items = samples.map((sample) => sample.item);
    const random = { crop: randomCropOf(this.#preprocessing), seeds: samples.map((sample) => sample.seed) };
    const images = await this.#loader.load(
      items,
      augmentation === "random-resized-crop" ? random : undefined,
    );
    const labels = Float32Array.from(items.flatMap((item) => item.label));
    const shape =
      labels.length === items.length ? [items.length] : [items.length, labels.length / items.length];
    return { images, labels: tensor("float32", shape, labels) };
  }

  async #logits(items: readonly Item[]): Promise<Float64Array> {
    const classes = this.#options.dataset.classes.length;
    const logits = new Float64Array(items.length * classes);
    const { batch } = this.#settings;
    for (let start = 0; start < items.length; start += batch) {
      this.#options.signal?.throwIfAborted();
      const part = items.slice(start, start + batch);
      const { data } = await this.#trainer.logits(await this.#loader.load(part));
      logits.set(data as Float32Array, start * classes);
      this.#options.onProgress?.({ phase: "score", done: start + part.length, total: items.length });
    }
    return logits;
  }

  #score(logits: Float64Array, items: readonly Item[], intervals: boolean) {
    const { task, metric, classes } = this.#options.dataset;
    return required(metric, scoresOf(task, logits, labelsOf(items), classes.length, intervals));
  }

  #choose(): FinetuneConfiguration {
    let best: { score: number; configuration: FinetuneConfiguration } | undefined;
    for (const { validation, configuration } of this.#state.finished) {
      if (validation !== null && (best === undefined || validation > best.score))
        best = { score: validation, configuration };
    }
    if (!best) {
      const first = this.#state.finished[0];
      throw new TrainingError(
        `every configuration of the grid diverged (the first: ${first?.diverged}): use smaller learning rates`,
      );
    }
    return best.configuration;
  }
}

const inWords = ({ learningRate, weightDecay, augmentation }: FinetuneConfiguration): string =>
  `learning rate ${learningRate.toPrecision(3)}, weight decay ${weightDecay.toPrecision(3)}, ${augmentation}`;

const labelsOf = (items: readonly Item[]): Int32Array => Int32Array.from(items.flatMap((item) => item.label));

/** One hash for a set of weights, whatever their order. */
function hashOf(weights: ReadonlyMap<string, AnyTensor>): string {
  const hash = createHash("sha256");
  for (const [name, value] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0`).update(bytesOf(value.data));
  }
  return hash.digest("hex");
}

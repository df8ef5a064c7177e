/**
 * Segmentation from end to end: UPerNet trained on the train split, tested at several sizes on the test split. What is
 * done is kept, so that a killed run goes on in training or in the test.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import type { Ade20k } from "../../datasets/dense/ade20k.ts";
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import { mapOrdered } from "../../features/map-ordered.ts";
import { upernet } from "../../networks/index.ts";
import { polynomialDecay } from "../../optim/index.ts";
import type { Device } from "../../runtime/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import {
  hashOfWeights,
  type Json,
  LoaderPool,
  type RecordedCurves,
  recorded,
  type StepProgress,
} from "../../training/index.ts";
import type { LabelRules } from "../pixel-labels/canvas.ts";
import { given } from "../pixel-labels/given.ts";
import type { Interval } from "../pixel-labels/intervals.ts";
import { encodeLevels } from "../pixel-labels/pictures.ts";
import { LEARNING_RATE, type PixelSettings } from "../pixel-labels/settings.ts";
import { PixelTraining, type PixelTrainingOptions } from "../pixel-labels/train.ts";
import { type Mode, MULTIPLE, segmentationRules } from "./protocol.ts";
import type { ScaleRequest } from "./scales.ts";
import { segmentationIntervals, segmentationScores, type Tally, tallyOf } from "./score.ts";

export interface SegmentationOptions {
  readonly checkpoint: Checkpoint;
  readonly data: Ade20k;
  readonly settings: PixelSettings;
  readonly mode: Mode;
  readonly seed: number;
  readonly identity: string;
  readonly device: Device;
  readonly threads?: number;
  readonly work?: string;
  readonly saveEvery?: number;
  /** Write every test image's label map here, levels as the dataset's. */
  readonly predictions?: string;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onTested?: (done: number, total: number) => void;
  /** Every test image's counts, once all are tested. */
  readonly onTallies?: (tallies: readonly Tally[]) => void;
  /** A test image's classes, in the order of the test split. */
  readonly onPrediction?: (image: PixelImage, predicted: Uint8Array) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface SegmentationFindings {
  readonly device: string;
  readonly seed: number;
  readonly settings: PixelSettings;
  readonly mode: Mode;
  readonly sizes: { readonly train: number; readonly test: number };
  readonly training: RecordedCurves & { readonly weightsSha256: string };
  readonly test: {
    readonly meanIou: number;
    readonly pixelAccuracy: number;
    readonly intervals: { readonly meanIou: Interval; readonly pixelAccuracy: Interval };
    readonly iouByClass: Readonly<Record<string, number>>;
    readonly n: number;
  };
  readonly warnings: readonly string[];
}

/** How it trains, for the run and for what it costs. */
export function segmentationTraining(
  options: SegmentationOptions,
  onDamage?: (sentence: string) => void,
): PixelTrainingOptions {
  const { checkpoint, data, settings, mode, seed, identity, device } = options;
  return {
    checkpoint,
    network: upernet,
    classes: data.classes.length,
    frozen: false,
    settings,
    rules: segmentationRules(mode),
    schedule: polynomialDecay(LEARNING_RATE, settings.steps),
    plainStatistics: mode === "paper-exact",
    images: data.splits.train.map((image) => ({ ...image, labels: image.labels! })),
    seed,
    identity,
    device,
    ...(onDamage ? { onDamage } : {}),
    ...given(options, ["threads", "work", "saveEvery", "onStep", "signal"]),
  };
}

/** @throws TrainingError when training diverges or an image cannot be read; AbortError when interrupted, the work kept */
export async function evaluateSegmentation(options: SegmentationOptions): Promise<SegmentationFindings> {
  const { data, settings, mode, seed } = options;
  const warnings: string[] = [];
  const how = segmentationTraining(options, (sentence) => warnings.push(sentence));
  await using training = await PixelTraining.open(how);
  const { curves } = await training.train();
  const weightsSha256 = hashOfWeights(await training.weights());
  const tallies = await test(training, options, how.rules.labels);
  options.onTallies?.(tallies);
  const classes = data.classes.length;
  const overAll = mode === "paper-exact";
  const { iou, ...scores } = segmentationScores(tallies, classes, overAll);
  const findings: SegmentationFindings = {
    device: training.device,
    seed,
    settings,
    mode,
    sizes: { train: data.splits.train.length, test: data.splits.test.length },
    training: { ...recorded(curves), weightsSha256 },
    test: {
      ...scores,
      intervals: segmentationIntervals(tallies, classes, overAll),
      iouByClass: Object.fromEntries(
        iou.flatMap((value, c) => (value === null ? [] : [[data.classes[c]!, value] as const])),
      ),
      n: tallies.length,
    },
    warnings,
  };
  training.store.remove();
  return findings;
}

/** Images between two saves of the test. */
const SAVE_EVERY = 20;

async function test(
  training: PixelTraining,
  options: SegmentationOptions,
  rules: LabelRules,
): Promise<readonly Tally[]> {
  const { data, settings, checkpoint, predictions, onTested, onPrediction, signal } = options;
  const { test: images } = data.splits;
  if (predictions !== undefined) mkdirSync(predictions, { recursive: true });
  const saved = training.store.read("tested");
  const tallies = (Array.isArray(saved) ? saved : []) as unknown as Tally[];
  await using loader = new LoaderPool<ScaleRequest>(new URL("./scales.ts", import.meta.url));
  const load = ({ image }: PixelImage) =>
    loader.load({
      what: "load",
      image,
      shortSizes: settings.testShortSizes,
      longest: settings.longest,
      multiple: MULTIPLE,
      normalisation: checkpoint.normalisation,
    });
  const left = images.slice(tallies.length);
  for await (const [image, inputs] of mapOrdered(left, 1 + loader.threads, load)) {
    signal?.throwIfAborted();
    const logits: Tensor<"float32">[] = [];
    for (let i = 0; i < settings.testShortSizes.length; i++)
      logits.push((await training.logits(inputs[`${i}`]!)) as Tensor<"float32">);
    const { width, height, labels } = image;
    const answer = await loader.load({
      what: "label",
      logits,
      labels: labels!,
      rules,
      size: { width, height },
    });
    const predicted = answer.predicted!.data as Uint8Array;
    tallies.push(tallyOf(answer.tally!.data as Int32Array));
    if (predictions !== undefined) {
      const name = image.image.replace(/^.*[/\\]/, "").replace(/\.\w+$/, ".png");
      const levels = predicted.map((c) => c + rules.offset);
      writeFileSync(join(predictions, name), await encodeLevels({ width, height, data: levels }));
    }
    await onPrediction?.(image, predicted);
    onTested?.(tallies.length, images.length);
    const saves = tallies.length % SAVE_EVERY === 0 || signal?.aborted;
    if (saves) training.store.write("tested", tallies as unknown as Json);
  }
  return tallies;
}

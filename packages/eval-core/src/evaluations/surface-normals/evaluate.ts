/**
 * Surface normals from end to end: PSPNet's head trained on the train split, tested on the test split. What is done is
 * kept, so that a killed run goes on in training or in the test.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import { cutNormals, labelsFromNormals, readNormals } from "../../datasets/dense/normals-files.ts";
import { CODEWORDS, type Nyuv2 } from "../../datasets/dense/nyuv2.ts";
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import { mapOrdered } from "../../features/map-ordered.ts";
import { WITHIN_DEGREES } from "../../metrics/index.ts";
import { pspnet } from "../../networks/index.ts";
import type { AnglePredictions } from "../../record/predictions/predictions.ts";
import type { Device } from "../../runtime/index.ts";
import {
  bytesOf,
  readSealed,
  type Tensor,
  writeFileAtomically,
  writeNpy,
  writeSealed,
} from "../../tensor/index.ts";
import {
  hashOfWeights,
  LoaderPool,
  type RecordedCurves,
  recorded,
  type StepProgress,
  TrainingError,
} from "../../training/index.ts";
import { given } from "../pixel-labels/given.ts";
import type { Interval } from "../pixel-labels/intervals.ts";
import { encodeLevels } from "../pixel-labels/pictures.ts";
import type { PixelSettings } from "../pixel-labels/settings.ts";
import { PixelTraining, type PixelTrainingOptions } from "../pixel-labels/train.ts";
import { exactMedian, normalsIntervals, normalsScores, summariseAll } from "./angles.ts";
import type { PredictRequest } from "./predict.ts";
import { type Mode, MULTIPLE, normalsRules, normalsSchedule } from "./protocol.ts";

export interface NormalsOptions {
  readonly checkpoint: Checkpoint;
  readonly data: Nyuv2;
  readonly settings: PixelSettings;
  readonly mode: Mode;
  readonly seed: number;
  readonly identity: string;
  readonly device: Device;
  readonly threads?: number;
  /** Where unfinished work, the true normals and the angles are kept; a temporary folder unless told. */
  readonly work?: string;
  readonly saveEvery?: number;
  /** Write every test image's normals here, [height, width, 3] as .npy. */
  readonly predictions?: string;
  readonly onPrepare?: (what: string) => void;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onTested?: (done: number, total: number) => void;
  /** What is kept of every test image's angles, once all are tested. */
  readonly onAngles?: (kept: AnglePredictions) => void;
  /** A test image's normals, in the order of the test split, and where the true ones are. */
  readonly onPrediction?: (image: PixelImage, normals: Float32Array, truthFolder: string) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface NormalsFindings {
  readonly device: string;
  readonly seed: number;
  readonly settings: PixelSettings;
  readonly mode: Mode;
  readonly sizes: { readonly train: number; readonly test: number };
  readonly training: RecordedCurves & { readonly weightsSha256: string };
  readonly test: {
    /** Degrees. */
    readonly meanError: number;
    readonly medianError: number;
    /** Percent, a threshold each. */
    readonly within: readonly { readonly degrees: number; readonly percent: number }[];
    readonly intervals: { readonly meanError: Interval; readonly within: readonly Interval[] };
    readonly pixels: number;
    readonly n: number;
  };
  readonly warnings: readonly string[];
}

/**
 * @throws DatasetError on a damaged pickle; TrainingError when training diverges or an image cannot be read; AbortError when
 * interrupted, the work kept
 */
export async function evaluateNormals(options: NormalsOptions): Promise<NormalsFindings> {
  const work = options.work ?? mkdtempSync(join(tmpdir(), "surface-normals-"));
  try {
    return await evaluate({ ...options, work });
  } finally {
    if (options.work === undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** How it trains, for the run and for what it costs. */
export function normalsTraining(
  options: NormalsOptions,
  images: PixelTrainingOptions["images"],
  onDamage?: (sentence: string) => void,
): PixelTrainingOptions {
  const { checkpoint, settings, mode, seed, identity, device } = options;
  return {
    checkpoint,
    network: pspnet,
    classes: CODEWORDS,
    frozen: true,
    settings,
    rules: normalsRules(mode),
    schedule: normalsSchedule(settings.steps),
    plainStatistics: mode === "paper-exact",
    images,
    seed,
    identity,
    device,
    ...(onDamage ? { onDamage } : {}),
    ...given(options, ["threads", "work", "saveEvery", "onStep", "signal"]),
  };
}

async function evaluate(options: NormalsOptions & { readonly work: string }): Promise<NormalsFindings> {
  const { data, settings, mode, seed, work, onPrepare } = options;
  const warnings: string[] = [];
  const { train, test } = data.splits;
  // The truth first: a damaged file is found before hours of training.
  const truth = join(work, "truth");
  const unlabelled = train.filter(({ labels }) => labels === undefined);
  onPrepare?.("cutting out the true normals");
  await cutNormals(data.truth, [...test, ...unlabelled], truth, options.signal);
  const images = await withLabels(data, truth, join(work, "labels"));
  const how = normalsTraining(options, images, (sentence) => warnings.push(sentence));
  await using training = await PixelTraining.open(how);
  const { curves } = await training.train();
  const weightsSha256 = hashOfWeights(await training.weights());
  const anglesOf = await testAll(training, options, truth, weightsSha256);
  const { summaries, kept } = summariseAll(test.length, (i) => anglesOf(test[i]!));
  options.onAngles?.(kept);
  const { meanError, within, pixels } = normalsScores(summaries);
  const findings: NormalsFindings = {
    device: training.device,
    seed,
    settings,
    mode,
    sizes: { train: train.length, test: test.length },
    training: { ...recorded(curves), weightsSha256 },
    test: {
      meanError,
      medianError: exactMedian(test.length, (i) => anglesOf(test[i]!)),
      within: WITHIN_DEGREES.map((degrees, i) => ({ degrees, percent: within[i]! })),
      intervals: normalsIntervals(summaries),
      pixels,
      n: test.length,
    },
    warnings,
  };
  training.store.remove();
  return findings;
}

/** Label maps where the dataset has none: made of the normals. */
async function withLabels(
  { splits, codebook }: Nyuv2,
  truth: string,
  folder: string,
): Promise<(PixelImage & { readonly labels: string })[]> {
  const images: (PixelImage & { readonly labels: string })[] = [];
  for (const image of splits.train) {
    const labels = image.labels ?? join(folder, `${image.id}.png`);
    if (image.labels === undefined && !existsSync(labels)) {
      mkdirSync(folder, { recursive: true });
      const data = labelsFromNormals(readNormals(truth, image.id), codebook);
      writeFileAtomically(labels, [await encodeLevels({ width: image.width, height: image.height, data })]);
    }
    images.push({ ...image, labels });
  }
  return images;
}

/** Angles of every test image, a file each; those that an earlier attempt at the same weights left are kept. */
async function testAll(
  training: PixelTraining,
  options: NormalsOptions & { readonly work: string },
  truth: string,
  weights: string,
): Promise<(image: PixelImage) => Float32Array> {
  const { data, settings, checkpoint, predictions, work, onTested, onPrediction, signal } = options;
  const { test: images } = data.splits;
  const folder = join(work, `angles-${weights.slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  if (predictions !== undefined) mkdirSync(predictions, { recursive: true });
  const file = ({ id }: PixelImage) => join(folder, `${id}.f32`);
  const npy = ({ id }: PixelImage) => join(predictions ?? "", `${id}.npy`);
  const isDone = (image: PixelImage) =>
    existsSync(file(image)) && (predictions === undefined || existsSync(npy(image)));
  const left = images.filter((image) => !isDone(image));
  await using loader = new LoaderPool<PredictRequest>(new URL("./predict.ts", import.meta.url));
  const load = ({ image }: PixelImage) =>
    loader.load({
      what: "load",
      image,
      short: settings.testShortSizes[0]!,
      longest: settings.longest,
      multiple: MULTIPLE,
      normalisation: checkpoint.normalisation,
    });
  let done = images.length - left.length;
  for await (const [image, { input }] of mapOrdered(left, 1 + loader.threads, load)) {
    signal?.throwIfAborted();
    const { width, height, id } = image;
    const answer = await loader.load({
      what: "normals",
      logits: (await training.logits(input!)) as Tensor<"float32">,
      codebook: data.codebook,
      size: { width, height },
      truth: { folder: truth, id },
    });
    if (predictions !== undefined) writeNpy(answer.normals!, npy(image));
    await onPrediction?.(image, answer.normals!.data as Float32Array, truth);
    writeSealed(file(image), bytesOf(answer.angles!.data));
    onTested?.(++done, images.length);
  }
  return (image) => {
    const bytes = readSealed(file(image));
    if (bytes) return new Float32Array(bytes.buffer as ArrayBuffer);
    throw new TrainingError(`${file(image)} was damaged, and is removed: start again, and it is tested anew`);
  };
}

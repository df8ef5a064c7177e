/** Segmentation as values and record, with some pictures. */
import type { Ade20k } from "../../datasets/dense/ade20k.ts";
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import { decodeLevels, decodeRgb } from "../../images/index.ts";
import { chooseDevice } from "../../runtime/index.ts";
import type { ArtefactStore } from "../artefacts.ts";
import type { DenseOptions } from "../dense/options.ts";
import type { RunResult } from "../evaluation.ts";
import type { Cost, CostContext, RunContext, Spec } from "../kind.ts";
import { roundUp, scaledSize } from "../pixel-labels/canvas.ts";
import { pixelCost } from "../pixel-labels/cost.ts";
import { encodeRgb, pictureOfClasses } from "../pixel-labels/pictures.ts";
import { pixelTeller } from "../pixel-labels/progress.ts";
import { evaluateSegmentation, segmentationTraining } from "./evaluate.ts";
import { MULTIPLE, segmentationSettings } from "./protocol.ts";
import { regionsOf, type Tally } from "./score.ts";

/** Test images whose pictures are kept. */
const SHOWN = 4;

export async function runSegmentation(
  { data, options, seed, setting }: Spec<DenseOptions, Ade20k>,
  { checkpoint, identity, device, threads, work, signal, progress, artefacts }: RunContext,
): Promise<RunResult> {
  const shown = new Set(data.splits.test.slice(0, SHOWN).map(({ id }) => id));
  let tallies: readonly Tally[] = [];
  const { warnings, ...record } = await evaluateSegmentation({
    onTallies: (all) => {
      tallies = all;
    },
    checkpoint,
    data,
    settings: segmentationSettings(options, data.name),
    mode: options.mode,
    seed,
    identity,
    device,
    signal,
    ...pixelTeller(progress),
    onPrediction: async (image, predicted) => {
      if (shown.has(image.id)) await show(artefacts, image, predicted);
    },
    ...(threads === undefined ? {} : { threads }),
    ...(work === undefined ? {} : { work }),
    ...(options.predictions === undefined ? {} : { predictions: options.predictions }),
  });
  const { meanIou, pixelAccuracy, intervals, n } = record.test;
  const measure = (metric: string) => `${setting}/${data.name}/${metric}`;
  return {
    values: [
      { measure: measure("mean-iou"), value: meanIou, interval: intervals.meanIou, n },
      { measure: measure("pixel-accuracy"), value: pixelAccuracy, interval: intervals.pixelAccuracy, n },
    ],
    record: { ...record },
    warnings,
    predictions: {
      predictions: regionsOf(tallies, data.classes.length, options.mode === "paper-exact"),
      testSet: { items: data.splits.test.map(({ id }) => id), classes: [...data.classes], labels: null },
      measures: [measure("mean-iou"), measure("pixel-accuracy")],
    },
  };
}

/** The image, what was predicted, and the truth. */
async function show(artefacts: ArtefactStore, image: PixelImage, predicted: Uint8Array): Promise<void> {
  const { id: item, width, height } = image;
  const put = (role: string, data: Uint8Array) => artefacts.put(data, { mediaType: "image/png", role, item });
  put("image", await encodeRgb(await decodeRgb(image.image)));
  put("label map", await pictureOfClasses(width, height, predicted));
  const truth = await decodeLevels(image.labels!);
  put(
    "label map, truth",
    await pictureOfClasses(
      width,
      height,
      Array.from(truth.data, (level) => level - 1),
    ),
  );
}

export async function segmentationCost(
  { data, options, seed }: Spec<DenseOptions, Ade20k>,
  { checkpoint, device, threads, signal }: CostContext,
): Promise<Cost> {
  const settings = segmentationSettings(options, data.name);
  const { testShortSizes, longest } = settings;
  const sizeAt = (image: PixelImage, short: number) => {
    const { width, height } = scaledSize(image, short, longest);
    return { width: roundUp(width, MULTIPLE), height: roundUp(height, MULTIPLE) };
  };
  const { test } = data.splits;
  const pixels = test.reduce(
    (sum, image) => testShortSizes.reduce((s, short) => s + area(sizeAt(image, short)), sum),
    0,
  );
  const sample = sizeAt(test[0]!, testShortSizes[testShortSizes.length >> 1]!);
  const training = segmentationTraining({
    checkpoint,
    data,
    settings,
    mode: options.mode,
    seed,
    identity: "cost",
    device: await chooseDevice(device),
    ...(threads === undefined ? {} : { threads }),
  });
  return pixelCost(training, { images: test.length, pixels, sample }, signal);
}

const area = ({ width, height }: { readonly width: number; readonly height: number }) => width * height;

/** Surface normals on NYUv2 by PSPNet: what makes two numbers comparable, and what the papers' code does otherwise. */

import { CODEWORDS } from "../../datasets/dense/nyuv2.ts";
import type { Schedule } from "../../optim/index.ts";
import { type DenseMode, type DenseOptions, scheduleOf } from "../dense/options.ts";
import type { PixelRules, PixelSettings } from "../pixel-labels/settings.ts";
import {
  KEEP,
  LEARNING_RATE,
  MOMENTUM,
  POWER,
  STATISTICS_MOMENTUM,
  WEIGHT_DECAY,
} from "../pixel-labels/settings.ts";

export type Mode = DenseMode;

export const PUBLISHED: PixelSettings = {
  steps: 13_500,
  batch: 2,
  shortSizes: [300, 375, 450, 525, 600],
  longest: 1000,
  testShortSizes: [450],
  poolWidth: 512,
  width: 512,
};

/** For drawn data and narrow backbones. */
export const SHORTENED: PixelSettings = {
  steps: 400,
  batch: 2,
  shortSizes: [96, 120, 144],
  longest: 1000,
  testShortSizes: [120],
  poolWidth: 64,
  width: 64,
};

/** The schedule that these options mean on a dataset. */
export function normalsSettings(options: DenseOptions, dataset: string): PixelSettings {
  const base = scheduleOf(options, dataset) === "published" ? PUBLISHED : SHORTENED;
  return options.steps === undefined ? base : { ...base, steps: options.steps };
}

export const MULTIPLE = 8;
/** The label map's level for no label. */
const UNLABELLED = 255;

export function normalsRules(mode: Mode): PixelRules {
  // The papers' code fills both canvases with 0, a class like any other.
  const fill = mode === "paper-exact" ? 0 : -1;
  return {
    multiple: MULTIPLE,
    labelStride: 8,
    flip: false,
    dropout: true,
    labels: { offset: 0, ignored: UNLABELLED, besideImage: fill, beyond: fill },
  };
}

/** 0.02 (1 - max(t - 1, 0) / T)^0.9 at step t: the papers' code sets the rate after the step. */
export const normalsSchedule =
  (steps: number): Schedule =>
  (step) =>
    LEARNING_RATE * (1 - Math.max(step - 1, 0) / steps) ** POWER;

export function normalsProtocol(settings: PixelSettings, mode: Mode) {
  const exact = mode === "paper-exact";
  return {
    evaluation: "surface-normals",
    version: 1,
    network:
      "PSPNet on C5 of the dilated backbone, all of which is frozen, batch norm by its running statistics",
    head: { pooled: [1, 2, 3, 6], poolWidth: settings.poolWidth, width: settings.width, classes: CODEWORDS },
    headStart:
      "convolutions normal sqrt(2 / fan-in); batch norm 1 and 1e-4; last bias uniform 1/sqrt(fan-in)",
    steps: settings.steps,
    batch: settings.batch,
    batches: "two buckets by orientation, filled from shuffled epochs",
    augmentation: {
      shortSizes: settings.shortSizes,
      longest: settings.longest,
      perBatch: true,
      resize: "Pillow bilinear; labels nearest",
      canvasMultiple: MULTIPLE,
      labelsAt: "1/8, at the middle of each 8 x 8",
      labelsBeyondTheImage: exact ? "the first class" : "ignored",
    },
    normalisation: "the checkpoint's",
    dropout: { ofChannels: Number((1 - KEEP).toFixed(2)), where: "before the last convolution" },
    loss: "cross-entropy over the 40 codewords, mean over labelled pixels of the batch",
    optimizer: {
      name: "SGD",
      learningRate: LEARNING_RATE,
      schedule: `polynomial to 0, power ${POWER}, a step late`,
      momentum: MOMENTUM,
      weightDecay: WEIGHT_DECAY,
      weightDecayOf: "weights of convolutions",
    },
    runningStatistics: { momentum: STATISTICS_MOMENTUM, start: exact ? "leant on" : "weighted as one batch" },
    test: {
      shortSize: settings.testShortSizes[0]!,
      longest: settings.longest,
      multiple: MULTIPLE,
      resize: "bilinear, not antialiased, rounded half to even",
      normal: "mean of the codebook by softmax of bilinear logits at the label's size",
    },
    metric: "angle in degrees over all valid pixels of all test images",
  };
}

/** Segmentation on ADE20K by UPerNet: what makes two numbers comparable, and what the papers' code does otherwise. */
import { ADE_CLASSES } from "../../datasets/dense/ade20k.ts";
import { type DenseMode, type DenseOptions, scheduleOf } from "../dense/options.ts";
import type { PixelRules, PixelSettings } from "../pixel-labels/settings.ts";
import {
  LEARNING_RATE,
  MOMENTUM,
  POWER,
  STATISTICS_MOMENTUM,
  WEIGHT_DECAY,
} from "../pixel-labels/settings.ts";

export type Mode = DenseMode;

export const PUBLISHED: PixelSettings = {
  steps: 150_000,
  batch: 2,
  shortSizes: [300, 375, 450, 525, 600],
  longest: 1000,
  testShortSizes: [300, 375, 450, 525, 600],
  poolWidth: 512,
  width: 512,
};

/** For drawn data and narrow backbones. */
export const SHORTENED: PixelSettings = {
  steps: 200,
  batch: 2,
  shortSizes: [96, 112, 128],
  longest: 1000,
  testShortSizes: [96, 112, 128],
  poolWidth: 32,
  width: 32,
};

/** The schedule that these options mean on a dataset. */
export function segmentationSettings(options: DenseOptions, dataset: string): PixelSettings {
  const base = scheduleOf(options, dataset) === "published" ? PUBLISHED : SHORTENED;
  return options.steps === undefined ? base : { ...base, steps: options.steps };
}

export const MULTIPLE = 32;

export const segmentationRules = (mode: Mode): PixelRules => ({
  multiple: MULTIPLE,
  labelStride: 4,
  flip: true,
  dropout: false,
  labels: {
    offset: 1,
    ignored: 0,
    besideImage: -1,
    // CSAIL's loader fills with 0 after it has taken 1 off.
    beyond: mode === "paper-exact" ? 0 : -1,
  },
});

export function segmentationProtocol(settings: PixelSettings, mode: Mode) {
  const exact = mode === "paper-exact";
  return {
    evaluation: "segmentation",
    version: 1,
    network: "UPerNet on C2 to C5, all trained, batch norm in training mode",
    head: {
      pooled: [1, 2, 3, 6],
      poolWidth: settings.poolWidth,
      pyramidWidth: settings.width,
      classes: ADE_CLASSES,
    },
    headStart:
      "convolutions normal sqrt(2 / fan-in); batch norm 1 and 1e-4; last bias uniform 1/sqrt(fan-in)",
    steps: settings.steps,
    batch: settings.batch,
    batches: "two buckets by orientation, filled from shuffled epochs",
    augmentation: {
      shortSizes: settings.shortSizes,
      longest: settings.longest,
      perBatch: true,
      flip: 0.5,
      resize: "Pillow bilinear; labels nearest",
      canvasMultiple: MULTIPLE,
      labelsAt: "1/4, at the middle of each 4 x 4",
      labelsBeyondTheImage: exact ? "the first class" : "ignored",
    },
    normalisation: "the checkpoint's",
    loss: "cross-entropy, mean over labelled pixels of the batch",
    optimizer: {
      name: "SGD",
      learningRate: LEARNING_RATE,
      schedule: `polynomial to 0, power ${POWER}`,
      momentum: MOMENTUM,
      weightDecay: WEIGHT_DECAY,
      weightDecayOf: "weights of convolutions",
    },
    runningStatistics: { momentum: STATISTICS_MOMENTUM, start: exact ? "leant on" : "weighted as one batch" },
    test: {
      shortSizes: settings.testShortSizes,
      longest: settings.longest,
      multiple: MULTIPLE,
      resize: "Pillow bilinear",
      scores: "mean over sizes of softmax of bilinear logits at the label's size",
    },
    metric: exact ? "mean IoU over all 150 classes" : "mean IoU over the classes labelled or predicted",
  };
}

/** What detection is trained and tested by: a schedule and its numbers. Two runs are comparable when all of it is equal. */

import { type DenseMode, type DenseOptions, scheduleOf } from "../dense/options.ts";

export type Mode = DenseMode;

export const SETTINGS = ["detection-frozen", "detection-finetune"] as const;
export type DetectionSetting = (typeof SETTINGS)[number];

export interface DetectionSchedule {
  readonly steps: number;
  /** Images of a step. */
  readonly batch: number;
  readonly learningRate: number;
  /** Steps in which the rate grows from a thousandth. */
  readonly warmUp: number;
  /** Steps from which on the rate is a tenth of what it was. */
  readonly milestones: readonly number[];
  /** One is drawn an image: the length of the shorter side, in pixels. */
  readonly shortEdges: readonly number[];
  readonly testShortEdge: number;
  readonly longest: number;
  /** Sides of the anchors of P2 to P6. */
  readonly anchorSides: readonly number[];
  /** Side of a box that is pooled from P4. */
  readonly canonicalSide: number;
  /** Anchors and regions sampled an image. */
  readonly anchorsPerImage: number;
  readonly regionsPerImage: number;
  /** Proposals of a level before suppression, and of an image after it. */
  readonly train: ProposalCounts;
  readonly test: ProposalCounts;
  /** Channels of the pyramid. */
  readonly width: number;
  /** Of the box head's hidden layers. */
  readonly boxWidth: number;
}

export interface ProposalCounts {
  readonly pre: number;
  readonly post: number;
}

export const PUBLISHED: DetectionSchedule = {
  steps: 144_000,
  batch: 2,
  learningRate: 0.0025,
  warmUp: 100,
  milestones: [96_000, 128_000],
  shortEdges: [480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800],
  testShortEdge: 800,
  longest: 1333,
  anchorSides: [32, 64, 128, 256, 512],
  canonicalSide: 224,
  anchorsPerImage: 256,
  regionsPerImage: 512,
  train: { pre: 2000, post: 1000 },
  test: { pre: 1000, post: 1000 },
  width: 256,
  boxWidth: 1024,
};

/** For drawn data and narrow backbones. */
export const SHORTENED: DetectionSchedule = {
  steps: 600,
  batch: 2,
  learningRate: 0.02,
  warmUp: 30,
  milestones: [400, 533],
  shortEdges: [112, 128, 144],
  testShortEdge: 128,
  longest: 1333,
  anchorSides: [16, 24, 40, 64, 96],
  canonicalSide: 56,
  anchorsPerImage: 256,
  regionsPerImage: 64,
  train: { pre: 300, post: 150 },
  test: { pre: 150, post: 100 },
  width: 32,
  boxWidth: 128,
};

/** The schedule with another number of steps: warm-up and milestones keep their share. */
export function scaled(schedule: DetectionSchedule, steps: number): DetectionSchedule {
  const share = (step: number) => Math.round((step * steps) / schedule.steps);
  return {
    ...schedule,
    steps,
    warmUp: Math.max(1, share(schedule.warmUp)),
    milestones: schedule.milestones.map(share),
  };
}

export const MOMENTUM = 0.9;
/** Of every trained parameter, biases too. */
export const WEIGHT_DECAY = 1e-4;
/** Of sampled anchors and regions, at most so many have an object. */
export const ANCHOR_FRACTION = 0.5;
export const REGION_FRACTION = 0.25;
export const PROPOSAL_NMS = 0.7;

/** Whether a convolution of the backbone is trained, by its weight's name. Batch norm never is. */
export const trainsIn =
  (setting: DetectionSetting) =>
  (weight: string): boolean =>
    setting === "detection-finetune" || weight.startsWith("layer4.");

/** The schedule that these options mean on a dataset. */
export function detectionSchedule(
  options: Pick<DenseOptions, "schedule" | "steps">,
  dataset: string,
): DetectionSchedule {
  const base = scheduleOf(options, dataset) === "published" ? PUBLISHED : SHORTENED;
  return options.steps === undefined ? base : scaled(base, options.steps);
}

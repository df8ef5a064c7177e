/** The golden of the whole narrow Faster R-CNN: what its JSON file says, and what it trains on. */
import type { GoldenFolder } from "../../conformance/index.ts";
import type { DETECTION_LOSSES } from "../../networks/index.ts";
import type { TrainDetectorOptions } from "../detection/arrays.ts";

export interface Expected {
  readonly image_sizes: readonly [number, number][];
  readonly original_sizes: readonly [number, number][];
  readonly gt_boxes: readonly (readonly number[])[][];
  readonly train: ProposalCounts & { rpn_per_image: number; roi_per_image: number };
  readonly test: ProposalCounts & { score_threshold: number; nms: number; top: number };
  readonly momentum: number;
  readonly weight_decay: number;
  readonly frozen: Regime;
  readonly finetune: Regime;
}

export interface ProposalCounts {
  readonly pre: number;
  readonly post: number;
  readonly proposal_indices: readonly number[][];
}

export interface Regime {
  readonly losses: readonly Record<(typeof DETECTION_LOSSES)[number], number>[];
  readonly learning_rates: readonly number[];
}

/** The five steps of a regime, with the samples that the golden gives. */
export function goldenTraining(
  folder: GoldenFolder,
  expected: Expected,
  regime: "frozen" | "finetune",
): Omit<TrainDetectorOptions, "device"> {
  return {
    checkpoint: folder.file("state.pth"),
    backbonePrefix: "backbone.",
    setting: `detection-${regime}`,
    x: folder.npy("batch.npy"),
    objects: expected.gt_boxes,
    anchorLabels: folder.npy(`${regime}_anchor_labels.npy`),
    anchorsPerImage: expected.train.rpn_per_image,
    regions: folder.npy(`${regime}_roi_boxes.npy`),
    y: folder.npy(`${regime}_roi_classes.npy`),
    regionObjects: folder.npy(`${regime}_roi_matched_gt.npy`),
    learningRates: expected[regime].learning_rates,
    weightDecay: expected.weight_decay,
    momentum: expected.momentum,
  };
}

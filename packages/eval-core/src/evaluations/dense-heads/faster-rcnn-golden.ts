/** The golden of the whole narrow Faster R-CNN, as its JSON file says it. */
import type { DETECTION_LOSSES } from "../../networks/index.ts";

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

/** Proposals of one image from its logits and deltas: the best of each level, decoded, clipped, thinned out. */
import { ANCHOR_RATIOS } from "../../../networks/index.ts";
import { DivergedError } from "../../../training/index.ts";
import type { LevelSize } from "./anchors.ts";
import { clipBoxes, decodeBox, RPN_WEIGHTS } from "./coding.ts";
import { largest, movedApart, suppress } from "./nms.ts";

export interface ProposalOptions {
  /** Taken from each level before suppression. */
  readonly pre: number;
  /** Kept over all levels after it. */
  readonly post: number;
  /** IoU above which the worse of two of a level goes. */
  readonly threshold: number;
  /** Training fails on a number that is not finite; at test its row is dropped. */
  readonly nonFinite: "fail" | "drop";
  /** Levels are kept apart by moving them apart in float32, as the papers' code does, which perturbs overlaps. */
  readonly offsetGroups?: boolean;
}

export interface Proposals {
  /** [P, 4], best first. */
  readonly boxes: Float32Array;
  readonly logits: Float32Array;
  /** Of each: its anchor, over all levels. */
  readonly anchors: Int32Array;
}

/**
 * @param logits [A] and deltas [A, 4] of one image
 * @param anchors [A, 4]
 * @param image its size without padding
 * @throws DivergedError where `nonFinite` is `fail`
 */
export function selectProposals(
  logits: Float32Array,
  deltas: Float32Array,
  anchors: Float32Array,
  levels: readonly LevelSize[],
  image: LevelSize,
  { pre, post, threshold, nonFinite, offsetGroups = false }: ProposalOptions,
): Proposals {
  const chosen: number[] = [];
  const level: number[] = [];
  let from = 0;
  levels.forEach(({ height, width }, index) => {
    const to = from + height * width * ANCHOR_RATIOS.length;
    for (const i of largest(logits, from, to, pre)) {
      chosen.push(i);
      level.push(index);
    }
    from = to;
  });
  const boxes = new Float32Array(chosen.length * 4);
  chosen.forEach((anchor, i) => {
    decodeBox(anchors, anchor * 4, deltas, anchor * 4, RPN_WEIGHTS, boxes, i * 4);
  });
  const isUsable = (i: number) => {
    const [x1, y1, x2, y2] = boxes.subarray(i * 4, i * 4 + 4);
    return Number.isFinite(x1! + y1! + x2! + y2!) && Number.isFinite(logits[chosen[i]!]!);
  };
  const usable = chosen.map((_, i) => isUsable(i));
  if (nonFinite === "fail" && usable.includes(false))
    throw new DivergedError("a proposal got a coordinate or a logit that is not a finite number");
  clipBoxes(boxes, image.height, image.width);
  const scores = Float32Array.from(chosen, (anchor) => logits[anchor]!);
  const whole = Int32Array.from(chosen.keys()).filter(
    (i) => usable[i]! && boxes[4 * i + 2]! > boxes[4 * i]! && boxes[4 * i + 3]! > boxes[4 * i + 1]!,
  );
  // The lower anchor first of equal logits: within a level they stand so already, and levels follow each other.
  const order = whole.sort((a, b) => scores[b]! - scores[a]! || chosen[a]! - chosen[b]!);
  const kept = offsetGroups
    ? suppress(movedApart(boxes, level), order, threshold, undefined, post)
    : suppress(boxes, order, threshold, level, post);
  const out = new Float32Array(kept.length * 4);
  kept.forEach((i, k) => {
    out.set(boxes.subarray(i * 4, i * 4 + 4), k * 4);
  });
  return {
    boxes: out,
    logits: Float32Array.from(kept, (i) => scores[i]!),
    anchors: kept.map((i) => chosen[i]!),
  };
}

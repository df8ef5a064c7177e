/** What an image's anchors and proposals are trained towards: matched, sampled, encoded. No gradient goes through it. */
import type { SeededRandom } from "../../tensor/index.ts";
import { encodeBox, HEAD_WEIGHTS, RPN_WEIGHTS } from "./boxes/coding.ts";
import { type MatchOptions, matchBoxes, PROPOSAL_MATCHING } from "./boxes/matching.ts";
import { sampleBoxes } from "./boxes/sampling.ts";

export interface SamplingOptions {
  /** Sampled an image. */
  readonly count: number;
  /** Of them, at most this share has an object. */
  readonly fraction: number;
}

export interface AnchorTargets {
  /** [A]: 1 sampled as object, 0 sampled as background, -1 not sampled. */
  readonly labels: Float32Array;
  /** [A, 4]: what the deltas of the objects should be; 0 elsewhere. */
  readonly targets: Float32Array;
}

/** @param objects [M, 4] of the image; `matching` may carry the published rule for objects that meet no anchor */
export function targetAnchors(
  objects: Float32Array,
  anchors: Float32Array,
  matching: MatchOptions,
  { count, fraction }: SamplingOptions,
  random: SeededRandom,
): AnchorTargets {
  const { label, object } = matchBoxes(objects, anchors, matching);
  const { positive, negative } = sampleBoxes(label, count, fraction, random);
  const labels = new Float32Array(label.length).fill(-1);
  for (const i of negative) labels[i] = 0;
  for (const i of positive) labels[i] = 1;
  return { labels, targets: encodedAnchors(labels, object, objects, anchors) };
}

/** The encoded objects of the anchors labelled 1. */
export function encodedAnchors(
  labels: ArrayLike<number>,
  object: ArrayLike<number>,
  objects: Float32Array,
  anchors: Float32Array,
): Float32Array {
  const targets = new Float32Array(anchors.length);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 1) encodeBox(anchors, i * 4, objects, object[i]! * 4, RPN_WEIGHTS, targets, i * 4);
  }
  return targets;
}

export interface RegionTargets {
  /** [R, 4]: objects first, then background. */
  readonly boxes: Float32Array;
  /** [R]: 0 to K - 1 a class, K the background. */
  readonly labels: Float32Array;
  /** [R, 4]: what the deltas of the class should be; 0 for the background. */
  readonly targets: Float32Array;
  /** [R]: where each lies among the proposals and, after them, the objects. */
  readonly indices: Int32Array;
}

/**
 * @param proposals [P, 4]; the image's objects are appended to them
 * @param kinds the class of each object, 0 to K - 1
 */
export function targetRegions(
  proposals: Float32Array,
  objects: Float32Array,
  kinds: readonly number[],
  classes: number,
  { count, fraction }: SamplingOptions,
  random: SeededRandom,
): RegionTargets {
  const candidates = new Float32Array(proposals.length + objects.length);
  candidates.set(proposals);
  candidates.set(objects, proposals.length);
  const { label, object } = matchBoxes(objects, candidates, PROPOSAL_MATCHING);
  const { positive, negative } = sampleBoxes(label, count, fraction, random);
  const indices = Int32Array.from([...positive, ...negative]);
  const boxes = new Float32Array(indices.length * 4);
  const labels = new Float32Array(indices.length).fill(classes);
  const targets = new Float32Array(indices.length * 4);
  indices.forEach((candidate, r) => {
    boxes.set(candidates.subarray(candidate * 4, candidate * 4 + 4), r * 4);
    if (r >= positive.length) return;
    labels[r] = kinds[object[candidate]!]!;
    encodeBox(candidates, candidate * 4, objects, object[candidate]! * 4, HEAD_WEIGHTS, targets, r * 4);
  });
  return { boxes, labels, targets, indices };
}

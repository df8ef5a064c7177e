/** What makes two dense k-NN values comparable, and the options that change it. */
import type { Scenes } from "../../datasets/dense/pixel-data.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { SIMILARITY, TIES } from "../probes/protocol.ts";
import type { VoidRule } from "./memory.ts";

export const NEIGHBOURS = 30;
export const TEMPERATURE = 0.02;
/** Levels keep their number as classes: ADE20K's 150 with its unlabelled pixels as class 0, VOC's 21. */
export const classesOf = ({ levels, classes }: Pick<Scenes, "levels" | "classes">): number =>
  levels.first + classes.length;

export interface DenseKnnOptions {
  /** Rows of the memory bank at most. */
  readonly memory: number;
  /** Side of the pictures in pixels. */
  readonly side: number;
  readonly void: VoidRule;
}

export function denseKnnDescription(spec: Spec<DenseKnnOptions, Scenes>): ProtocolDescription {
  const { memory, side, void: rule } = spec.options;
  const body = {
    evaluation: "dense-knn",
    version: 1,
    feature: "the last map of the backbone",
    images: {
      side,
      resize: "squeezed to a square, bilinear, antialiased",
      normalisation: "of the checkpoint",
    },
    masks: "nearest neighbour, to the same square",
    memory: {
      rows: memory,
      rule: "of each picture the patches of least score times a uniform number, score: the sum over its classes of the picture's patches that have them",
      seed: spec.seed,
      uniforms: "NumPy's legacy generator of 100000 seed + picture, row by row",
    },
    passes: 1,
    augmentation: "none",
    void: rule,
    neighbours: NEIGHBOURS,
    temperature: TEMPERATURE,
    search: "exact",
    similarity: SIMILARITY,
    labels: "softmax(cosine / temperature) over the neighbours' shares of pixels by class",
    upsampling: "bilinear, half-pixel centres, edges clamped",
    scored: "masks of the square; true void ignored",
    matching: false,
    absent: "left out",
    ties: { ...TIES },
    precision: "float64",
    splits: { rule: spec.data.origin.splitRule },
    ...(spec.data.origin.missing.length > 0 ? { partial: [...spec.data.origin.missing] } : {}),
  };
  return describeProtocol("dense-knn", "Segmentation by nearest patches", body);
}

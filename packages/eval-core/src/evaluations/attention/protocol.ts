/** What makes two attention values comparable. */
import type { ProtocolDescription } from "../evaluation.ts";
import { describeProtocol } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import type { PictureData, PictureOptions } from "../pictures/data.ts";
import { RESNET_FACTS } from "../plan.ts";

export const STRIDES = ["1", "2", "5", "10"] as const;

export interface AttentionOptions extends PictureOptions {
  readonly stride: (typeof STRIDES)[number];
}

export const MASK = 10;
/** A crop of 224 with every pixel under as many masks: 224 + 2 * 9. */
const SIZE = 242;

/** Side of the image: the published one, or the next that a network's patches divide. */
export const sizeFor = (patch: number): number => Math.ceil(SIZE / patch) * patch;

export const isReduced = ({ stride }: AttentionOptions): boolean => stride !== "1";

export function attentionDescription({
  data,
  options,
  network,
  seed,
}: Spec<AttentionOptions, PictureData>): ProtocolDescription {
  const stride = Number(options.stride);
  const size = sizeFor(network.patch);
  const reduced = isReduced(options) || data.isReduced;
  return describeProtocol("attention", `Attention${reduced ? " (reduced)" : ""}`, {
    evaluation: "attention",
    images: data.rule(seed),
    preprocessing: {
      resize: "shorter-side",
      resizeSize: size,
      filter: "bicubic",
      crop: size,
      normalisation: "the checkpoint's own",
    },
    size,
    mask: MASK,
    stride,
    value: "0-normalised",
    input: "whole",
    features: network.features === RESNET_FACTS.features ? "pooled" : network.features,
    distance: "relative-norm",
    crop: size - 2 * (MASK - 1),
    threshold: "above-mean",
  });
}

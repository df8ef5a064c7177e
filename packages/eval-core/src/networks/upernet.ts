/**
 * UPerNet (Xiao et al., 2018) as CSAIL's code has it: pyramid pooling on C5, a feature pyramid over C2 to C4, all
 * levels fused at C2's size. Tensors are named as there.
 */
import { heNormal, torchBias } from "./head-start.ts";
import type { FeatureMap, Layers } from "./layers.ts";
import { HEAD_NORM_BIAS } from "./pspnet.ts";
import { adaptiveAveragePool, POOL_SIDES } from "./pyramid-pooling.ts";

export interface UpernetOptions {
  readonly classes: number;
  /** Channels of each pooled branch; 512 as published. */
  readonly poolWidth: number;
  /** Channels of the pyramid; 512 as published. */
  readonly width: number;
  readonly prefix?: string;
}

/** Logits [N, classes, h, w] at C2's size, from C2, C3, C4 and C5. */
export function addUpernet(
  layers: Layers,
  stages: readonly [c2: FeatureMap, c3: FeatureMap, c4: FeatureMap, c5: FeatureMap],
  { classes, poolWidth, width, prefix = "decoder." }: UpernetOptions,
): FeatureMap {
  const [c2, c3, c4, c5] = stages;
  const unit = (name: string, x: FeatureMap, outputs: number, kernel: number): FeatureMap => {
    const start = heNormal(x.channels * kernel * kernel);
    const convolved = layers.convolution(`${prefix}${name}.0`, x, { outputs, kernel, start });
    return layers.relu(layers.batchNorm(`${prefix}${name}.1`, convolved, HEAD_NORM_BIAS));
  };
  const branches = POOL_SIDES.map((side, i) => {
    // Stretched before it is convolved, unlike PSPNet: batch norm then sees every position.
    const pooled = layers.bilinear(adaptiveAveragePool(layers, c5, side), c5);
    return unit(`ppm_conv.${i}`, pooled, poolWidth, 1);
  });
  let top = unit("ppm_last_conv", layers.concat([c5, ...branches]), width, 3);
  const levels = [top];
  const laterals = [c2, c3, c4];
  for (const [i, lateral] of [...laterals.entries()].toReversed()) {
    top = layers.add(unit(`fpn_in.${i}`, lateral, width, 1), layers.bilinear(top, lateral));
    levels.unshift(unit(`fpn_out.${i}.0`, top, width, 3));
  }
  const fused = layers.concat(levels.map((level) => layers.bilinear(level, c2)));
  const features = unit("conv_last.0", fused, width, 3);
  return layers.convolution(`${prefix}conv_last.1`, features, {
    outputs: classes,
    kernel: 1,
    start: heNormal(features.channels),
    bias: torchBias(features.channels),
  });
}

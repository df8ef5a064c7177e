/**
 * The head of PSPNet (Zhao et al., 2017) as CSAIL's code has it (arch `ppm`): pyramid pooling of C5, one 3x3
 * convolution, dropout of whole channels, a classifier a pixel. Tensors are named as there.
 */
import { heNormal, torchBias } from "./head-start.ts";
import type { FeatureMap, Layers } from "./layers.ts";
import { adaptiveAveragePool, POOL_SIDES } from "./pyramid-pooling.ts";

/** What CSAIL's code starts the bias of batch norm with. */
export const HEAD_NORM_BIAS = 1e-4;

export interface PspnetOptions {
  readonly classes: number;
  /** Channels of each pooled branch; 512 as published. */
  readonly poolWidth: number;
  /** Channels of the last convolution; 512 as published. */
  readonly width: number;
  readonly prefix?: string;
  /** A value [N, width, 1, 1] of 0 or 1 / 0.9 to multiply the last features by; none at test. */
  readonly dropout?: string;
}

/** Logits [N, classes, h, w] from C5 [N, C, h, w]. */
export function addPspnet(
  layers: Layers,
  c5: FeatureMap,
  { classes, poolWidth, width, prefix = "decoder.", dropout }: PspnetOptions,
): FeatureMap {
  const branches = POOL_SIDES.map((side, i) => {
    const pooled = adaptiveAveragePool(layers, c5, side);
    const name = `${prefix}ppm.${i}`;
    const reduced = layers.convolution(`${name}.1`, pooled, {
      outputs: poolWidth,
      kernel: 1,
      start: heNormal(c5.channels),
    });
    return layers.bilinear(layers.relu(layers.batchNorm(`${name}.2`, reduced, HEAD_NORM_BIAS)), c5);
  });
  const all = layers.concat([c5, ...branches]);
  const mixed = layers.convolution(`${prefix}conv_last.0`, all, {
    outputs: width,
    kernel: 3,
    start: heNormal(all.channels * 9),
  });
  let features = layers.relu(layers.batchNorm(`${prefix}conv_last.1`, mixed, HEAD_NORM_BIAS));
  if (dropout !== undefined) features = { ...features, value: layers.g.op("Mul", [features.value, dropout]) };
  return layers.convolution(`${prefix}conv_last.4`, features, {
    outputs: classes,
    kernel: 1,
    start: heNormal(features.channels),
    bias: torchBias(features.channels),
  });
}

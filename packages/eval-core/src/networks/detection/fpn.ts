/** A feature pyramid (Lin et al., 2017) as detectron2 has it: no normalisation, sums, P6 from P5. */
import { ints } from "../../onnx/attributes.ts";
import { xavierUniform, ZERO } from "../head-start.ts";
import type { FeatureMap, Layers } from "../layers.ts";
import type { Stages } from "../on-backbone.ts";

/** P2, P3, P4, P5 and P6, of strides 4 to 64. */
export type Pyramid = readonly [FeatureMap, FeatureMap, FeatureMap, FeatureMap, FeatureMap];

/** @param stages whose sides each halve exactly: of an image with sides that are multiples of 32 */
export function addPyramid(layers: Layers, stages: Stages, width: number): Pyramid {
  const convolution = (name: string, x: FeatureMap, kernel: number): FeatureMap =>
    layers.convolution(name, x, {
      outputs: width,
      kernel,
      start: xavierUniform(x.channels * kernel * kernel),
      bias: ZERO,
    });
  const levels: FeatureMap[] = [];
  let top: FeatureMap | undefined;
  for (const [i, stage] of [...stages.entries()].toReversed()) {
    const lateral = convolution(`fpn_lateral${i + 2}`, stage, 1);
    top = top === undefined ? lateral : layers.add(lateral, layers.nearestTwice(top));
    levels.unshift(convolution(`fpn_output${i + 2}`, top, 3));
  }
  const p5 = levels[3]!;
  const half = (n: number) => Math.floor((n - 1) / 2) + 1;
  const everySecond = layers.g.op("MaxPool", [p5.value], {
    kernel_shape: ints([1, 1]),
    strides: ints([2, 2]),
  });
  levels.push({ ...p5, value: everySecond, height: half(p5.height), width: half(p5.width) });
  return levels as unknown as Pyramid;
}

/**
 * Batch normalisation for a CPU, where a pass over a large feature map costs more than its arithmetic.
 *
 * alpha x + beta with two numbers a channel is a convolution in as many groups as channels: onnxruntime shares its images
 * and channels among threads and fuses it with a ReLU, and with a sum before that, into one pass. Its BatchNormalization
 * is done by one thread.
 */
import type { Node } from "../../onnx/ir.ts";
import { floatOf, int, intOf, ints } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import { fail } from "../errors.ts";
import { isWhole, windowsOf } from "../geometry.ts";
import type { Residuals, RuleContext } from "../rules/rule.ts";
import { carryStatistics } from "../running-statistics.ts";

/** Batch and pixels of a map [N, C, H, W]. */
const PIXELS = [0, 2, 3];

const affineNode = (e: Emitter, x: string, alpha: string, beta: string) => {
  const channels = e.shape(x)[1]!;
  return {
    opType: "Conv",
    inputs: [x, e.reshape(alpha, [channels, 1, 1, 1]), beta],
    attributes: { group: int(channels), kernel_shape: ints([1, 1]) },
  };
};

/** alpha x + beta of a map x [N, C, H, W] by alpha and beta [C]. */
function affine(e: Emitter, x: string, alpha: string, beta: string): string {
  const { opType, inputs, attributes } = affineNode(e, x, alpha, beta);
  return e.op(opType, inputs, attributes);
}

/** Whether a node scales and shifts each channel by itself, pixel by pixel. */
export function isAffine(node: Node, e: Emitter): boolean {
  if (node.opType !== "Conv") return false;
  const [[, channels, ...sizes], [outputs, , ...kernel]] = node.inputs.slice(0, 2).map(e.shape) as [
    readonly [number, number, ...number[]],
    readonly [number, number, ...number[]],
  ];
  return (
    intOf(node, "group", 1) === channels &&
    outputs === channels &&
    windowsOf(node, sizes, kernel).every(isWhole)
  );
}

/**
 * A BatchNormalization in training mode: with z = x - mean, r = 1/sqrt(mean(z^2) + eps), y = scale r z + bias. Leaves z as
 * `deviation` and r as `inverse`. x may be the deviation itself, from a mean `takenOff`.
 */
export function normalizeChannels(node: Node, e: Emitter, takenOff: string | undefined): Residuals {
  const [x, scale, bias] = node.inputs as [string, string, string];
  const mean = takenOff ?? e.mean(x, PIXELS, false);
  const ones = e.literal(e.dtype(x), e.shape(scale), new Array<number>(e.size(scale)).fill(1));
  const deviation = takenOff ? x : affine(e, x, ones, e.neg(mean));
  const variance = e.mean(e.mul(deviation, deviation), PIXELS, false);
  const epsilon = e.scalar(floatOf(node, "epsilon", 1e-5), x);
  const inverse = e.op("Reciprocal", [e.op("Sqrt", [e.add(variance, epsilon)])]);
  const made = affineNode(e, deviation, e.mul(scale, inverse), bias);
  e.append({ ...made, name: node.outputs[0]!, outputs: [node.outputs[0]!] });
  carryStatistics(node, e, mean, variance);
  return { deviation, inverse };
}

/**
 * With n values a channel: dbias = sum dy, dscale = r sum(dy z), dx = scale r (dy - dbias/n - z r^2 sum(dy z)/n)
 */
export function gradientOfChannels(c: RuleContext): (string | undefined)[] {
  if (c.reaches(1) || c.reaches(2)) fail(c.node, "a loss may not depend on its running statistics");
  const { e, x, dy, wants } = c;
  const [z, r] = [c.residual("deviation"), c.residual("inverse")];
  const channels = e.size(x(1));
  const count = e.size(x(0)) / channels;
  const sumDy = e.sum(dy(), PIXELS, false);
  const sumDyZ = e.sum(e.mul(dy(), z), PIXELS, false);
  const dx = () => {
    const pull = e.scale(e.mul(e.mul(r, r), sumDyZ), -1 / count);
    const moved = e.add(dy(), affine(e, z, pull, e.scale(sumDy, -1 / count)));
    return e.mulChannels(moved, e.reshape(e.mul(x(1), r), [1, channels, 1, 1]));
  };
  return [wants(0) ? dx() : undefined, wants(1) ? e.mul(sumDyZ, r) : undefined, wants(2) ? sumDy : undefined];
}

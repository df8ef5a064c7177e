/** Derivatives of normalisations. What the forward pass leaves for them is made in `../lowering.ts`. */
import { axisOf, float, floatOf, intOf } from "../attributes.ts";
import { gradientOfChannels } from "../cpu/channelwise.ts";
import { fail } from "../errors.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** The axes that a per-channel parameter is summed over, and its shape among them. */
function channels({ e, x }: RuleContext): { axes: number[]; column: number[]; count: number } {
  const shape = e.shape(x(0));
  const axes = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  return {
    axes,
    column: shape.map((size, axis) => (axis === 1 ? size : 1)),
    count: axes.reduce((product, axis) => product * shape[axis]!, 1),
  };
}

/**
 * The statistics are the batch's, so they move with x. With z = x - mean, r = 1/sqrt(var + eps), n a channel's count:
 * dB = sum dy, dscale = r * sum(dy z), dx = scale r (dy - dB/n - z r^2 sum(dy z)/n)
 */
function training(c: RuleContext): (string | undefined)[] {
  if (c.reaches(1) || c.reaches(2)) fail(c.node, "a loss may not depend on its running statistics");
  const { e, x, dy, residual, wants } = c;
  const { axes, column, count } = channels(c);
  const [z, r] = [residual("centred"), residual("inverse")];
  const sumDy = e.sum(dy(), axes);
  const sumDyZ = e.sum(e.mul(dy(), z), axes);
  const dx = () => {
    const slope = e.mul(e.reshape(x(1), column), r);
    const pull = e.scale(e.mul(e.mul(r, r), sumDyZ), -1 / count);
    const offset = e.scale(sumDy, -1 / count);
    // BatchNormalization by mean 0 and variance 1 is alpha z + beta in one pass.
    const channelsShape = e.shape(x(1));
    const constant = (v: number) => e.expand(e.literal(e.dtype(x(0)), [1], [v]), channelsShape);
    const [alpha, beta] = [e.reshape(pull, channelsShape), e.reshape(offset, channelsShape)];
    const affine = e.op("BatchNormalization", [z, alpha, beta, constant(0), constant(1)], {
      epsilon: float(0),
    });
    return e.mulChannels(e.add(dy(), affine), slope);
  };
  const flat = (name: string) => e.reshape(name, e.shape(x(1)));
  return [
    wants(0) ? dx() : undefined,
    wants(1) ? flat(e.mul(sumDyZ, r)) : undefined,
    wants(2) ? flat(sumDy) : undefined,
  ];
}

/**
 * The statistics are given. With r = 1/sqrt(var + eps):
 * dx = dy scale r, dscale = r sum(dy (x - mean)), dB = sum dy, dmean = -scale r sum dy, dvar = -scale r^2 dscale / 2
 */
function inference(c: RuleContext): (string | undefined)[] {
  const { e, node, x, dy, wants } = c;
  const { axes, column } = channels(c);
  const [scale, mean, variance] = [x(1), x(3), x(4)];
  const r = e.op("Reciprocal", [
    e.op("Sqrt", [e.add(variance, e.scalar(floatOf(node, "epsilon", 1e-5), variance))]),
  ]);
  const slope = e.mul(scale, r);
  const sumDy = () => e.sum(dy(), axes, false);
  const dScale = () => {
    const moment = e.sum(e.mul(dy(), e.sub(x(0), e.reshape(mean, column))), axes, false);
    return e.mul(moment, r);
  };
  return [
    wants(0) ? e.mul(dy(), e.reshape(slope, column)) : undefined,
    wants(1) ? dScale() : undefined,
    wants(2) ? sumDy() : undefined,
    wants(3) ? e.neg(e.mul(slope, sumDy())) : undefined,
    wants(4) ? e.scale(e.mul(e.mul(slope, r), dScale()), -0.5) : undefined,
  ];
}

export const normalisation = {
  BatchNormalization: (c) => {
    if (!intOf(c.node, "training_mode", 0)) return inference(c);
    return c.leaves("deviation") ? gradientOfChannels(c) : training(c);
  },
  // with h = (x - mean) r and g = dy scale: dx = r (g - mean(g) - h mean(g h)), dscale = dy h, dB = dy
  LayerNormalization: (c) => {
    const { e, node, x, dy, residual, wants } = c;
    const rank = e.shape(x(0)).length;
    const first = axisOf(node, intOf(node, "axis", -1), rank);
    const axes = Array.from({ length: rank - first }, (_, i) => first + i);
    const h = e.mul(e.sub(x(0), residual("mean")), residual("inverse"));
    const dx = () => {
      const g = e.mul(dy(), x(1));
      return e.mul(
        residual("inverse"),
        e.sub(e.sub(g, e.mean(g, axes)), e.mul(h, e.mean(e.mul(g, h), axes))),
      );
    };
    return [wants(0) ? dx() : undefined, wants(1) ? e.mul(dy(), h) : undefined, wants(2) ? dy() : undefined];
  },
} satisfies Record<string, Rule>;

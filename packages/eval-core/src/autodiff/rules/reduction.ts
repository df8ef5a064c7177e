/** Derivatives of reductions and softmax. */
import { axisOf, intOf } from "../attributes.ts";
import { reducedAxes } from "../reference/reduction.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";

function axesOf({ e, node, x, numbers }: RuleContext): number[] {
  return reducedAxes(node, e.shape(x(0)).length, numbers(1));
}

/** `name`, reduced like the output, with the reduced axes back as ones. */
function withAxes(c: RuleContext, name: string): string {
  const axes = axesOf(c);
  return c.e.reshape(
    name,
    c.e.shape(c.x(0)).map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}

const reducedSize = (c: RuleContext) =>
  axesOf(c).reduce((product, axis) => product * c.e.shape(c.x(0))[axis]!, 1);

export const reduction = {
  // dx = dy, stretched back
  ReduceSum: each((c) => c.e.expand(withAxes(c, c.dy()), c.e.shape(c.x(0)))),
  // dx = dy / count, stretched back
  ReduceMean: each((c) => c.e.expand(c.e.scale(withAxes(c, c.dy()), 1 / reducedSize(c)), c.e.shape(c.x(0)))),
  // dx = dy at the maxima, shared equally among ties
  ReduceMax: each((c) => {
    const { e, x, y, dy } = c;
    const ones = e.cast(e.op("GreaterOrEqual", [x(0), withAxes(c, y())]), e.dtype(x(0)));
    return e.mul(ones, e.div(withAxes(c, dy()), e.sum(ones, axesOf(c))));
  }),
  // dx = 2 x dy
  ReduceSumSquare: each((c) => c.e.mul(c.e.scale(c.x(0), 2), withAxes(c, c.dy()))),
  // dx = y * (dy - sum(dy * y))
  Softmax: each(({ e, node, y, dy }) => {
    const axis = axisOf(node, intOf(node, "axis", -1), e.shape(y()).length);
    return e.mul(y(), e.sub(dy(), e.sum(e.mul(dy(), y()), [axis])));
  }),
  // dx = dy - exp(y) * sum(dy)
  LogSoftmax: each(({ e, node, y, dy }) => {
    const axis = axisOf(node, intOf(node, "axis", -1), e.shape(y()).length);
    return e.sub(dy(), e.mul(e.op("Exp", [y()]), e.sum(dy(), [axis])));
  }),
} satisfies Record<string, Rule>;

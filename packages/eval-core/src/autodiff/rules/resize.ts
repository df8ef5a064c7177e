/** Resize is a constant matrix along each axis, so its gradient is the transposed matrices. */
import { resizeAxes, resizeMatrix } from "../resize-plan.ts";
import { applyAlong } from "./along.ts";
import { each, type Rule } from "./rule.ts";

export const resize = {
  // Y = A X B^T, dX = A^T dY B
  Resize: each(({ e, node, x, dy, numbers }) => {
    const plans = resizeAxes(node, e.shape(x(0)), numbers(2), numbers(3));
    return plans.reduceRight(
      (gradient, plan) => applyAlong(e, gradient, plan.axis, resizeMatrix(node, plan), plan.size),
      dy(),
    );
  }),
} satisfies Record<string, Rule>;

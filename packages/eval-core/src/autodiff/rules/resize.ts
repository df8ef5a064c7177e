/** Resize is a constant matrix along each axis, so its gradient is the transposed matrices. */
import { ints } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import { type ResizeAxis, resizeAxes, resizeMatrix } from "../resize-plan.ts";
import { applyAlong } from "./along.ts";
import { each, type Rule } from "./rule.ts";

export const resize = {
  // Y = A X B^T, dX = A^T dY B
  Resize: each(({ e, node, x, dy, numbers }) => {
    const plans = resizeAxes(node, e.shape(x(0)), numbers(2), numbers(3));
    const matrices = plans.map((plan) => ({ plan, matrix: resizeMatrix(node, plan) }));
    const rank = e.shape(x(0)).length;
    // Images alone can be pooled.
    const pools = rank > 2 && plans.length > 0;
    if (pools && matrices.every(({ plan, matrix }) => plan.axis >= 2 && repeats(plan, matrix)))
      return summed(e, dy(), plans, rank);
    return matrices.reduceRight(
      (gradient, { plan, matrix }) => applyAlong(e, gradient, plan.axis, matrix, plan.size),
      dy(),
    );
  }),
} satisfies Record<string, Rule>;

/** Whether every element of the input is written equally often, in its order: nearest neighbour by a whole factor. */
function repeats({ size, output }: ResizeAxis, matrix: Float64Array): boolean {
  const times = output / size;
  if (!Number.isInteger(times) || times < 1) return false;
  for (let o = 0; o < output; o++) if (matrix[o * size + Math.floor(o / times)] !== 1) return false;
  return true;
}

/** dX = the sum over the copies of each element: their average, times how many they are. */
function summed(e: Emitter, dy: string, plans: readonly ResizeAxis[], rank: number): string {
  const window = Array.from({ length: rank - 2 }, (_, i) => {
    const plan = plans.find(({ axis }) => axis === i + 2);
    return plan ? plan.output / plan.size : 1;
  });
  const copies = window.reduce((product, times) => product * times, 1);
  const average = e.op("AveragePool", [dy], { kernel_shape: ints(window), strides: ints(window) });
  return e.scale(average, copies);
}

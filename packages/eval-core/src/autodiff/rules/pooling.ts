/** Derivatives of pools. */
import { intOf, intsOf } from "../attributes.ts";
import { lowestOf } from "../dtypes.ts";
import type { Emitter } from "../emitter.ts";
import { type AxisWindow, isWhole, windowsOf } from "../geometry.ts";
import { beforePool } from "../lowering.ts";
import { windowCounts } from "../reference/pooling.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";
import { readUnpaddedTaps, scatterTaps } from "./scatter.ts";
import { reaches } from "./step.ts";

const windowsFor = ({ e, node, x }: RuleContext): AxisWindow[] =>
  windowsOf(node, e.shape(x(0)).slice(2), intsOf(node, "kernel_shape") ?? []);

/** dy, at what of x along one axis is the first to equal its window's maximum y. */
function firstMaximum(e: Emitter, x: string, y: string, dy: string, axis: number, w: AxisWindow): string {
  const taps = readUnpaddedTaps(e, x, w, axis, lowestOf(e.dtype(x)));
  // What of dy no earlier tap has taken.
  let remaining = dy;
  const parts = taps.map((tap, i) => {
    const taken = e.mul(remaining, reaches(e, tap, y));
    if (i < taps.length - 1) remaining = e.sub(remaining, taken);
    return taken;
  });
  return scatterTaps(e, parts, axis, w);
}

export const pooling = {
  // dx = dy at the first maximum of each window, axis by axis: first the line that holds it, then its place there
  MaxPool: each((c) => {
    const { e } = c;
    let [y, dy] = [c.y(), c.dy()];
    for (const [i, w] of windowsFor(c).entries()) {
      if (isWhole(w)) continue;
      const x = c.residual(beforePool(i));
      dy = firstMaximum(e, x, y, dy, 2 + i, w);
      y = x;
    }
    return dy;
  }),
  // dx = the sum of dy / count over the windows that hold it; separable, so one axis after another
  AveragePool: each((c) => {
    const { e, node } = c;
    const windows = windowsFor(c);
    const counts = windowCounts(windows, intOf(node, "count_include_pad", 0) === 1);
    const inverse = counts.map((count) => 1 / count);
    const shape = inverse.every((v) => v === inverse[0]) ? [] : windows.map((w) => w.output);
    const weights = e.literal(e.dtype(c.x(0)), shape, shape.length ? inverse : inverse.slice(0, 1));
    let dx = e.mul(c.dy(), weights);
    for (const [i, w] of windows.entries()) {
      dx = scatterTaps(e, new Array<string>(w.kernel).fill(dx), 2 + i, w);
    }
    return dx;
  }),
  // dx = dy / size, stretched back
  GlobalAveragePool: each(({ e, x, dy }) => {
    const shape = e.shape(x(0));
    const size = shape.slice(2).reduce((a, b) => a * b, 1);
    return e.expand(e.scale(dy(), 1 / size), shape);
  }),
} satisfies Record<string, Rule>;

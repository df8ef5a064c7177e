/** Derivatives of pools. */
import { intOf, intsOf } from "../attributes.ts";
import { lowestOf } from "../dtypes.ts";
import { type AxisWindow, paddingEnd, windowsOf } from "../geometry.ts";
import { windowCounts } from "../reference/pooling.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";
import { readTaps, scatterTaps } from "./scatter.ts";

const windowsFor = ({ e, node, x }: RuleContext): AxisWindow[] =>
  windowsOf(node, e.shape(x(0)).slice(2), intsOf(node, "kernel_shape") ?? []);

export const pooling = {
  // dx = dy at the first maximum of each window. `remaining` is what of dy no earlier tap has taken.
  MaxPool: each((c) => {
    const { e } = c;
    const windows = windowsFor(c);
    const padded = e.pad(
      c.x(0),
      [0, 0, ...windows.map((w) => w.begin)],
      [0, 0, ...windows.map(paddingEnd)],
      lowestOf(e.dtype(c.x(0))),
    );
    let remaining = c.dy();
    const taps = readTaps(e, padded, windows, 2);
    let parts: string[] = taps.map((tap, i) => {
      // As products: onnxruntime's Where makes three passes on the CPU.
      const hit = e.cast(e.op("GreaterOrEqual", [tap, c.y()]), e.dtype(remaining));
      const taken = e.mul(remaining, hit);
      if (i < taps.length - 1) remaining = e.sub(remaining, taken);
      return taken;
    });
    // The first axis first: its lines are put back whole, and the short steps of the last one are left to the end.
    for (const [i, w] of windows.entries()) {
      const inner = parts.length / w.kernel;
      parts = Array.from({ length: inner }, (_, at) => {
        const along = Array.from({ length: w.kernel }, (_, k) => parts[k * inner + at]!);
        return scatterTaps(e, along, 2 + i, w);
      });
    }
    return parts[0]!;
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

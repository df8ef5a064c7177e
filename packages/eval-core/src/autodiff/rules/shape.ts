/** Derivatives of what moves and cuts: every number goes back where it came from. */
import { axisOf, intOf, stringOf } from "../attributes.ts";
import { padAmounts, permutationOf, sliceRanges, splitSizes } from "../parameters.ts";
import { applyAlong } from "./along.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";
import { interleave } from "./scatter.ts";

const reshapeBack = each(({ e, x, dy }) => e.reshape(dy(), e.shape(x(0))));

/** The matrix that reads an axis of `size` through edge, reflect or wrap padding, row by output. */
function paddingMatrix(mode: string, size: number, begin: number, end: number): Float64Array {
  const output = size + begin + end;
  const matrix = new Float64Array(output * size);
  for (let o = 0; o < output; o++) {
    const at = o - begin;
    const period = Math.max(1, 2 * (size - 1));
    const phase = ((at % period) + period) % period;
    const source =
      mode === "edge"
        ? Math.min(Math.max(at, 0), size - 1)
        : mode === "wrap"
          ? ((at % size) + size) % size
          : Math.min(phase, period - phase);
    matrix[o * size + (size === 1 ? 0 : source)] = 1;
  }
  return matrix;
}

/** Puts a strided slice of one axis back among zeros. */
function unslice(
  c: RuleContext,
  dy: string,
  range: ReturnType<typeof sliceRanges>[number],
  size: number,
): string {
  const { e } = c;
  const { axis, start, step, count } = range;
  const zeros = new Array<number>(e.shape(dy).length).fill(0);
  const forward = step > 0 ? dy : e.slice(dy, [{ axis, start: count - 1, step: -1, count }]);
  const first = step > 0 ? start : start + (count - 1) * step;
  const spread = interleave(e, forward, axis, Math.abs(step));
  const length = e.shape(spread)[axis]!;
  return e.pad(spread, zeros.with(axis, first), zeros.with(axis, size - first - length));
}

export const shape = {
  // dx = dy with the axes put back
  Transpose: each(({ e, node, x, dy }) => {
    const perm = permutationOf(node, e.shape(x(0)).length);
    return e.transpose(
      dy(),
      perm.map((_, axis) => perm.indexOf(axis)),
    );
  }),
  Reshape: reshapeBack,
  Flatten: reshapeBack,
  Squeeze: reshapeBack,
  Unsqueeze: reshapeBack,
  // dx = dy, summed over what was stretched
  Expand: each(({ dy }) => dy()),
  // every part gets its piece of dy
  Concat: (c) => {
    const { e, node, x, dy, wants } = c;
    const axis = axisOf(node, intOf(node, "axis", 0), e.shape(x(0)).length);
    let start = 0;
    return node.inputs.map((name, i) => {
      const count = e.shape(name)[axis]!;
      const from = start;
      start += count;
      return wants(i) ? e.slice(dy(), [{ axis, start: from, step: 1, count }]) : undefined;
    });
  },
  // dx = the parts' gradients put together, zeros for those that reach no loss
  Split: each((c) => {
    const { e, node, x, dy, numbers } = c;
    const axis = axisOf(node, intOf(node, "axis", 0), e.shape(x(0)).length);
    const sizes = splitSizes(node, e.shape(x(0))[axis]!, numbers(1));
    return e.concat(
      sizes.map((_, i) => dy(i)),
      axis,
    );
  }),
  // dx = dy among zeros
  Slice: each((c) => {
    const { e, node, x, dy, numbers } = c;
    const shape = e.shape(x(0));
    const ranges = sliceRanges(node, shape, [1, 2, 3, 4].map(numbers));
    if (ranges.some((range) => range.count === 0)) return e.zeros(shape, x(0));
    return ranges.reduceRight((gradient, range) => unslice(c, gradient, range, shape[range.axis]!), dy());
  }),
  // dx = dy without its frame; edge, reflect and wrap add the frame back to where it was read
  Pad: (c) => {
    const { e, node, x, dy, wants, numbers } = c;
    const shape = e.shape(x(0));
    const { begin, end } = padAmounts(node, shape.length, numbers(1), numbers(3));
    const mode = stringOf(node, "mode", "constant");
    const inner = () =>
      e.pad(
        dy(),
        begin.map((v) => -v),
        end.map((v) => -v),
      );
    if (mode === "constant") {
      const fill = () =>
        e.sub(
          e.sum(
            dy(),
            shape.map((_, i) => i),
            false,
          ),
          e.sum(
            inner(),
            shape.map((_, i) => i),
            false,
          ),
        );
      return [wants(0) ? inner() : undefined, undefined, wants(2) ? fill() : undefined];
    }
    let gradient = dy();
    for (const [axis, size] of shape.entries()) {
      if (begin[axis] === 0 && end[axis] === 0) continue;
      const matrix = paddingMatrix(mode, size, begin[axis]!, end[axis]!);
      gradient = applyAlong(e, gradient, axis, matrix, size);
    }
    return [gradient];
  },
} satisfies Record<string, Rule>;

/** Resize, one axis after another, by its interpolation matrices. */
import { resizeAxes, resizeMatrix } from "../resize-plan.ts";
import { type Kernel, need, numbers } from "./kernel.ts";
import { stridesOf, type Value, value } from "./value.ts";

function applyAlong(x: Value, axis: number, matrix: Float64Array, output: number): Value {
  const size = x.shape[axis]!;
  const shape = x.shape.map((s, i) => (i === axis ? output : s));
  const inner = stridesOf(x.shape)[axis]!;
  const outer = x.data.length / (size * inner);
  const data = new Float64Array(outer * output * inner);
  for (let a = 0; a < outer; a++) {
    for (let o = 0; o < output; o++) {
      for (let i = 0; i < size; i++) {
        const weight = matrix[o * size + i]!;
        if (weight === 0) continue;
        for (let b = 0; b < inner; b++) {
          data[(a * output + o) * inner + b]! += weight * x.data[(a * size + i) * inner + b]!;
        }
      }
    }
  }
  return value(x.dtype, shape, data);
}

export const resize = {
  Resize: (inputs, node) => {
    let x = need(inputs, 0, node);
    for (const plan of resizeAxes(node, x.shape, numbers(inputs[2]), numbers(inputs[3]))) {
      x = applyAlong(x, plan.axis, resizeMatrix(node, plan), plan.output);
    }
    return [x];
  },
} satisfies Record<string, Kernel>;

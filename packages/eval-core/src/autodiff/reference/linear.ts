/** Matrix products. */
import { floatOf, intOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { type Kernel, need } from "./kernel.ts";
import { broadcastShapes, broadcastStrides, indices, offsetOf, type Value, value } from "./value.ts";

/** The last two axes multiplied, those before them broadcast; a vector is a row on the left, a column on the right. */
function matMul(left: Value, right: Value, complain: (message: string) => never): Value {
  const a = left.shape.length === 1 ? { ...left, shape: [1, ...left.shape] } : left;
  const b = right.shape.length === 1 ? { ...right, shape: [...right.shape, 1] } : right;
  const [m, k] = [a.shape.at(-2)!, a.shape.at(-1)!];
  const [kb, n] = [b.shape.at(-2)!, b.shape.at(-1)!];
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (k !== kb || !batch) complain(`[${left.shape}] and [${right.shape}] do not multiply`);
  const [aStrides, bStrides] = [a, b].map((v) =>
    broadcastStrides(v.shape.slice(0, -2), batch).map((s) => s * v.shape.at(-2)! * v.shape.at(-1)!),
  );
  const data: number[] = [];
  for (const index of indices(batch)) {
    const [ao, bo] = [offsetOf(index, aStrides!), offsetOf(index, bStrides!)];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += a.data[ao + i * k + l]! * b.data[bo + l * n + j]!;
        data.push(sum);
      }
    }
  }
  const shape = [...batch, ...(left.shape.length === 1 ? [] : [m]), ...(right.shape.length === 1 ? [] : [n])];
  return value(left.dtype, shape, data);
}

function transposed(x: Value): Value {
  const [rows, columns] = x.shape as [number, number];
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) data[j * rows + i] = x.data[i * columns + j]!;
  return value(x.dtype, [columns, rows], data);
}

export const linear = {
  MatMul: (inputs, node) => [
    matMul(need(inputs, 0, node), need(inputs, 1, node), (message) => fail(node, message)),
  ],
  /** Y = alpha * op(A) op(B) + beta * C */
  Gemm: (inputs, node) => {
    const [left, right] = [need(inputs, 0, node), need(inputs, 1, node)];
    if (left.shape.length !== 2 || right.shape.length !== 2)
      fail(node, `A and B must be matrices, found [${left.shape}] and [${right.shape}]`);
    const product = matMul(
      intOf(node, "transA", 0) ? transposed(left) : left,
      intOf(node, "transB", 0) ? transposed(right) : right,
      (message) => fail(node, message),
    );
    const alpha = floatOf(node, "alpha", 1);
    const beta = floatOf(node, "beta", 1);
    const c = inputs[2];
    const strides = c ? broadcastStrides(c.shape, product.shape) : [];
    let at = 0;
    const data: number[] = [];
    for (const index of indices(product.shape)) {
      data.push(alpha * product.data[at++]! + (c ? beta * c.data[offsetOf(index, strides)]! : 0));
    }
    return [value(left.dtype, product.shape, data)];
  },
} satisfies Record<string, Kernel>;

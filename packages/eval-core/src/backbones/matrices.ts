/** Weights turned and scaled on their way into a graph. */
import { type Tensor, tensor } from "../tensor/tensor.ts";

type Float = Tensor<"float32">;

/** Of a matrix. */
export function transposed({ data, shape }: Float): Float {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c]!;
  return tensor("float32", [columns, rows], turned);
}

/** Row i of a matrix, or element i of a bias, times gamma[i]. */
export function rowsTimes({ data, shape }: Float, gamma: Float32Array): Float {
  const inner = data.length / shape[0]!;
  return tensor(
    "float32",
    shape,
    data.map((value, i) => value * gamma[Math.floor(i / inner)]!),
  );
}

/**
 * Weights of a training graph in the shapes of the tensors that they were made from: matrices turned back, what the graph
 * does not train taken over.
 */
export function turnedBack(
  weights: ReadonlyMap<string, Float>,
  tensors: ReadonlyMap<string, Float>,
): Map<string, Float> {
  const out = new Map<string, Float>();
  for (const [name, original] of tensors) {
    const trained = weights.get(name);
    if (trained === undefined) out.set(name, original);
    else if (trained.shape.length === 2 && original.shape.length > 1 && !/^(pos_embed|reg_token)$/.test(name))
      out.set(name, tensor("float32", original.shape, transposed(trained).data));
    else out.set(name, tensor("float32", original.shape, trained.data));
  }
  return out;
}

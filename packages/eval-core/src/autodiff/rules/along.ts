/** A constant linear map along one axis, transposed: the gradient of Resize and of the folding pads. */
import type { Emitter } from "../emitter.ts";

/** dX = A^T dY along `axis`, where A is output x size, row-major. */
export function applyAlong(e: Emitter, dy: string, axis: number, matrix: Float64Array, size: number): string {
  const shape = e.shape(dy);
  const output = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const target = shape.with(axis, size);
  if (inner === 1) {
    const a = e.literal(e.dtype(dy), [output, size], matrix);
    return e.reshape(e.gemm(e.reshape(dy, [outer, output]), a), target);
  }
  const transposed = Array.from(
    { length: size * output },
    (_, i) => matrix[(i % output) * size + Math.floor(i / output)]!,
  );
  const at = e.literal(e.dtype(dy), [size, output], transposed);
  return e.reshape(e.matMul(at, e.reshape(dy, [outer, output, inner])), target);
}

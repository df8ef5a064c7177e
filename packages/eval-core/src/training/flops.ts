/** How many floating-point operations a graph takes: those of convolutions and products, a multiplication and an addition each. */
import { inferShapes } from "../autodiff/index.ts";
import type { Graph } from "../onnx/index.ts";
import { sizeOf } from "../tensor/tensor.ts";

export function graphFlops(graph: Graph, dimensions: Readonly<Record<string, number>> = {}): number {
  const infos = inferShapes(graph, dimensions);
  const shape = (name: string | undefined) => infos.get(name ?? "")?.shape ?? [];
  let total = 0;
  for (const { opType, inputs, outputs } of graph.nodes) {
    const [a, b, y] = [shape(inputs[0]), shape(inputs[1]), shape(outputs[0])];
    switch (opType) {
      case "Conv":
        // Every output reads a kernel of [outputs, inputs / groups, kh, kw].
        total += 2 * sizeOf(y) * sizeOf(b.slice(1));
        break;
      case "ConvTranspose":
        total += 2 * sizeOf(a) * sizeOf(b.slice(1));
        break;
      case "Gemm":
      case "MatMul": {
        // [m, k] by [k, n]: the elements of a, b and y are mk, kn and mn, batches apart.
        const batches = sizeOf(y.slice(0, -2));
        const perProduct = (sizeOf(a) * sizeOf(b.slice(-2)) * sizeOf(y)) / (batches * batches);
        total += 2 * batches * Math.sqrt(perProduct);
        break;
      }
    }
  }
  return total;
}

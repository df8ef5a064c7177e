/** The model of a graph that answers its input: to try a device, and to move a tensor to it or back. */
import { GraphBuilder, writeModel } from "../onnx/index.ts";
import type { DType } from "../tensor/index.ts";

export function identityModel(dtype: DType, rank: number): Uint8Array {
  const graph = new GraphBuilder("identity");
  const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
  graph.input("x", dtype, shape);
  graph.op("Identity", ["x"], {}, { output: "y" });
  graph.output("y", dtype, shape);
  return writeModel(graph.build());
}

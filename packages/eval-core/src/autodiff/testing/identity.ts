/** The smallest graph: something to open a worker with, for others to be opened beside. */
import { type Graph, OPSET } from "../../onnx/ir.ts";

export const identity: Graph = {
  name: "identity",
  opset: OPSET,
  inputs: [{ name: "x", dtype: "float32", shape: [1] }],
  outputs: [{ name: "y", dtype: "float32", shape: [1] }],
  initializers: new Map(),
  nodes: [{ opType: "Identity", inputs: ["x"], outputs: ["y"], attributes: {} }],
};

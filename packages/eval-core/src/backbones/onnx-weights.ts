/** The weights in an exported ONNX graph: each family that knows its networks by structure is asked in turn. */
import { CheckpointError } from "../checkpoints/errors.ts";
import { readBytes, type Source } from "../checkpoints/source.ts";
import type { Contents } from "../checkpoints/stored.ts";
import { OnnxError } from "../onnx/errors.ts";
import type { Graph } from "../onnx/ir.ts";
import { readModel } from "../onnx/read.ts";
import { families } from "./registry.ts";

/** @throws CheckpointError saying what the graph lacks to be what the first family takes it for */
export function readOnnxWeights(source: Source): Contents {
  const graph = readGraph(source);
  let first: unknown;
  for (const { fromGraph } of families) {
    if (fromGraph === undefined) continue;
    try {
      const { weights, converted } = fromGraph(graph);
      return { format: "onnx", root: weights, metadata: graph.metadata ?? {}, converted };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      first ??= error;
    }
  }
  throw first;
}

function readGraph(source: Source): Graph {
  try {
    return readModel(readBytes(source, 0, source.size, "the model"));
  } catch (error) {
    throw error instanceof OnnxError ? new CheckpointError(error.message) : error;
  }
}

/**
 * What an .onnx file holds: the weights of a network that a family knows by its structure, or else the graph itself, to be
 * run as it is.
 */
import { CheckpointError } from "../checkpoints/errors.ts";
import { readBytes, type Source } from "../checkpoints/source.ts";
import { type Contents, StoredTensor } from "../checkpoints/stored.ts";
import { OnnxError } from "../onnx/errors.ts";
import type { Graph } from "../onnx/ir.ts";
import { readModel } from "../onnx/read.ts";
import { families } from "./registry.ts";

/** protobuf's own limit. */
const LARGEST_MODEL = 2 ** 31 - 1;

/** @param asGraph run it as the graph that it is, whatever its structure: its input or output was named */
export function readOnnxWeights(source: Source, asGraph = false): Contents {
  const graph = readGraph(source);
  const metadata = graph.metadata ?? {};
  let why = "its input or output is named";
  for (const { fromGraph } of asGraph ? [] : families) {
    if (fromGraph === undefined) continue;
    try {
      const { weights, converted } = fromGraph(graph);
      return { format: "onnx", root: weights, metadata, converted };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      why = error.message;
    }
  }
  const root = new Map(
    [...graph.initializers].map(([name, value]) => [
      name,
      new StoredTensor(value.dtype, value.shape, () => value),
    ]),
  );
  return { format: "onnx", root, metadata, converted: [`run as the graph that it is: ${why}`], graph };
}

function readGraph(source: Source): Graph {
  if (source.size > LARGEST_MODEL) {
    throw new CheckpointError(
      `an .onnx file of ${source.size} bytes: at most 2 GB are read, and weights in a second file are not`,
    );
  }
  try {
    return readModel(readBytes(source, 0, source.size, "the model"));
  } catch (error) {
    throw error instanceof OnnxError ? new CheckpointError(error.message) : error;
  }
}

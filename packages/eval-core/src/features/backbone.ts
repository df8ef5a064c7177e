/** What the extraction needs to know of a network: its graph, what goes in and what comes out. */
import { createHash } from "node:crypto";
import { backboneGraph, type Checkpoint } from "../backbones/index.ts";
import type { Normalisation } from "../images/index.ts";
import { writeModel } from "../onnx/index.ts";

export interface Backbone {
  /** The ONNX file: one float32 input N x 3 x H x W, one float32 output N x featureSize. */
  readonly model: Uint8Array;
  readonly input: string;
  readonly output: string;
  readonly featureSize: number;
  /** How its inputs were normalised when it was trained. */
  readonly normalisation: Normalisation;
  /** SHA-256 of the model: two files of the same network have the same. */
  readonly hash: string;
}

/** The backbone of a checkpoint, its batch normalisation folded into the convolutions. */
export function backboneOf({ architecture, normalisation, tensors }: Checkpoint): Backbone {
  // Without the file's hash in the graph, so that the same network from another file is the same backbone.
  const graph = backboneGraph({ architecture, normalisation, tensors }, { outputs: ["features"] });
  const model = writeModel(graph);
  return {
    model,
    input: graph.inputs[0]!.name,
    output: "features",
    featureSize: architecture.featureDimension,
    normalisation,
    hash: createHash("sha256").update(model).digest("hex"),
  };
}

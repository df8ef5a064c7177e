/** What the extraction needs to know of a network: its graph, what goes in and what comes out. */
import { createHash } from "node:crypto";
import { backboneGraph, batchOf, type Checkpoint, readoutsOf } from "../backbones/index.ts";
import type { Normalisation } from "../images/index.ts";
import { type Graph, writeModel } from "../onnx/index.ts";
import type { AnyTensor } from "../tensor/index.ts";
import { bytesOf } from "../tensor/typed-array.ts";

/** One output of the graph. */
export interface BackboneReadout {
  readonly slug: string;
  readonly kind: "vector" | "map" | "tokens";
  /** The graph's name for it. */
  readonly output: string;
  /** Numbers an image, where that does not depend on the size of the input; maps of any size answer undefined. */
  readonly size: number | undefined;
  /** Part of the cache's key: undefined for the default readout. */
  readonly key: string | undefined;
}

export interface Backbone {
  /** The ONNX file: one float32 input N x 3 x H x W, one float32 output N x ... a readout. */
  readonly model: Uint8Array;
  readonly input: string;
  /** What it answers, in the order of the outputs; at least one. */
  readonly readouts: readonly [BackboneReadout, ...BackboneReadout[]];
  /** How its inputs were normalised when it was trained. */
  readonly normalisation: Normalisation;
  /** Of the network with all its weights, whichever readouts are asked for: two files of one network have the same. */
  readonly hash: string;
  /** Images that the network takes at once; any number unless said. */
  readonly batch?: number;
  /** Somebody else's graph: it runs in processes of its own, whose memory and time are limited. */
  readonly apart?: boolean;
}

export interface ReadoutOptions {
  /** Slugs, in this order; the default readout alone unless told. */
  readonly readouts?: readonly string[];
  /** Height and width of the inputs; what the checkpoint was made for unless told. */
  readonly size?: readonly [number, number];
}

/** The backbone of a checkpoint, its normalisation folded into its weights. */
export function backboneOf(checkpoint: Checkpoint, options: ReadoutOptions = {}): Backbone {
  // Without the file's hash in the graph, so that the same network from another file is the same backbone.
  const { sha256: _, ...network } = checkpoint;
  const { normalisation, inputSize } = network;
  const offered = readoutsOf(checkpoint);
  const batch = batchOf(checkpoint);
  const standard = offered[0]!.slug;
  const { size = [inputSize, inputSize] as const } = options;
  const asked = options.readouts ?? [standard];
  const outputs = asked.map((slug) => (slug === standard ? "features" : slug));
  const graph = backboneGraph(network, { outputs, size });
  const model = writeModel(graph);
  const readouts = graph.outputs.map(({ name, shape }, i): BackboneReadout => {
    const slug = asked[i]!;
    const { kind } = offered.find((one) => one.slug === slug)!;
    const fixed = shape.slice(1).every((dimension) => typeof dimension === "number");
    return {
      slug,
      kind,
      output: name,
      size: fixed ? (shape.slice(1) as number[]).reduce((product, n) => product * n, 1) : undefined,
      key: slug === standard ? undefined : slug,
    };
  });
  const alone = outputs.length === 1 && outputs[0] === "features";
  const ofDefault = alone ? graph : backboneGraph(network, { outputs: ["features"], size });
  const ofAll = backboneGraph(network, { outputs: offered.map(({ slug }) => slug), size });
  return {
    model,
    input: graph.inputs[0]!.name,
    readouts: readouts as [BackboneReadout, ...BackboneReadout[]],
    normalisation,
    hash: hashOf(alone ? model : writeModel(ofDefault), weightsOnlyIn(ofAll, ofDefault)),
    ...(checkpoint.graph === undefined ? {} : { apart: true }),
    ...(batch === undefined ? {} : { batch }),
  };
}

/** Weights that only other readouts than the default one read. */
const weightsOnlyIn = (all: Graph, some: Graph) =>
  [...all.initializers].filter(([name]) => !some.initializers.has(name));

function hashOf(model: Uint8Array, more: readonly (readonly [string, AnyTensor])[]): string {
  const hash = createHash("sha256").update(model);
  for (const [name, { shape, data }] of more) {
    hash.update(JSON.stringify([name, shape])).update(bytesOf(data));
  }
  return hash.digest("hex");
}

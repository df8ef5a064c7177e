/**
 * A checkpoint's backbone as an ONNX graph, whatever its family.
 *
 * Input `input` [N, 3, H, W] float32, normalised; outputs by the slugs of the readouts, and `features`: the default
 * one under a name that all families share.
 */
import { GraphBuilder } from "../onnx/builder.ts";
import { type Graph, OPSET } from "../onnx/ir.ts";
import { type Checkpoint, NORMALISATION_KEY } from "./checkpoint.ts";
import type { Architecture, GraphForm, Readout, Weights } from "./family.ts";
import { familyOf } from "./registry.ts";

export interface BackboneOptions {
  /**
   * `folded`, the default: normalisation, scales and fixed sums go into the weights, fastest, for inference.
   * `separate`: every weight of the checkpoint is one of the graph, for training.
   */
  readonly batchNorm?: "folded" | "separate";
  /** `initializers`, the default: the graph stands alone. `inputs`: weights are fed by name, for training. */
  readonly weights?: "initializers" | "inputs";
  /** Slugs of readouts, or "features" for the default one; in this order. */
  readonly outputs?: readonly string[];
  /** Height and width, where the graph is of one size; what the checkpoint was made for unless told. */
  readonly size?: readonly [number, number];
}

type Described = Pick<Checkpoint, "family" | "architecture" | "normalisation" | "tensors" | "inputSize"> & {
  readonly sha256?: string;
  readonly graph?: Graph;
};

/** The default first. */
export function readoutsOf(checkpoint: {
  readonly family: string;
  readonly architecture: Architecture;
}): readonly Readout[] {
  return familyOf(checkpoint).readouts(checkpoint.architecture);
}

function isOfOneSize(checkpoint: Pick<Checkpoint, "family" | "architecture">): boolean {
  const { fixedSize } = familyOf(checkpoint);
  return typeof fixedSize === "function" ? fixedSize(checkpoint.architecture) : fixedSize;
}

/** Images that the network takes at once, where not any number. */
export function batchOf(checkpoint: Pick<Checkpoint, "family" | "architecture">): number | undefined {
  return familyOf(checkpoint).batch?.(checkpoint.architecture) ?? undefined;
}

function formOf({ inputSize }: Pick<Checkpoint, "inputSize">, options: BackboneOptions): GraphForm {
  const { batchNorm, size = [inputSize, inputSize] } = options;
  return { training: batchNorm === "separate", size };
}

export function backboneGraph(checkpoint: Described, options: BackboneOptions = {}): Graph {
  const { architecture, normalisation } = checkpoint;
  const family = familyOf(checkpoint);
  const form = formOf(checkpoint, options);
  const outputs = options.outputs ?? ["features", ...lastMap(checkpoint)];
  // A training graph is of the operator set that gradients are written for.
  const { opset = OPSET } = form.training ? {} : (checkpoint.graph ?? {});
  const g = new GraphBuilder(architecture.name, { opset });
  const [height, width] = isOfOneSize(checkpoint) ? form.size : (["H", "W"] as const);
  const images = batchOf(checkpoint) ?? "N";
  const input = g.input("input", "float32", [images, 3, height, width]);
  for (const [name, weight] of family.weights(architecture, checkpoint.tensors, form)) {
    if (options.weights === "inputs") g.input(name, "float32", weight.shape);
    else g.initializer(name, weight);
  }
  const shapes = family.build(g, architecture, input, outputs, form, checkpoint.tensors, checkpoint.graph);
  for (const output of outputs) {
    const shape = shapes.get(output);
    if (shape === undefined) {
      throw new RangeError(
        `${family.title(architecture)} has no readout '${output}': it has ${readoutsOf(checkpoint)
          .map(({ slug }) => slug)
          .join(", ")}`,
      );
    }
    g.output(output, "float32", [images, ...shape]);
  }
  g.metadata({
    [NORMALISATION_KEY]: JSON.stringify(normalisation),
    "transferboard.architecture": architecture.name,
    ...(checkpoint.sha256 === undefined ? {} : { "transferboard.source.sha256": checkpoint.sha256 }),
  });
  return withoutUnused(g.build());
}

/** A readout that is not asked for leaves its weights unread: they are then no part of the graph. */
function withoutUnused(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return {
    ...graph,
    initializers: new Map([...graph.initializers].filter(([name]) => read.has(name))),
  };
}

/** The deepest map that the family offers, beside the features: what other tools build heads on. */
function lastMap(checkpoint: Described): string[] {
  const maps = readoutsOf(checkpoint).filter(({ kind }) => kind === "map");
  return maps.slice(-1).map(({ slug }) => slug);
}

/** The tensors that the graph of the same options has as initializers or wants as inputs, by name, in its order. */
export function backboneWeights(
  checkpoint: Pick<Checkpoint, "family" | "architecture" | "tensors" | "inputSize">,
  options: BackboneOptions = {},
): Weights {
  const { architecture, tensors } = checkpoint;
  return familyOf(checkpoint).weights(architecture, tensors, formOf(checkpoint, options));
}

/** "ResNet-50 (2x)", "ViT-B/16 (DINO)": for people. */
export function backboneTitle(checkpoint: Pick<Checkpoint, "family" | "architecture">): string {
  return familyOf(checkpoint).title(checkpoint.architecture);
}

/** The architecture as a record has it: "resnet50, width 2". */
export function recordedArchitecture(checkpoint: Pick<Checkpoint, "family" | "architecture">): string {
  return familyOf(checkpoint).recordedAs(checkpoint.architecture);
}

/** A checkpoint's tensors after training, from the weights of its training graph (`batchNorm: "separate"`). */
export function trainedTensors(
  { family, architecture, tensors }: Pick<Checkpoint, "family" | "architecture" | "tensors">,
  weights: Weights,
): Weights {
  const of = familyOf({ family });
  if (of.fromTraining) return of.fromTraining(architecture, weights, tensors);
  return new Map([...tensors].map(([name, value]) => [name, weights.get(name) ?? value]));
}

/**
 * What a family of backbones declares, and nobody else needs to know: how files name its tensors, which member a set
 * of tensors is, what can be read out of it, and its graph. One file a family, one line in `registry.ts`.
 */
import type { StoredTensor } from "../checkpoints/stored.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import type { Graph } from "../onnx/ir.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Activation, Choice, Interpolation } from "./choices.ts";
import type { Normalisation } from "./normalisation.ts";
import type { Sidecar } from "./sidecar.ts";

/** What is true of every member; each family adds its own facts. Plain data: it is printed and recorded. */
export interface Architecture {
  /** For machines and file names: "resnet50", "vit_base_patch16". */
  readonly name: string;
  /** The length of a vector of the default readout. */
  readonly featureDimension: number;
}

/** One thing that can be read out of a network for an image. */
export interface Readout {
  /** "cls", "pooled", "layer4", "patches": a name of an output of the graph. */
  readonly slug: string;
  /** vector: [N, channels]; map: [N, channels, H / stride, W / stride]; tokens: [N, count, channels]. */
  readonly kind: "vector" | "map" | "tokens";
  readonly channels: number;
  /** Of a map, in pixels of the input. */
  readonly stride?: number;
  /** Of tokens: how many stand before the patches (class, registers). */
  readonly prefix?: number;
}

/** How a publisher names the tensors of a family. */
export interface Naming {
  /** "torchvision", "timm", "transformers". */
  readonly name: string;
  /** Finds the prefix of the backbone's tensors: the first group of a match. */
  readonly anchor: RegExp;
  /** Fewer matches than this under one prefix are a coincidence. */
  readonly fewest: number;
  /** The family's own name of a tensor, prefix taken off; undefined for what is no part of the backbone. */
  readonly translate: (name: string) => string | undefined;
  /** The file's name of a tensor that the family calls so, prefix left out: for messages. */
  readonly original?: (name: string) => string;
  /** The family's name of a tensor of the backbone that lies outside the prefix, by its full name. */
  readonly outside?: (key: string) => string | undefined;
  /** What a tensor beside the backbone is, prefix taken off; undefined if unknown. In place of the general list. */
  readonly partOf?: (name: string) => string | undefined;
  /** Smaller is taken first, where a file holds several backbones; in place of the general order. */
  readonly rank?: (path: readonly string[], prefix: string) => number;
  readonly converted?: string;
}

export interface Dropped {
  readonly name: string;
  readonly why: string;
}

/** A backbone that was found in a file, under the family's own names. */
export interface Candidate {
  readonly naming: Naming;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** What lies beside it under the same prefix, by its name there. */
  readonly beside: ReadonlyMap<string, StoredTensor>;
  /** Every name in the file, nests included with "/". */
  readonly file: readonly string[];
  /** The file's own name, which alone tells some networks apart; "" from memory. */
  readonly fileName: string;
}

/** What neither keys nor shapes say: told by option, read from a sidecar, or a default that is stated. */
export interface RecogniseOptions {
  /** Take any number of blocks a stage for the network's own, not only a published depth's. */
  readonly anyDepth?: boolean;
  readonly heads?: number;
  readonly activation?: Activation;
  /** Of the normalisation layers. */
  readonly epsilon?: number;
  /** How positions are resized to another input size. */
  readonly interpolation?: Interpolation;
}

export interface Recognised<A extends Architecture = Architecture> {
  /** The member's family as people call it: "dinov2" is a vision transformer. One of the family's `members`. */
  readonly family: string;
  /** Where a naming is shared and the member tells whose it is. */
  readonly naming?: string;
  readonly architecture: A;
  /** How it wants its inputs, as far as the tensors tell. */
  readonly normalisation: { readonly value: Normalisation; readonly from: string };
  /** Pixels a side that it was made for. */
  readonly inputSize: number;
  /** What changes the network and is not in its tensors. */
  readonly choices: Readonly<Record<string, Choice>>;
}

/** Which form of a graph is wanted. */
export interface GraphForm {
  /** For training, nothing is folded: every weight of the checkpoint is a weight of the graph. */
  readonly training: boolean;
  /** Height and width of the input. Families whose graph serves any size do not look at it. */
  readonly size: readonly [number, number];
}

export type Weights = ReadonlyMap<string, Tensor<"float32">>;

export interface Family<A extends Architecture = Architecture> {
  /** Of the file: "resnet", "vit", "convnext". */
  readonly name: string;
  /** What `Recognised.family` can be. */
  readonly members: readonly string[];
  readonly namings: readonly Naming[];
  /**
   * Which member it is exactly.
   * @throws CheckpointError naming what is missing, unexpected, misshapen or undecided
   */
  recognise(found: Candidate, options: RecogniseOptions, sidecar: Sidecar): Recognised<A>;
  /** From the tensors as the file has them to the checkpoint's: fused ones apart, masks applied. */
  convert?(architecture: A, tensors: Weights): Weights;
  /** The default first. */
  readouts(architecture: A): readonly Readout[];
  /** Whether the graph is of one input size; otherwise height and width stay symbolic. */
  readonly fixedSize: boolean | ((architecture: A) => boolean);
  /** Images that the graph takes at once, where not any number. */
  batch?(architecture: A): number | null;
  /** The weights that `build` wants, by name. */
  weights(architecture: A, tensors: Weights, form: GraphForm): Weights;
  /** The checkpoint's tensors from the weights of a training graph, where those are stored otherwise. */
  fromTraining?(architecture: A, weights: Weights, tensors: Weights): Weights;
  /**
   * Appends the network.
   * @param input the name of [N, 3, H, W], normalised
   * @param outputs slugs; the graph has a value of each name afterwards ("features" is the default readout)
   * @param graph the checkpoint's own, of a network that came as one
   * @returns the shape of each output, behind N
   */
  build(
    g: GraphBuilder,
    architecture: A,
    input: string,
    outputs: readonly string[],
    form: GraphForm,
    tensors: Weights,
    graph?: Graph,
  ): ReadonlyMap<string, readonly (number | string)[]>;
  /** Tensors that training does not change. */
  isBuffer?(name: string): boolean;
  /** For people: "ResNet-50 (2x)". */
  title(architecture: A): string;
  /** As the record has it: "resnet50, width 2". */
  recordedAs(architecture: A): string;
  /**
   * The member's tensors in an exported graph, where the family knows its networks by structure.
   * @throws CheckpointError saying why it is none
   */
  fromGraph?(graph: Graph): {
    readonly weights: ReadonlyMap<string, StoredTensor>;
    readonly converted: readonly string[];
  };
}

/** A family for the registry, which does not know each one's facts: only a family's own facts ever reach it. */
export function defineFamily<A extends Architecture>(family: Family<A>): Family {
  return family as unknown as Family;
}

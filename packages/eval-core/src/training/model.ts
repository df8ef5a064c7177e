/**
 * The network that fine-tuning trains: a checkpoint's backbone with a linear head and a loss, as one graph.
 */
import {
  binaryCrossEntropy,
  GraphError,
  inferShapes,
  isTrainable,
  linearHead,
  softmaxCrossEntropy,
} from "../autodiff/index.ts";
import { backboneGraph, type Checkpoint } from "../backbones/index.ts";
import type { Graph } from "../onnx/index.ts";
import { trainableWeights } from "../optim/index.ts";
import type { SeededRandom } from "../tensor/random.ts";
import { type AnyTensor, tensor } from "../tensor/tensor.ts";

export type LossKind = "cross-entropy" | "binary-cross-entropy";

/** The head's tensors are called so, beside the backbone's own names. */
export const HEAD_PREFIX = "fc.";

export interface FinetuneModel {
  /** Inputs `input` and `labels`; outputs `logits`, `loss` and, for cross-entropy, `correct`. */
  readonly graph: Graph;
  /** Every weight of the backbone and the head. */
  readonly parameters: readonly string[];
  readonly classes: number;
  readonly loss: LossKind;
}

export interface FinetuneModelOptions {
  readonly classes: number;
  readonly loss: LossKind;
  /** Height and width of the images, where the backbone's graph is of one size. */
  readonly size: readonly [number, number];
}

/**
 * The head is on the backbone's default readout.
 * @throws GraphError naming the operators of an exported graph that cannot be trained
 */
export function finetuneModel(
  checkpoint: Checkpoint,
  { classes, loss, size }: FinetuneModelOptions,
): FinetuneModel {
  const backbone = backboneGraph(checkpoint, { batchNorm: "separate", outputs: ["features"], size });
  requireRules(backbone);
  const headed = linearHead(backbone, { features: "features", classes, prefix: HEAD_PREFIX });
  const add = loss === "cross-entropy" ? softmaxCrossEntropy : binaryCrossEntropy;
  const { graph } = add(headed, { logits: "logits", classes });
  return { graph, parameters: trainableWeights(headed), classes, loss };
}

/** @throws GraphError or CheckpointError saying why an exported graph cannot be trained */
export function requireTrainable(
  checkpoint: Checkpoint,
  { batch, size: [height, width] }: { readonly batch: number; readonly size: readonly [number, number] },
): void {
  const { graph } = finetuneModel(checkpoint, { classes: 2, loss: "cross-entropy", size: [height, width] });
  inferShapes(graph, { N: batch, H: height, W: width });
}

/** All of them at once: gradients would name the first that they meet. */
function requireRules({ nodes }: Graph): void {
  const without = [...new Set(nodes.map(({ opType }) => opType))].filter((opType) => !isTrainable(opType));
  if (without.length === 0) return;
  throw new GraphError(
    `the network cannot be trained: there is no gradient rule for ${without.join(", ")}; frozen evaluations need none`,
  );
}

/** A head as torch.nn.Linear starts: weights and bias uniform within 1/sqrt(features). */
export function freshHead(features: number, classes: number, random: SeededRandom): Map<string, AnyTensor> {
  const bound = 1 / Math.sqrt(features);
  const draw = (shape: number[]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(
      "float32",
      shape,
      Float32Array.from({ length: size }, () => random.uniform(-bound, bound)),
    );
  };
  return new Map<string, AnyTensor>([
    [`${HEAD_PREFIX}weight`, draw([classes, features])],
    [`${HEAD_PREFIX}bias`, draw([classes])],
  ]);
}

/** The same graph with other weights. @throws GraphError naming a weight that is missing or of another shape. */
export function withWeights(graph: Graph, weights: ReadonlyMap<string, AnyTensor>): Graph {
  const initializers = new Map(graph.initializers);
  for (const [name, fresh] of weights) {
    const old = initializers.get(name);
    if (!old || old.shape.join() !== fresh.shape.join())
      throw new GraphError(
        `'${name}' [${fresh.shape}] does not fit the graph, which has ${old ? `[${old.shape}]` : "no such weight"}`,
      );
    initializers.set(name, fresh);
  }
  return { ...graph, initializers };
}

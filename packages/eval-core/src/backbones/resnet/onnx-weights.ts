/**
 * The weights of a ResNet that comes as an ONNX model. Exporters rename and fold as they like, so names count for
 * nothing: the network's structure says which weight is which, and every operator is checked, so that a network
 * that only resembles a ResNet is not taken for one.
 */

import { CheckpointError } from "../../checkpoints/errors.ts";
import { StoredTensor } from "../../checkpoints/stored.ts";
import type { Graph } from "../../onnx/ir.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import { anyTensor } from "../../tensor/typed-array.ts";
import { depthOf, published, type ResNet, resnetModules } from "./modules.ts";
import { GraphWalker } from "./onnx-walker.ts";

/** @throws CheckpointError saying what is missing, or left over, when the graph is no ResNet's */
export function resnetWeights(graph: Graph): {
  weights: Map<string, StoredTensor>;
  converted: string[];
} {
  const { weights, folded } = walk(graph);
  return {
    weights: new Map(
      [...weights].map(([name, value]) => [
        name,
        new StoredTensor(value.dtype, value.shape, () => ownMemory(value)),
      ]),
    ),
    converted:
      folded > 0 ? [`${folded} folded batch normalisations: their scale stays in the convolutions`] : [],
  };
}

/** Weights that are views of the file's bytes would keep all of these in memory. */
function ownMemory(value: AnyTensor): AnyTensor {
  const { dtype, shape, data } = value;
  return data.byteLength === data.buffer.byteLength ? value : anyTensor(dtype, shape, data.slice());
}

/** Each convolution must read what the one before handed on, with the kernel, stride and padding of its place. */
function walk(graph: Graph): GraphWalker {
  const walker = new GraphWalker(graph);
  const { stem, stages } = networkOf(graph, walker);
  let x = walker.unit(stem[0]!, walker.imageInput(), "Relu");
  x = walker.maxPool(walker.relu(x));
  for (const { units, shortcut } of stages.flat()) {
    let y = x;
    units.forEach((unit, i) => {
      if (i > 0) y = walker.relu(y);
      y = walker.unit(unit, y, i === units.length - 1 ? "Add" : "Relu");
    });
    x = walker.relu(walker.sum(y, shortcut ? walker.unit(shortcut, x, "Add") : x));
  }
  walker.finish();
  return walker;
}

/** The published network with as many convolutions, and blocks of the kind that the second one begins. */
function networkOf(graph: Graph, walker: GraphWalker): ResNet {
  const convolutions = graph.nodes.filter(({ opType }) => opType === "Conv");
  const block = walker.kernelOf(convolutions[1])?.[2] === 3 ? "basic" : "bottleneck";
  const shortcuts = block === "basic" ? 3 : 4;
  const member = published.find(
    (candidate) =>
      candidate.block === block && depthOf(block, candidate.blocks) - 1 + shortcuts === convolutions.length,
  );
  if (member === undefined) {
    throw new CheckpointError(
      `an ONNX model of ${convolutions.length} convolutions: no ResNet of depth ${published.map((m) => depthOf(m.block, m.blocks)).join(", ")} has as many`,
    );
  }
  // Widths do not matter for names and connections: the standard ones do for any.
  const inner = [64, 128, 256, 512];
  return resnetModules({
    ...member,
    name: "",
    depth: depthOf(member.block, member.blocks),
    width: 1,
    widths: { stem: 64, inner, outer: block === "basic" ? inner : inner.map((channels) => channels * 4) },
    featureDimension: 0,
  });
}

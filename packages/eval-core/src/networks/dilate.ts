/**
 * A ResNet's graph with its last two stages dilated in place of strided, as CSAIL's segmentation code does: C5 has an
 * eighth of the input's size. The weights are the same.
 */
import { convolutionUnits, type ResNet } from "../backbones/index.ts";
import { ints } from "../onnx/attributes.ts";
import type { Graph } from "../onnx/ir.ts";

/** Of the third and the fourth stage: how far apart the taps of their 3x3 convolutions lie at most. */
const DILATIONS = new Map([
  ["layer3", 2],
  ["layer4", 4],
]);

/**
 * In each stage the strides become 1; a 3x3 convolution of stride 2 has half the stage's dilation, every other all of
 * it; padding is the dilation.
 * @param graph a backbone's, whose convolutions are named as torchvision's modules
 * @throws RangeError when a convolution of the network is not in the graph
 */
export function dilateStages(graph: Graph, network: ResNet): Graph {
  const changes = new Map(
    convolutionUnits(network).flatMap(({ convolution, kernel, stride }) => {
      const dilation = DILATIONS.get(convolution.split(".")[0]!);
      return dilation === undefined ? [] : [[convolution, { kernel, stride, dilation }] as const];
    }),
  );
  const nodes = graph.nodes.map((node) => {
    const change = node.opType === "Conv" && node.name !== undefined ? changes.get(node.name) : undefined;
    if (change === undefined) return node;
    changes.delete(node.name!);
    const { kernel, stride } = change;
    const spread = kernel === 1 ? 1 : stride > 1 ? change.dilation / 2 : change.dilation;
    const pad = (spread * (kernel - 1)) / 2;
    return {
      ...node,
      attributes: {
        ...node.attributes,
        strides: ints([1, 1]),
        dilations: ints([spread, spread]),
        pads: ints([pad, pad, pad, pad]),
      },
    };
  });
  if (changes.size > 0)
    throw new RangeError(`graph '${graph.name}' has no convolution '${[...changes.keys()][0]}'`);
  return { ...graph, nodes };
}

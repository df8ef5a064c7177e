/**
 * The graph that a reconstruction trains: an image prior, a frozen backbone that reads what it makes, and how far the
 * features lie from those of the image to be reconstructed.
 */
import { int } from "../onnx/attributes.ts";
import { GraphBuilder } from "../onnx/builder.ts";
import { inlineGraph } from "../onnx/inline.ts";
import type { Graph } from "../onnx/ir.ts";
import { addImagePrior, type DrawnPrior, type PriorShape } from "./image-prior.ts";

export interface ReconstructionGraph {
  /**
   * Inputs `noise` [1, depth, size, size] and `target`, of the readout's shape for one image; outputs `image`
   * [1, 3, corner, corner], in the backbone's normalised space, and `loss`, the mean squared difference of the features.
   */
  readonly graph: Graph;
  /** The weights to train: the prior's alone. */
  readonly parameters: readonly string[];
}

/**
 * @param backbone reads an image under its only input, and answers `readout`.
 * @param target the readout's shape for one image of the corner's size.
 */
export function reconstructionGraph(
  backbone: Graph,
  readout: string,
  target: readonly number[],
  shape: PriorShape,
  { weights }: Pick<DrawnPrior, "weights">,
): ReconstructionGraph {
  const g = new GraphBuilder(`${backbone.name}/reconstruction`);
  const noise = g.input("noise", "float32", [1, shape.depth, shape.size, shape.size]);
  const wanted = g.input("target", "float32", target);
  for (const [name, weight] of weights) g.initializer(name, weight);
  const image = g.op("Identity", [addImagePrior(g, shape, noise)], {}, { output: "image" });
  g.output(image, "float32", [1, 3, shape.corner, shape.corner]);
  const input = backbone.inputs.find(({ name }) => !backbone.initializers.has(name))!.name;
  const features = inlineGraph(g, backbone, { [input]: image }, "backbone/").get(readout)!;
  const difference = g.op("Sub", [features, wanted]);
  g.op("ReduceMean", [g.op("Mul", [difference, difference])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  return { graph: g.build(), parameters: [...weights.keys()] };
}

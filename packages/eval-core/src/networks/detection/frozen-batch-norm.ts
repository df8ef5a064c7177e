/**
 * Batch norm that never changes, as detectron2's FrozenBN: y = x s + t with s = weight / sqrt(variance + eps) and
 * t = bias - mean s. Taken into the convolution before it, so that neither a step nor its gradient passes over the map
 * once more: the kernel times s, and t as its bias.
 */
import type { Graph, Node } from "../../onnx/ir.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/tensor.ts";

/**
 * @param graph whose every BatchNormalization follows a convolution without bias and has its tensors as initializers
 * @param trains whether a convolution's weight is trained: it stays a weight of the graph, and the product is a node
 * @throws RangeError naming a normalisation that follows no convolution
 */
export function freezeBatchNorm(graph: Graph, trains: (weight: string) => boolean): Graph {
  const initializers = new Map(graph.initializers);
  const convolutions = new Map(
    graph.nodes.filter((n) => n.opType === "Conv").map((n) => [n.outputs[0]!, n] as const),
  );
  const replaced = new Set<Node>();
  const unused = new Set<string>();
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.opType !== "BatchNormalization") return [node];
    const convolution = convolutions.get(node.inputs[0]!);
    const [gamma, beta, mean, variance] = node.inputs.slice(1, 5).map((name) => initializers.get(name)?.data);
    if (!convolution || convolution.inputs[2] || !gamma || !beta || !mean || !variance)
      throw new RangeError(
        `normalisation '${node.name ?? node.outputs[0]}' follows no convolution without bias`,
      );
    replaced.add(convolution);
    for (const name of node.inputs.slice(1, 5)) unused.add(name);
    const epsilonAttribute = node.attributes.epsilon;
    const epsilon = epsilonAttribute?.type === "float" ? epsilonAttribute.value : 1e-5;
    const scale = Float32Array.from(
      gamma as Float32Array,
      (g, c) => g / Math.sqrt(Number(variance[c]) + epsilon),
    );
    const shift = scale.map((s, c) => Number(beta[c]) - Number(mean[c]) * s);
    const weight = convolution.inputs[1]!;
    const scaled = `${weight}/scaled`;
    const bias = `${weight}/shift`;
    initializers.set(bias, tensor("float32", [shift.length], shift));
    const made = { ...convolution, inputs: [convolution.inputs[0]!, scaled, bias], outputs: node.outputs };
    if (!trains(weight)) {
      initializers.set(scaled, multiplied(initializers.get(weight)!, scale));
      unused.add(weight);
      return [made];
    }
    const by = `${weight}/scale`;
    initializers.set(by, tensor("float32", [scale.length, 1, 1, 1], scale));
    return [{ opType: "Mul", name: scaled, inputs: [weight, by], outputs: [scaled], attributes: {} }, made];
  });
  for (const name of unused) initializers.delete(name);
  return { ...graph, nodes: nodes.filter((node) => !replaced.has(node)), initializers };
}

function multiplied(weight: AnyTensor, scale: Float32Array): Tensor<"float32"> {
  const each = weight.data.length / scale.length;
  const data = Float32Array.from(weight.data as Float32Array, (w, i) => w * scale[Math.floor(i / each)]!);
  return tensor("float32", weight.shape, data);
}

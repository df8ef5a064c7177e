/** An exported graph in the operator set that gradients are written for, where that is the same graph. */
import { CheckpointError } from "../../checkpoints/errors.ts";
import { int } from "../../onnx/attributes.ts";
import { type Graph, type Node, OPSET } from "../../onnx/ir.ts";
import { type AnyTensor, tensor } from "../../tensor/tensor.ts";

/** Older ones give Softmax, Squeeze and ReduceSum another meaning or form. */
const OLDEST = 13;
const NEWEST = 22;

/** @throws CheckpointError saying why the graph cannot be trained */
export function forTraining(
  graph: Graph,
  { input }: { readonly input: { readonly batch: 1 | null; readonly dtype: string } },
): Graph {
  if (input.batch !== null) {
    throw new CheckpointError(
      "the graph takes one image at a time: export it with a free batch axis to train it",
    );
  }
  if (graph.opset < OLDEST || graph.opset > NEWEST) {
    throw new CheckpointError(
      `the graph is of opset ${graph.opset}: to train it, export it at one of ${OLDEST} to ${NEWEST}`,
    );
  }
  if (graph.opset >= OPSET) return { ...graph, opset: OPSET };
  const initializers = new Map<string, AnyTensor>(graph.initializers);
  const nodes = graph.nodes.map((node, index) => upgraded(node, `axes/${index}`, initializers));
  return { ...graph, opset: OPSET, nodes, initializers };
}

/** Between opset 13 and 18, reductions took their axes from an attribute, and Split knew its parts by its outputs. */
function upgraded(node: Node, name: string, initializers: Map<string, AnyTensor>): Node {
  const { opType, attributes, inputs, outputs } = node;
  const { axes, ...others } = attributes;
  if (/^Reduce/.test(opType) && axes?.type === "ints") {
    initializers.set(
      name,
      tensor("int64", [axes.value.length], BigInt64Array.from(axes.value, BigInt)) as AnyTensor,
    );
    return { ...node, inputs: [inputs[0]!, name], attributes: others };
  }
  if (opType === "Split" && inputs.length === 1 && attributes.num_outputs === undefined)
    return { ...node, attributes: { ...attributes, num_outputs: int(outputs.length) } };
  return node;
}

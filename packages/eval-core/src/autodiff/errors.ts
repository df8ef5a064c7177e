/**
 * What a graph can be refused for, in one sentence that names the operator, the node, the tensor, the
 * dimension, what was expected and what was found.
 */
import type { Node } from "../onnx/ir.ts";

export class GraphError extends Error {
  override name = "GraphError";
}

/** How a message points at a node: `Conv 'layer1/conv1' (makes 'y')`. */
export function describeNode(node: Node): string {
  const name = node.name ? ` '${node.name}'` : "";
  return `${node.opType}${name} (makes '${node.outputs.find((output) => output !== "") ?? ""}')`;
}

export function fail(node: Node, message: string): never {
  throw new GraphError(`${describeNode(node)}: ${message}`);
}

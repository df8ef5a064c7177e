/**
 * Whether a graph is well formed: every name is defined once and before it is used. Operators, their attributes
 * and shapes are not looked at: that is shape inference's business.
 */
import { sizeOf } from "../tensor/tensor.ts";
import { OnnxError } from "./errors.ts";
import type { Graph, Node } from "./ir.ts";

/** How an error calls a node: its operator, its name if it has one, and its place. */
export function describeNode(node: Node, index: number): string {
  return `${node.opType} node ${node.name ? `'${node.name}' ` : ""}(number ${index})`;
}

/**
 * @throws OnnxError on a name that nothing defines, that two things define, or that is used before its node;
 * on an initializer whose shape does not hold its data; on a graph without outputs.
 */
export function validateGraph(graph: Graph): void {
  const definedBy = new Map<string, string>();
  const define = (name: string, by: string): void => {
    if (name === "") throw new OnnxError(`graph '${graph.name}': ${by} has an empty name`);
    const earlier = definedBy.get(name);
    if (earlier !== undefined) {
      throw new OnnxError(`graph '${graph.name}': '${name}' is defined twice, as ${earlier} and as ${by}`);
    }
    definedBy.set(name, by);
  };

  for (const input of graph.inputs) define(input.name, "a graph input");
  for (const [name, { shape, data }] of graph.initializers) {
    define(name, "an initializer");
    if (sizeOf(shape) !== data.length) {
      throw new OnnxError(
        `graph '${graph.name}': initializer '${name}' has shape [${shape}] but ${data.length} values`,
      );
    }
  }
  graph.nodes.forEach((node, index) => {
    for (const input of node.inputs) {
      if (input === "" || definedBy.has(input)) continue;
      const later = graph.nodes.findIndex((other) => other.outputs.includes(input));
      throw new OnnxError(
        `graph '${graph.name}': ${describeNode(node, index)} reads '${input}', which ${
          later < 0
            ? "nothing defines"
            : `only ${describeNode(graph.nodes[later]!, later)} defines: sort the nodes topologically`
        }`,
      );
    }
    if (node.outputs.every((output) => output === "")) {
      throw new OnnxError(`graph '${graph.name}': ${describeNode(node, index)} has no output`);
    }
    for (const output of node.outputs) {
      if (output !== "") define(output, `an output of ${describeNode(node, index)}`);
    }
  });
  if (graph.outputs.length === 0) throw new OnnxError(`graph '${graph.name}' has no outputs`);
  const outputs = new Set<string>();
  for (const { name } of graph.outputs) {
    if (!definedBy.has(name)) {
      throw new OnnxError(`graph '${graph.name}': its output '${name}' is defined by nothing`);
    }
    if (outputs.has(name)) throw new OnnxError(`graph '${graph.name}': output '${name}' is listed twice`);
    outputs.add(name);
  }
}

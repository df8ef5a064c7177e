/** A whole graph as part of another that is being built: a backbone behind a generator, for instance. */
import type { GraphBuilder } from "./builder.ts";
import { OnnxError } from "./errors.ts";
import type { Graph } from "./ir.ts";

/**
 * Appends all of `graph` to `g`; its values are called `prefix` and their own name there.
 * @param inputs the value in `g` that each input of `graph` reads.
 * @returns the values in `g` that the outputs of `graph` have become, by output.
 * @throws OnnxError naming an input of `graph` that is given no value, or a name that `g` has already.
 */
export function inlineGraph(
  g: GraphBuilder,
  graph: Graph,
  inputs: Readonly<Record<string, string>>,
  prefix: string,
): ReadonlyMap<string, string> {
  const given = new Map(Object.entries(inputs));
  for (const { name } of graph.inputs) {
    if (!given.has(name) && !graph.initializers.has(name))
      throw new OnnxError(`graph '${graph.name}' cannot be inlined: its input '${name}' is given no value`);
  }
  const renamed = (name: string) => (name === "" ? "" : (given.get(name) ?? `${prefix}${name}`));
  for (const [name, value] of graph.initializers) {
    if (!given.has(name)) g.initializer(renamed(name), value);
  }
  for (const node of graph.nodes)
    g.append({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) });
  return new Map(graph.outputs.map(({ name }) => [name, renamed(name)]));
}

/**
 * Convolutions that may answer what they make less its mean a channel, because batch normalisation alone reads it, and
 * subtracts the mean: a convolution of one element is linear, so the mean of what it makes is the kernel times the mean
 * of what it reads, and its bias subtracts that on the way. Two passes over the larger of the two maps are saved.
 *
 * The bias depends on kernel and input, but no gradient flows through it: what batch norm sends back sums to 0 a channel.
 */
import type { Graph, Node } from "../../onnx/ir.ts";
import { intOf } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";
import { type AxisWindow, isWhole } from "../geometry.ts";

export class Means {
  readonly #normalized: ReadonlySet<string>;
  readonly #known = new Map<string, string>();

  constructor(graph: Graph) {
    const readers = new Map<string, Node[]>();
    for (const node of graph.nodes)
      for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    const normalized = [...readers].filter(([name, [reader, ...others]]) => {
      const training = reader?.opType === "BatchNormalization" && intOf(reader, "training_mode", 0) === 1;
      return training && others.length === 0 && reader.inputs[0] === name && !outputs.has(name);
    });
    this.#normalized = new Set(normalized.map(([name]) => name));
  }

  /**
   * The bias [O] that takes the mean off what a convolution makes; undefined where it must not be, or costs more than it
   * saves. The mean is then known under the convolution's output.
   */
  bias(node: Node, e: Emitter, windows: readonly AxisWindow[]): string | undefined {
    const [x, w, bias] = node.inputs as [string, string, string | undefined];
    const [output] = node.outputs as [string];
    const [outputs, inputs] = e.shape(w) as [number, number];
    if (bias || !windows.every(isWhole) || inputs > outputs || !this.#normalized.has(output))
      return undefined;
    if (intOf(node, "group", 1) !== 1 || windows.length !== 2) return undefined;
    const read = e.reshape(e.mean(x, [0, 2, 3], false), [inputs, 1]);
    const made = e.reshape(e.gemm(e.reshape(w, [outputs, inputs]), read), [outputs]);
    this.#known.set(output, made);
    return e.neg(made);
  }

  /** The mean [C] that was taken off a map; undefined where it was not. */
  takenOff = (map: string): string | undefined => this.#known.get(map);
}

/**
 * A convolution of stride 1 with an average pool behind it is one convolution whose kernel is the mean of the shifts of
 * the first, and whose stride is the pool's: for 7 x 7 and a pool of 2 x 2, 64 products for each pixel of the pool in
 * place of 196, and taps of a quarter of the positions. The same values up to rounding.
 */

import { int } from "../onnx/attributes.ts";
import type { Graph, Node } from "../onnx/ir.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { intOf, ints, intsOf } from "./attributes.ts";
import type { Emitter } from "./emitter.ts";

const all = (values: readonly number[] | undefined, value: number): boolean =>
  values?.every((one) => one === value) ?? true;

/** Whether windows of a node move by single elements, none left out, and are placed by numbers. */
const isPlain = (node: Node): boolean =>
  all(intsOf(node, "dilations"), 1) && !("auto_pad" in node.attributes);

const isPool = (node: Node | undefined): node is Node =>
  node?.opType === "AveragePool" &&
  isPlain(node) &&
  intOf(node, "ceil_mode", 0) === 0 &&
  all(intsOf(node, "pads"), 0);

export class PooledConvolutions {
  /** The pool behind each convolution that nothing else reads, by the convolution's output. */
  readonly #pools = new Map<string, Node>();
  readonly #merged = new Map<string, Node>();

  constructor(graph: Graph) {
    const readers = new Map<string, Node[]>();
    for (const node of graph.nodes)
      for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      const [output] = node.outputs as [string];
      const [pool, ...others] = readers.get(output) ?? [];
      const alone = others.length === 0 && !outputs.has(output);
      if (node.opType === "Conv" && alone && isPlain(node) && all(intsOf(node, "strides"), 1) && isPool(pool))
        this.#pools.set(output, pool);
    }
  }

  /** The nodes to write in place of one: none for a convolution whose pool will stand for both. */
  rewritten(node: Node, e: Emitter): readonly Node[] {
    const pool = this.#pools.get(node.outputs[0] ?? "");
    if (pool && saves(node, pool, e)) {
      this.#merged.set(node.outputs[0]!, node);
      return [];
    }
    const convolution = node.opType === "AveragePool" ? this.#merged.get(node.inputs[0]!) : undefined;
    return convolution ? merged(convolution, node, e) : [node];
  }
}

const poolOf = (pool: Node, rank: number) => ({
  window: intsOf(pool, "kernel_shape") ?? [],
  strides: intsOf(pool, "strides") ?? new Array<number>(rank).fill(1),
});

/** Products for an element that the pool makes: of a kernel for each element of its stride, or of the larger kernel. */
function saves(convolution: Node, pool: Node, e: Emitter): boolean {
  const kernel = e.shape(convolution.inputs[1]!).slice(2);
  const { window, strides } = poolOf(pool, kernel.length);
  if (window.length !== kernel.length) return false;
  return sizeOf(kernel.map((k, i) => k + window[i]! - 1)) < sizeOf(kernel) * sizeOf(strides);
}

/** kernel'[j] = the mean over s of kernel[j - s]: an average pool of the kernel as an image, over its padding too. */
function merged(convolution: Node, pool: Node, e: Emitter): Node[] {
  const [x, w, ...bias] = convolution.inputs as [string, string, ...string[]];
  const kernel = e.shape(w).slice(2);
  const { window, strides } = poolOf(pool, kernel.length);
  const around = window.map((size) => size - 1);
  const mean = e.fresh(`${convolution.outputs[0]}/pooled`);
  const { kernel_shape: _, strides: __, ...attributes } = convolution.attributes;
  return [
    {
      opType: "AveragePool",
      name: mean,
      inputs: [w],
      outputs: [mean],
      attributes: {
        kernel_shape: ints(window),
        pads: ints([...around, ...around]),
        count_include_pad: int(1),
      },
    },
    {
      ...convolution,
      inputs: [x, mean, ...bias],
      outputs: pool.outputs,
      attributes: {
        ...attributes,
        kernel_shape: ints(kernel.map((k, i) => k + around[i]!)),
        strides: ints(strides),
      },
    },
  ];
}

/**
 * Building a graph node by node. Values are their names: every method that makes one answers its name, fresh
 * where none is asked for, and the finished graph is checked.
 *
 *     const g = new GraphBuilder("affine");
 *     const x = g.input("x", "float32", ["N", 3]);
 *     g.output(g.op("Gemm", [x, g.initializer("w", w)], { transB: int(1) }, { output: "y" }), "float32", ["N", 5]);
 *     const graph = g.build();
 */
import { type AnyTensor, type DType, tensor } from "../tensor/tensor.ts";
import { OnnxError } from "./errors.ts";
import { type Attribute, type Dimension, type Graph, type Node, OPSET, type ValueInfo } from "./ir.ts";
import { validateGraph } from "./validate.ts";

export interface NodeOptions {
  /** The node's own name, for people and profilers. */
  readonly name?: string;
  readonly domain?: string;
}

export type Attributes = Readonly<Record<string, Attribute>>;
/** An absent optional input is undefined or "". */
export type Inputs = readonly (string | undefined)[];

export class GraphBuilder {
  readonly #name: string;
  readonly #opset: number;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers = new Map<string, AnyTensor>();
  readonly #nodes: Node[] = [];
  readonly #taken = new Set<string>();
  readonly #counters = new Map<string, number>();
  readonly #constants = new Map<string, string>();
  #metadata: Record<string, string> = {};

  constructor(name: string, options: { readonly opset?: number } = {}) {
    this.#name = name;
    this.#opset = options.opset ?? OPSET;
  }

  /**
   * A builder that holds all of `graph` and goes on from there; `outputs: false` leaves its outputs undeclared.
   */
  static from(
    graph: Graph,
    options: { readonly name?: string; readonly outputs?: boolean } = {},
  ): GraphBuilder {
    const builder = new GraphBuilder(options.name ?? graph.name, { opset: graph.opset });
    for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
    for (const [name, value] of graph.initializers) builder.initializer(name, value);
    for (const node of graph.nodes) builder.append(node);
    if (options.outputs !== false) {
      for (const { name, dtype, shape } of graph.outputs) builder.output(name, dtype, shape);
    }
    builder.metadata(graph.metadata ?? {});
    return builder;
  }

  /** A name that nothing in this graph has yet: `hint` itself, or `hint` with a number. */
  fresh(hint: string): string {
    if (!this.#taken.has(hint)) {
      this.#taken.add(hint);
      return hint;
    }
    for (let n = (this.#counters.get(hint) ?? 0) + 1; ; n++) {
      const name = `${hint}_${n}`;
      if (this.#taken.has(name)) continue;
      this.#counters.set(hint, n);
      this.#taken.add(name);
      return name;
    }
  }

  input(name: string, dtype: DType, shape: readonly Dimension[]): string {
    this.#inputs.push({ name: this.#take(name), dtype, shape });
    return name;
  }

  /** Declares a value that exists already as an output of the graph. */
  output(name: string, dtype: DType, shape: readonly Dimension[]): string {
    this.#outputs.push({ name, dtype, shape });
    return name;
  }

  /** A named weight. */
  initializer(name: string, value: AnyTensor): string {
    this.#initializers.set(this.#take(name), value);
    return name;
  }

  /** An unnamed weight: an initializer under a fresh name. */
  constant(value: AnyTensor, hint = "constant"): string {
    const name = this.fresh(hint);
    this.#initializers.set(name, value);
    return name;
  }

  /** An int64 vector, as shapes and axes are given; equal ones are one initializer. */
  ints(values: readonly number[]): string {
    return this.#shared(`i${values}`, () =>
      tensor("int64", [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** A float32 scalar; equal ones are one initializer. */
  float(value: number): string {
    const key = Object.is(value, -0) ? "f-0" : `f${value}`;
    return this.#shared(key, () => tensor("float32", [], Float32Array.of(value)));
  }

  #shared(key: string, make: () => AnyTensor): string {
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = this.constant(make());
      this.#constants.set(key, name);
    }
    return name;
  }

  /** Appends a node with one output and answers its name; `output` asks for a particular one. */
  op(
    opType: string,
    inputs: Inputs,
    attributes: Attributes = {},
    options: NodeOptions & { readonly output?: string } = {},
  ): string {
    const { output, ...rest } = options;
    return this.#node(opType, inputs, [output], attributes, rest)[0]!;
  }

  /** Appends a node with several outputs: as many as asked for, or under the given names. */
  ops(
    opType: string,
    inputs: Inputs,
    outputs: number | readonly (string | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): string[] {
    const wanted = typeof outputs === "number" ? new Array<undefined>(outputs).fill(undefined) : outputs;
    return this.#node(opType, inputs, wanted, attributes, options);
  }

  /** Appends a node as it is, with its own names. */
  append(node: Node): void {
    for (const output of node.outputs) if (output !== "") this.#take(output);
    this.#nodes.push(node);
  }

  metadata(entries: Readonly<Record<string, string>>): void {
    this.#metadata = { ...this.#metadata, ...entries };
  }

  /** @throws OnnxError when the graph is not well formed. */
  build(): Graph {
    const graph: Graph = {
      name: this.#name,
      opset: this.#opset,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      nodes: [...this.#nodes],
      ...(Object.keys(this.#metadata).length > 0 ? { metadata: this.#metadata } : {}),
    };
    validateGraph(graph);
    return graph;
  }

  #node(
    opType: string,
    inputs: Inputs,
    wanted: readonly (string | undefined)[],
    attributes: Attributes,
    { name, domain }: NodeOptions,
  ): string[] {
    const outputs = wanted.map((output) =>
      output === undefined ? this.fresh(opType.toLowerCase()) : output === "" ? "" : this.#take(output),
    );
    this.#nodes.push({
      opType,
      ...(domain === undefined ? {} : { domain }),
      ...(name === undefined ? {} : { name }),
      // A trailing "" says nothing, and crashes onnxruntime's WebGPU kernels, which read it as a tensor.
      inputs: inputs.slice(0, inputs.findLastIndex(Boolean) + 1).map((input) => input ?? ""),
      outputs,
      attributes,
    });
    return outputs;
  }

  #take(name: string): string {
    if (this.#taken.has(name)) {
      throw new OnnxError(`graph '${this.#name}': the name '${name}' is taken already`);
    }
    this.#taken.add(name);
    return name;
  }
}

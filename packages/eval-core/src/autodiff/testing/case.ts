/**
 * What the checks of the gradient rules work on: one random node with its inputs, drawn by fast-check, so that a
 * failure shrinks and prints its seed.
 */
import fc from "fast-check";
import type { Attribute, Graph, Node, ValueInfo } from "../../onnx/ir.ts";
import { OPSET } from "../../onnx/ir.ts";
import { SeededRandom } from "../../tensor/random.ts";
import { type AnyTensor, sizeOf, tensor } from "../../tensor/tensor.ts";
import { toTensor, value } from "../reference/value.ts";
import { type Info, inferShapes } from "../shapes/index.ts";

export interface OpCase {
  readonly graph: Graph;
  /** Data of every input, float32 or float64 alike. */
  readonly feeds: ReadonlyMap<string, Float64Array>;
  /** The float inputs to differentiate by. */
  readonly by: readonly string[];
}

/** Draws a case step by step: `d.int(1, 3)`, `d.input("x", shape)`, then `d.finish(...)`. */
export class Draw {
  readonly #g: fc.GeneratorValue;
  readonly #random: SeededRandom;
  readonly #inputs: ValueInfo[] = [];
  readonly #feeds = new Map<string, Float64Array>();
  readonly #initializers = new Map<string, AnyTensor>();
  readonly #by: string[] = [];

  constructor(g: fc.GeneratorValue) {
    this.#g = g;
    this.#random = new SeededRandom(g(fc.nat));
  }

  int = (low: number, high: number): number => this.#g(fc.integer, { min: low, max: high });
  bool = (): boolean => this.#g(fc.boolean);
  pick = <T>(...choices: readonly T[]): T => choices[this.int(0, choices.length - 1)]!;
  list = (length: number, low: number, high: number): number[] =>
    Array.from({ length }, () => this.int(low, high));
  shape = (minRank: number, maxRank: number, maxSize = 3): number[] =>
    this.list(this.int(minRank, maxRank), 1, maxSize);

  permutation = (length: number): number[] => [...this.#random.permutation(length)];

  /** Distinct values spread over low..high, none of them a round number: far from every kink. */
  numbers(length: number, low = -2, high = 2): Float64Array {
    const order = this.permutation(length);
    const gap = (high - low) / length;
    return Float64Array.from(order, (place) => low + (place + 0.3 + 0.4 * this.#random.uniform()) * gap);
  }

  /** A float input that is differentiated by. */
  input(name: string, shape: readonly number[], low = -2, high = 2): string {
    return this.given(name, shape, this.numbers(sizeOf(shape), low, high));
  }
  given(name: string, shape: readonly number[], data: Float64Array): string {
    this.#inputs.push({ name, dtype: "float32", shape });
    this.#feeds.set(name, data);
    this.#by.push(name);
    return name;
  }
  /** An input that is data but has no gradient: indices, conditions. */
  data(name: string, dtype: "int64" | "bool", shape: readonly number[], low: number, high: number): string {
    this.#inputs.push({ name, dtype, shape });
    this.#feeds.set(name, Float64Array.from(this.list(sizeOf(shape), low, high)));
    return name;
  }
  ints(name: string, values: readonly number[]): string {
    this.#initializers.set(name, tensor("int64", [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  }
  /** Constant indices of any shape. */
  indices(name: string, values: readonly number[], shape: readonly number[]): string {
    this.#initializers.set(name, tensor("int64", shape, BigInt64Array.from(values, BigInt)));
    return name;
  }
  floats(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    this.#initializers.set(name, tensor("float32", shape, Float32Array.from(values)));
    return name;
  }

  /** A shape that broadcasts with `shape`, some axes dropped or of size 1. */
  broadcastable(shape: readonly number[]): number[] {
    const dropped = this.int(0, shape.length);
    return shape.slice(dropped).map((size) => (this.bool() ? size : 1));
  }

  /** The node, a random weighting of its outputs, and their sum as the loss. */
  finish(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs = 1,
    used: readonly number[] = [0],
  ): OpCase {
    const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
    const node: Node = { opType, name: "node", inputs, outputs: names, attributes };
    const bare: Graph = {
      name: opType,
      opset: OPSET,
      inputs: this.#inputs,
      outputs: names.map((name) => ({ name, dtype: "float32", shape: [] })),
      initializers: this.#initializers,
      nodes: [node],
    };
    const infos = inferShapes(bare);
    return this.#weighted(bare, infos, used);
  }

  #weighted(bare: Graph, infos: ReadonlyMap<string, Info>, used: readonly number[]): OpCase {
    const nodes = [...bare.nodes];
    const terms = used.map((i) => {
      const { shape } = infos.get(`y${i}`)!;
      const weights = value("float32", shape, this.numbers(sizeOf(shape)));
      this.#initializers.set(`weights${i}`, toTensor(weights));
      const make = (opType: string, inputs: string[], output: string) =>
        nodes.push({ opType, inputs, outputs: [output], attributes: {} });
      make("Mul", [`y${i}`, `weights${i}`], `weighted${i}`);
      make("ReduceSum", [`weighted${i}`], `sum${i}`);
      make("Reshape", [`sum${i}`, this.ints("scalar", [])], `term${i}`);
      return `term${i}`;
    });
    nodes.push({ opType: "Sum", inputs: terms, outputs: ["loss"], attributes: {} });
    const outputs = used.map((i) => ({ name: `y${i}`, ...infos.get(`y${i}`)! }));
    return {
      graph: {
        ...bare,
        nodes,
        outputs: [...outputs, { name: "loss", dtype: "float32", shape: [] }],
      },
      feeds: this.#feeds,
      by: this.#by,
    };
  }
}

export type CaseMaker = (d: Draw) => OpCase;

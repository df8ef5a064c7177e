/**
 * Grows a graph while knowing the shape of everything in it: what gradient rules write with.
 *
 * Equal nodes are made once, constants are folded, arithmetic with 0 and 1 disappears, and `build` drops what no
 * output needs. So rules say plainly what they mean and the graph stays small.
 */

import { type Attribute, type Graph, type Node, OPSET, type ValueInfo } from "../onnx/ir.ts";
import { validateGraph } from "../onnx/validate.ts";
import { type AnyTensor, type DType, sizeOf } from "../tensor/tensor.ts";
import { float, int, ints } from "./attributes.ts";
import { codeOf } from "./dtypes.ts";
import { GraphError } from "./errors.ts";
import { prune } from "./prune.ts";
import { fromTensor, toTensor, type Value, value } from "./reference/value.ts";
import { type Info, inferNode, type Known } from "./shapes/index.ts";

/** The permutation from [N, C, H, W] to [C, H, N, W], and the one back. */
const TO_SIDE_BY_SIDE = [1, 2, 0, 3];
const TO_APART = [2, 0, 1, 3];

export type Attributes = Readonly<Record<string, Attribute>>;

/** Larger initializers are weights: their numbers are never looked at. */
const LARGEST_CONSTANT = 1 << 16;

export class Emitter {
  readonly #name: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #initializers = new Map<string, AnyTensor>();
  readonly #nodes: Node[] = [];
  readonly #known = new Map<string, Known>();
  readonly #made = new Map<string, readonly string[]>();
  readonly #taken: Set<string>;
  readonly #factors = new Map<string, { value: string; by: string }>();
  /** Feature maps as [C, H, N, W], by the name of the same as [N, C, H, W]; those of `#made...` were computed so. */
  readonly #sideBySide = new Map<string, string>();
  readonly #madeSideBySide = new Set<string>();
  readonly #counters = new Map<string, number>();
  /** Put before the names of new nodes: which node's gradient is being written. */
  scope = "";

  readonly #move: ((node: Node, e: Emitter) => boolean) | undefined;

  /**
   * @param reserved names that nodes appended later will bring.
   * @param move appends a node that reads maps made side by side in that form, and answers whether it could.
   */
  constructor(name: string, reserved: Iterable<string> = [], move?: (node: Node, e: Emitter) => boolean) {
    this.#name = name;
    this.#move = move;
    this.#taken = new Set(reserved);
  }

  input(name: string, info: Info): string {
    this.#taken.add(name);
    this.#inputs.push({ name, dtype: info.dtype, shape: info.shape });
    this.#known.set(name, { info });
    return name;
  }

  initializer(name: string, data: AnyTensor): string {
    this.#taken.add(name);
    this.#initializers.set(name, data);
    const info = { dtype: data.dtype, shape: data.shape };
    const small = data.data.length <= LARGEST_CONSTANT;
    this.#known.set(name, small ? { info, constant: fromTensor(data) } : { info });
    return name;
  }

  has = (name: string): boolean => this.#known.has(name);
  info(name: string): Info {
    const known = this.#known.get(name);
    if (!known) throw new GraphError(`'${name}' is made by nothing in graph '${this.#name}'`);
    return known.info;
  }
  shape = (name: string): readonly number[] => this.info(name).shape;
  dtype = (name: string): DType => this.info(name).dtype;
  size = (name: string): number => sizeOf(this.shape(name));
  /** The numbers of a small constant; undefined for everything that is computed from data. */
  constant = (name: string): Value | undefined => this.#known.get(name)?.constant;

  /** Adds a node under its own names, or folds it into constants of those names. */
  append(given: Node): void {
    // A trailing "" says nothing, and crashes onnxruntime's WebGPU kernels, which read it as a tensor.
    const last = given.inputs.findLastIndex((name) => name !== "");
    const node =
      last === given.inputs.length - 1 ? given : { ...given, inputs: given.inputs.slice(0, last + 1) };
    if (this.#move === undefined || !node.inputs.some(this.isSideBySide) || !this.#move(node, this))
      this.#appendAsIs(node);
  }

  #appendAsIs(node: Node): void {
    const outputs = inferNode(node, (name) => this.#known.get(name));
    const folded = outputs.every((known) => known.constant);
    for (const [i, name] of node.outputs.entries()) {
      const known = outputs[i];
      if (name === "" || !known) continue;
      this.#taken.add(name);
      this.#known.set(name, known);
      if (folded && known.constant) this.#initializers.set(name, toTensor(known.constant));
    }
    if (!folded) this.#nodes.push(node);
  }

  /** A node with one output; answers its name. */
  op(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.ops(opType, inputs, 1, attributes)[0]!;
  }

  ops(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
  ): readonly string[] {
    const key = JSON.stringify([opType, inputs, outputs, attributes]);
    const made = this.#made.get(key);
    if (made) return made;
    const names = Array.from({ length: outputs }, () => this.fresh(opType.toLowerCase()));
    this.append({ opType, name: names[0]!, inputs, outputs: names, attributes });
    this.#made.set(key, names);
    return names;
  }

  fresh(hint: string): string {
    const full = this.scope === "" ? hint : `${this.scope}/${hint}`;
    for (let n = this.#counters.get(full) ?? 0; ; n++) {
      const name = n === 0 ? full : `${full}_${n}`;
      if (this.#taken.has(name)) continue;
      this.#counters.set(full, n + 1);
      this.#taken.add(name);
      return name;
    }
  }

  /** A constant tensor; equal ones are one initializer. */
  literal(dtype: DType, shape: readonly number[], data: Iterable<number>): string {
    const numbers = Float64Array.from(data);
    const key = JSON.stringify(["literal", dtype, shape, [...numbers].map(String)]);
    const made = this.#made.get(key);
    if (made) return made[0]!;
    const scope = this.scope;
    this.scope = "";
    const name = this.fresh("constant");
    this.scope = scope;
    this.initializer(name, toTensor(value(dtype, shape, numbers)));
    this.#made.set(key, [name]);
    return name;
  }

  ints = (values: readonly number[]): string => this.literal("int64", [values.length], values);
  /** A scalar of the dtype that `like` has. */
  scalar = (number: number, like: string): string => this.literal(this.dtype(like), [], [number]);
  zeros = (shape: readonly number[], like: string): string =>
    this.expand(
      this.literal(
        this.dtype(like),
        shape.map(() => 1),
        [0],
      ),
      shape,
    );

  /** The number that every element of a constant has; undefined for anything else. */
  #uniform(name: string): number | undefined {
    const data = this.constant(name)?.data;
    return data && data.length > 0 && data.every((v) => v === data[0]) ? data[0] : undefined;
  }

  /** Whether `name` broadcast with `other` still has the shape of `name`. */
  #absorbs(name: string, other: string): boolean {
    const [a, b] = [this.shape(name), this.shape(other)];
    return b.length <= a.length && b.every((size, i) => size === 1 || size === a[a.length - b.length + i]);
  }

  /**
   * A single number beside a tensor whose last axes are 1, such as the kernel of a 1 x 1 convolution, gets its rank:
   * onnxruntime broadcasts along the last axis that both have, which would be element by element, 20 times slower.
   */
  #binary(opType: string, a: string, b: string): string {
    const like = (number: string, other: string) => {
      const [own, shape] = [this.shape(number), this.shape(other)];
      const stretched = this.size(number) === 1 && own.length < shape.length && shape.at(-1) === 1;
      return stretched ? this.reshape(number, new Array<number>(shape.length).fill(1)) : number;
    };
    return this.op(opType, [like(a, b), like(b, a)]);
  }

  add(a: string, b: string): string {
    if (this.#uniform(b) === 0 && this.#absorbs(a, b)) return a;
    if (this.#uniform(a) === 0 && this.#absorbs(b, a)) return b;
    return this.#binary("Add", a, b);
  }
  sub(a: string, b: string): string {
    return this.#uniform(b) === 0 && this.#absorbs(a, b) ? a : this.#binary("Sub", a, b);
  }
  mul(a: string, b: string): string {
    if (this.#uniform(b) === 1 && this.#absorbs(a, b)) return a;
    if (this.#uniform(a) === 1 && this.#absorbs(b, a)) return b;
    return this.#binary("Mul", a, b);
  }
  div(a: string, b: string): string {
    return this.#uniform(b) === 1 && this.#absorbs(a, b) ? a : this.#binary("Div", a, b);
  }
  neg = (a: string): string => this.op("Neg", [a]);
  scale = (a: string, factor: number): string => this.mul(a, this.scalar(factor, a));
  where = (condition: string, a: string, b: string): string => this.op("Where", [condition, a, b]);
  /** `a` where the condition holds, else 0. */
  only = (condition: string, a: string): string => this.where(condition, a, this.scalar(0, a));

  cast(a: string, dtype: DType): string {
    return this.dtype(a) === dtype ? a : this.op("Cast", [a], { to: int(codeOf(dtype)) });
  }
  reshape(a: string, shape: readonly number[]): string {
    if (this.shape(a).join() === shape.join()) return a;
    return this.op("Reshape", [a, this.ints(shape)], shape.includes(0) ? { allowzero: int(1) } : {});
  }
  expand(a: string, shape: readonly number[]): string {
    return this.shape(a).join() === shape.join() ? a : this.op("Expand", [a, this.ints(shape)]);
  }
  transpose(a: string, perm: readonly number[]): string {
    return perm.every((axis, i) => axis === i) ? a : this.op("Transpose", [a], { perm: ints(perm) });
  }
  sum(a: string, axes: readonly number[], keepdims = true): string {
    return this.#reduce("ReduceSum", a, axes, keepdims);
  }
  mean(a: string, axes: readonly number[], keepdims = true): string {
    return this.#reduce("ReduceMean", a, axes, keepdims);
  }
  max(a: string, axes: readonly number[], keepdims = true): string {
    return this.#reduce("ReduceMax", a, axes, keepdims);
  }
  #reduce(opType: string, a: string, axes: readonly number[], keepdims: boolean): string {
    if (axes.length === 0) return a;
    const shape = this.shape(a);
    const size = axes.reduce((product, axis) => product * shape[axis]!, 1);
    if (size === 1) {
      return this.reshape(
        a,
        keepdims
          ? shape.map((s, i) => (axes.includes(i) ? 1 : s))
          : shape.filter((_, i) => !axes.includes(i)),
      );
    }
    return this.op(opType, [a, this.ints(axes)], { keepdims: int(keepdims ? 1 : 0) });
  }
  concat(parts: readonly string[], axis: number): string {
    return parts.length === 1 ? parts[0]! : this.op("Concat", parts, { axis: int(axis) });
  }
  matMul = (a: string, b: string): string => this.op("MatMul", [a, b]);
  gemm(a: string, b: string, { transA = 0, transB = 0, alpha = 1 } = {}): string {
    const attributes: Record<string, Attribute> = {};
    if (transA) attributes.transA = int(1);
    if (transB) attributes.transB = int(1);
    if (alpha !== 1) attributes.alpha = float(alpha);
    return this.op("Gemm", [a, b], attributes);
  }
  /** Slices by (axis, start, step, count). */
  slice(a: string, ranges: readonly { axis: number; start: number; step: number; count: number }[]): string {
    const shape = this.shape(a);
    const real = ranges.filter((r) => r.start !== 0 || r.step !== 1 || r.count !== shape[r.axis]);
    if (real.length === 0) return a;
    // The end of a backward slice that reaches element 0 has no index: far below zero means "all the way".
    const end = (r: (typeof real)[number]) => {
      const last = r.start + (r.count - 1) * r.step;
      return r.step > 0 ? last + 1 : last === 0 ? -(2 ** 31 - 1) : last - 1;
    };
    return this.op("Slice", [
      a,
      this.ints(real.map((r) => r.start)),
      this.ints(real.map(end)),
      this.ints(real.map((r) => r.axis)),
      this.ints(real.map((r) => r.step)),
    ]);
  }
  /** Zeros, or `fill`, around; negative amounts cut. */
  pad(a: string, begin: readonly number[], end: readonly number[], fill = 0): string {
    const cut = this.slice(
      a,
      this.shape(a).map((size, axis) => {
        const [b, e] = [Math.max(0, -begin[axis]!), Math.max(0, -end[axis]!)];
        return { axis, start: b, step: 1, count: size - b - e };
      }),
    );
    const amounts = [...begin, ...end].map((v) => Math.max(0, v));
    if (amounts.every((v) => v === 0)) return cut;
    return this.op("Pad", [cut, this.ints(amounts), ...(fill === 0 ? [] : [this.scalar(fill, a)])]);
  }

  /** Whether a feature map was computed with its images side by side. */
  isSideBySide = (map: string): boolean => this.#madeSideBySide.has(map);
  /** [N, C, H, W] as [C, H, N, W]. */
  sideBySide(map: string): string {
    const known = this.#sideBySide.get(map);
    if (known) return known;
    const [n, c, h, w] = this.shape(map) as [number, number, number, number];
    // Where at most one axis is long, or there is one image, no number moves.
    const still = n === 1 || [n, c, h, w].filter((size) => size > 1).length <= 1;
    const made = still ? this.reshape(map, [c, h, n, w]) : this.transpose(map, TO_SIDE_BY_SIDE);
    this.#sideBySide.set(map, made);
    return made;
  }
  /** [C, H, N, W] as [N, C, H, W], under the name `output` if one is given; what is computed from it stays side by side. */
  toNchw(map: string, output = this.fresh("nchw")): string {
    this.#sideBySide.set(output, map);
    this.#madeSideBySide.add(output);
    const attributes = { perm: ints(TO_APART) };
    this.#appendAsIs({ opType: "Transpose", name: output, inputs: [map], outputs: [output], attributes });
    return output;
  }

  /**
   * a * by, where `by` holds a number a channel, [1, C, 1, ...]. What a is multiplied by is remembered: an operator that
   * is linear in it may rather multiply something smaller.
   */
  mulChannels(a: string, by: string): string {
    const product = this.mul(a, by);
    if (product !== a) this.#factors.set(product, { value: a, by });
    return product;
  }
  /** The factors of what `mulChannels` made; undefined for anything else. */
  factors = (product: string): { readonly value: string; readonly by: string } | undefined =>
    this.#factors.get(product);

  /** The graph with these outputs, without anything they do not need. */
  build(outputs: readonly string[], metadata?: Readonly<Record<string, string>>): Graph {
    const graph = prune({
      name: this.#name,
      opset: OPSET,
      inputs: this.#inputs,
      outputs: outputs.map((name) => ({ name, ...this.info(name) })),
      initializers: this.#initializers,
      nodes: namedAtTheirSource(this.#nodes, outputs),
      ...(metadata ? { metadata } : {}),
    });
    validateGraph(graph);
    return graph;
  }
}

/**
 * Values that an Identity only gives the name of an output get that name where they are made: onnxruntime would copy
 * them, which for the weights and their momenta is a pass over all of them.
 */
function namedAtTheirSource(nodes: readonly Node[], outputs: readonly string[]): Node[] {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const names = new Map<string, string>();
  for (const { opType, inputs, outputs: given } of nodes) {
    const [from, to] = [inputs[0]!, given[0]!];
    if (opType !== "Identity" || !outputs.includes(to)) continue;
    if (made.has(from) && !outputs.includes(from) && !names.has(from)) names.set(from, to);
  }
  const renamed = (name: string) => names.get(name) ?? name;
  return nodes
    .filter((node) => !(node.opType === "Identity" && names.get(node.inputs[0]!) === node.outputs[0]))
    .map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) }));
}

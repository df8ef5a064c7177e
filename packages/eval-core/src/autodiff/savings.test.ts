/**
 * What gradient graphs save, for all graphs: a convolution with an average pool behind it as one convolution, the gradient
 * of doubling by nearest neighbour as an average pool, and the taps of large kernels a few channels at a time. Each has
 * the numbers that it has without.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphBuilder, int, ints, string } from "../onnx/index.ts";
import type { Graph } from "../onnx/ir.ts";
import { type AnyTensor, SeededRandom, sizeOf, tensor } from "../tensor/index.ts";
import { count } from "../tensor/testing/counts.ts";
import { Emitter } from "./emitter.ts";
import { windowsOf } from "./geometry.ts";
import { gradient } from "./gradient.ts";
import { fromTensor, interpret } from "./reference/index.ts";
import { kernelGradient } from "./rules/convolution.ts";

const SEED = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 1_000_000_007);
const RUNS = count(40, 200);

const random = new SeededRandom(11);
const numbers = (shape: readonly number[]): AnyTensor =>
  tensor(
    "float32",
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)),
  );

const operators = (graph: Graph, opType: string) => graph.nodes.filter((node) => node.opType === opType);

interface Pooled {
  readonly rank: number;
  readonly kernel: readonly number[];
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly extra: readonly number[];
  readonly group: number;
  readonly bias: boolean;
}

const pooledCases = fc.integer({ min: 1, max: 2 }).chain((rank) => {
  const list = (min: number, max: number, length = rank) =>
    fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });
  return fc.record({
    rank: fc.constant(rank),
    kernel: list(1, 5),
    window: list(1, 3),
    strides: list(1, 3),
    pads: list(0, 2, 2 * rank),
    extra: list(0, 5),
    group: fc.integer({ min: 1, max: 2 }),
    bias: fc.boolean(),
  });
});

/** The mean square of pool(conv(x)); `apart` answers the convolution too, so that it has to be computed. */
function pooledConvolution(
  { kernel, window, strides, pads, extra, group, bias }: Pooled,
  apart: boolean,
): Graph {
  const g = new GraphBuilder("pooled");
  const sizes = kernel.map((k, i) => k + window[i]! + extra[i]!);
  const x = g.input("x", "float32", [2, 2 * group, ...sizes]);
  const w = g.input("w", "float32", [3 * group, 2, ...kernel]);
  const inputs = bias ? [x, w, g.input("b", "float32", [3 * group])] : [x, w];
  const map = g.op("Conv", inputs, { kernel_shape: ints(kernel), pads: ints(pads), group: int(group) });
  const pooled = g.op("AveragePool", [map], { kernel_shape: ints(window), strides: ints(strides) });
  g.op("ReduceMean", [g.op("Mul", [pooled, pooled])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  if (apart) g.output(map, "float32", [2, 3 * group, ...kernel.map(() => "S")]);
  return g.build();
}

describe(`a convolution and the average pool behind it, seed ${SEED}`, () => {
  it("have the loss and the gradients that they have one by one", () => {
    fc.assert(
      fc.property(pooledCases, (one) => {
        const by = one.bias ? ["x", "w", "b"] : ["x", "w"];
        const [together, apart] = [false, true].map((separate) => pooledConvolution(one, separate));
        const feeds = new Map(
          together!.inputs.map(({ name, shape }) => [name, fromTensor(numbers(shape as number[]))] as const),
        );
        const found = interpret(gradient(together!, { loss: "loss", wrt: by }), feeds);
        const expected = interpret(gradient(apart!, { loss: "loss", wrt: by }), feeds);
        for (const [name, { data, shape }] of found) {
          const wanted = expected.get(name)!;
          expect(shape, name).toEqual(wanted.shape);
          // To seven digits: 1/3 of a pool is rounded to float32, as an operator's constant is.
          for (const [i, value] of data.entries()) expect(value, name).toBeCloseTo(wanted.data[i]!, 7);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  const plain: Pooled = {
    rank: 2,
    kernel: [7, 7],
    window: [2, 2],
    strides: [2, 2],
    pads: [3, 3, 3, 3],
    extra: [7, 7],
    group: 1,
    bias: false,
  };
  it("are one convolution of the pool's stride, whose kernel is one larger", () => {
    const { nodes } = gradient(pooledConvolution(plain, false), { loss: "loss", wrt: ["w"] });
    const [convolution, ...others] = nodes.filter((node) => node.outputs[0] === "averagepool");
    expect(others).toEqual([]);
    expect(convolution).toMatchObject({
      opType: "Conv",
      attributes: { kernel_shape: { value: [8, 8] }, strides: { value: [2, 2] } },
    });
  });

  it("stay two where the larger kernel would cost more", () => {
    const graph = pooledConvolution({ ...plain, kernel: [1, 1], pads: [0, 0, 0, 0] }, false);
    expect(operators(gradient(graph, { loss: "loss", wrt: ["w"] }), "AveragePool")).toHaveLength(1);
  });
});

describe("doubling by nearest neighbour", () => {
  it.each([
    ["asymmetric", "floor"],
    ["half_pixel", "round_prefer_floor"],
  ])("has an average pool for its gradient, %s, %s", (coordinates, rounding) => {
    const g = new GraphBuilder("doubled");
    const x = g.input("x", "float32", [1, 2, 3, 4]);
    const scales = g.initializer("scales", tensor("float32", [4], Float32Array.of(1, 1, 2, 2)));
    const y = g.op("Resize", [x, undefined, scales], {
      mode: string("nearest"),
      coordinate_transformation_mode: string(coordinates),
      nearest_mode: string(rounding),
    });
    const weights = numbers([1, 2, 6, 8]);
    g.op(
      "ReduceSum",
      [g.op("Mul", [y, g.input("weights", "float32", [1, 2, 6, 8])])],
      { keepdims: int(0) },
      { output: "loss" },
    );
    g.output("loss", "float32", []);
    const graph = gradient(g.build(), { loss: "loss", wrt: ["x"] });
    expect(operators(graph, "AveragePool")).toHaveLength(1);
    expect(operators(graph, "MatMul")).toEqual([]);
    const feeds = new Map([
      ["x", fromTensor(numbers([1, 2, 3, 4]))],
      ["weights", fromTensor(weights)],
    ]);
    const found = interpret(graph, feeds).get("gradient/x")!.data;
    const weight = (c: number, row: number, column: number) =>
      Number(weights.data[(c * 6 + row) * 8 + column]);
    for (const [i, value] of found.entries()) {
      const [c, row, column] = [Math.floor(i / 12), 2 * (Math.floor(i / 4) % 3), 2 * (i % 4)];
      const copies = [weight(c, row, column), weight(c, row, column + 1)];
      copies.push(weight(c, row + 1, column), weight(c, row + 1, column + 1));
      expect(value).toBeCloseTo(
        copies.reduce((a, b) => a + b, 0),
        12,
      );
    }
  });
});

describe("the gradient by a large kernel", () => {
  it.each([1, 3])("is the same a few channels at a time, of %i images", (batch) => {
    const [x, dy] = [numbers([batch, 5, 9, 8]), numbers([batch, 2, 9, 8])];
    const convolution = { opType: "Conv", inputs: [], outputs: [], attributes: { pads: ints([2, 2, 2, 2]) } };
    const windows = windowsOf(convolution, [9, 8], [5, 5]);
    // Of all channels at once; of two; of one, for less than one cannot be.
    const [whole, ...parts] = [Number.POSITIVE_INFINITY, 2 * batch * 25 * 72, 1].map((mostTaps) => {
      const e = new Emitter("kernel");
      e.input("x", { dtype: "float32", shape: x.shape });
      e.input("dy", { dtype: "float32", shape: dy.shape });
      const made = kernelGradient(e, "x", "dy", windows, 1, mostTaps);
      const graph = e.build([made]);
      const feeds = new Map([
        ["x", fromTensor(x)],
        ["dy", fromTensor(dy)],
      ]);
      return { graph, ...interpret(graph, feeds).get(made)! };
    });
    for (const [i, part] of parts.entries()) {
      expect(part.shape).toEqual([2, 5, 5, 5]);
      expect(operators(part.graph, "Gather")).toHaveLength([3, 5][i]!);
      for (const [at, value] of part.data.entries()) expect(value).toBeCloseTo(whole!.data[at]!, 12);
    }
  });
});

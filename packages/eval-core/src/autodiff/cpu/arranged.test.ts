/**
 * Gradient graphs arranged for a CPU: the same numbers as arranged for any device, over random residual blocks, and
 * arranged as is meant. That they are right is held by finite differences (rules.test.ts) and by PyTorch's gradients of
 * whole networks (networks.test.ts).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float, GraphBuilder, int, ints } from "../../onnx/index.ts";
import type { Graph } from "../../onnx/ir.ts";
import { type AnyTensor, SeededRandom, sizeOf, tensor } from "../../tensor/index.ts";
import { count as runs } from "../../tensor/testing/counts.ts";
import { intsOf } from "../attributes.ts";
import { gradient } from "../gradient.ts";
import { fromTensor, interpret } from "../reference/index.ts";

interface Block {
  readonly batch: number;
  readonly size: number;
  readonly inputs: number;
  readonly inner: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
}

const SEED = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 1_000_000_007);

/** relu(norm(conv1x1(relu(norm(conv(relu(norm(conv1x1 x))))))) + norm(conv1x1 x)), squared and averaged. */
function residualBlock({ batch, size, inputs, inner, outputs, kernel, stride }: Block): Graph {
  const random = new SeededRandom(7);
  const weight = (name: string, shape: number[], low = -1, high = 1) =>
    g.initializer(
      name,
      tensor(
        "float32",
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(low, high)),
      ) as AnyTensor,
    );
  const g = new GraphBuilder("block");
  const x = g.input("x", "float32", [batch, inputs, size, size]);
  const convolved = (from: string, name: string, [o, i, k, s]: [number, number, number, number]) => {
    const pad = (k - 1) >> 1;
    const attributes = {
      kernel_shape: ints([k, k]),
      strides: ints([s, s]),
      pads: ints([pad, pad, pad, pad]),
    };
    const made = g.op("Conv", [from, weight(name, [o, i, k, k])], attributes);
    const statistics = [`${name}/mean`, `${name}/var`].map((s) => weight(s, [o], 0.5, 1));
    const parameters = [weight(`${name}/scale`, [o]), weight(`${name}/bias`, [o]), ...statistics];
    return g.ops("BatchNormalization", [made, ...parameters], 3, {
      training_mode: int(1),
      // Exact in float32, so that both arrangements have the same, whether as an attribute or as a constant.
      epsilon: float(0.125),
    })[0]!;
  };
  const relu = (from: string) => g.op("Relu", [from]);
  const first = relu(convolved(x, "first", [inner, inputs, 1, 1]));
  const second = relu(convolved(first, "second", [inner, inner, kernel, stride]));
  const third = convolved(second, "third", [outputs, inner, 1, 1]);
  const y = relu(g.op("Add", [third, convolved(x, "shortcut", [outputs, inputs, 1, stride])]));
  g.op("ReduceMean", [g.op("Mul", [y, y])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  return g.build();
}

const by = (graph: Graph) =>
  [...graph.initializers.keys()].filter((name) => !/mean|var/.test(name)).concat("x");

describe(`a residual block arranged for a CPU, seed ${SEED}`, () => {
  it("has the gradients that it has for any device", () => {
    const blocks = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      size: fc.integer({ min: 3, max: 6 }),
      inputs: fc.integer({ min: 1, max: 4 }),
      inner: fc.integer({ min: 1, max: 3 }),
      outputs: fc.integer({ min: 1, max: 4 }),
      kernel: fc.constantFrom(1, 3),
      stride: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(blocks, (block) => {
        const graph = residualBlock(block);
        const random = new SeededRandom(3);
        const shape = [block.batch, block.inputs, block.size, block.size];
        const x = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1));
        const feeds = new Map([["x", fromTensor(tensor("float32", shape, x) as AnyTensor)]]);
        for (const [name, value] of graph.initializers) feeds.set(name, fromTensor(value));
        const answers = [false, true].map((forCpu) =>
          interpret(gradient(graph, { loss: "loss", wrt: by(graph), forCpu }), feeds),
        );
        for (const [name, { data }] of answers[0]!) {
          const found = answers[1]!.get(name)!.data;
          // Gradients may be 0.
          const size = data.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
          for (const [i, v] of data.entries())
            expect(Math.abs(found[i]! - v) / size, name).toBeLessThan(1e-9);
        }
      }),
      { numRuns: runs(30, 100), seed: SEED },
    );
  });

  it.each([
    ["strides", { strides: ints([2, 2]) }, 3],
    ["pads", { pads: ints([1, 0, 0, 1]) }, 3],
    ["makes two of each channel", {}, 6],
  ])("keeps images apart for a convolution in groups that %s", (_, attributes, outputs) => {
    const g = new GraphBuilder("grouped");
    const numbers = (shape: number[]) =>
      tensor(
        "float32",
        shape,
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
      ) as AnyTensor;
    const x = g.input("x", "float32", [2, 2, 4, 4]);
    const map = g.op("Conv", [x, g.initializer("w", numbers([3, 2, 1, 1]))]);
    const kernel = g.initializer("v", numbers([outputs, 1, 1, 1]));
    const y = g.op("Conv", [map, kernel], { group: int(3), ...attributes });
    g.op("ReduceMean", [g.op("Mul", [y, y])], { keepdims: int(0) }, { output: "loss" });
    g.output("loss", "float32", []);
    const graph = g.build();
    const feeds = new Map([["x", fromTensor(numbers([2, 2, 4, 4]))]]);
    for (const [name, value] of graph.initializers) feeds.set(name, fromTensor(value));
    const [apart, arranged] = [false, true].map((forCpu) =>
      interpret(gradient(graph, { loss: "loss", wrt: ["x", "w", "v"], forCpu }), feeds),
    );
    for (const [name, { data }] of apart!)
      for (const [i, v] of data.entries()) expect(arranged!.get(name)!.data[i], name).toBeCloseTo(v, 12);
  });

  const block = { batch: 2, size: 4, inputs: 4, inner: 2, outputs: 8, kernel: 3, stride: 1 };
  const graph = residualBlock(block);
  const { nodes } = gradient(graph, { loss: "loss", wrt: by(graph), forCpu: true });
  const count = (operator: string) => nodes.filter(({ opType }) => opType === operator).length;

  it("turns the images on the way in and on the way out, and nothing between", () => {
    // x, its gradient, and the squares that the loss averages; what else is turned is kernels.
    const turned = nodes
      .filter(({ opType }) => opType === "Transpose")
      .map((node) => intsOf(node, "perm")!.join());
    expect(turned.filter((perm) => perm === "1,2,0,3" || perm === "2,0,1,3")).toHaveLength(3);
  });

  it("reads the taps of the 3 x 3 convolution once, for its product and for its kernel's gradient", () => {
    expect(count("Gather")).toBe(1);
    expect(count("BatchNormalization")).toBe(0);
  });
});

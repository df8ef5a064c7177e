/** What a gradient graph is, and what is refused: one clear sentence each. */
import { describe, expect, it } from "vitest";
import { GraphBuilder, int, ints } from "../onnx/index.ts";
import type { Graph } from "../onnx/ir.ts";
import { tensor } from "../tensor/tensor.ts";
import { gradient, gradientName } from "./gradient.ts";
import { interpret, value } from "./reference/index.ts";
import { inferShapes } from "./shapes/index.ts";

const matrix = (rows: number, columns: number) =>
  tensor(
    "float32",
    [rows, columns],
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1)),
  );

/** loss = mean((x W)^2), with whatever `change` does in between. */
function affine(change: (g: GraphBuilder, y: string) => string = (_, y) => y): Graph {
  const g = new GraphBuilder("affine");
  const x = g.input("x", "float32", ["N", 3]);
  const y = change(g, g.op("MatMul", [x, g.initializer("w", matrix(3, 2))], {}, { output: "y" }));
  g.op("ReduceMean", [g.op("Mul", [y, y])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  return g.build();
}
const by = { loss: "loss", wrt: ["w"], dimensions: { N: 4 } };

describe("a gradient graph", () => {
  it("takes its weights as plain inputs and answers everything that the graph did, and the gradients", () => {
    const made = gradient(affine(), by);
    expect(made.inputs.map((i) => i.name)).toEqual(["x", "w"]);
    expect(made.initializers.has("w")).toBe(false);
    expect(made.outputs.map((o) => o.name)).toEqual(["loss", gradientName("w")]);
    expect(made.opset).toBe(18);
  });

  it("computes each forward node once and drops what nothing needs", () => {
    const graph = affine((g, y) => {
      g.op("Exp", [y], {}, { output: "unused" });
      return g.op("Tanh", [y]);
    });
    const operators = gradient(graph, by).nodes.map((n) => n.opType);
    expect(operators.filter((o) => o === "Tanh")).toHaveLength(1);
    expect(operators).not.toContain("Exp");
  });

  it("sums where a value fans out", () => {
    const x = value(
      "float32",
      [4, 3],
      Float64Array.from({ length: 12 }, (_, i) => i / 7),
    );
    const w = value("float32", [3, 2], [...matrix(3, 2).data]);
    const run = (graph: Graph) =>
      interpret(
        gradient(graph, by),
        new Map([
          ["x", x],
          ["w", w],
        ]),
      ).get(gradientName("w"))!;
    const once = run(affine());
    const doubled = run(affine((g, y) => g.op("Add", [y, y])));
    for (const [i, v] of doubled.data.entries()) expect(v).toBeCloseTo(4 * once.data[i]!, 10);
  });

  it("computes nothing for what is not asked for", () => {
    const g = new GraphBuilder("two");
    const hidden = g.op("Relu", [
      g.op("MatMul", [g.input("x", "float32", [4, 3]), g.initializer("first", matrix(3, 2))]),
    ]);
    const y = g.op("MatMul", [hidden, g.initializer("second", matrix(2, 2))]);
    g.output(g.op("ReduceSum", [y], { keepdims: int(0) }, { output: "loss" }), "float32", []);
    const graph = g.build();
    const all = gradient(graph, { loss: "loss", wrt: ["first", "second"] }).nodes.length;
    const last = gradient(graph, { loss: "loss", wrt: ["second"] }).nodes;
    expect(last.length).toBeLessThan(all);
    expect(last.map((n) => n.opType)).not.toContain("Greater");
  });

  it("follows shapes that the graph computes", () => {
    const g = new GraphBuilder("dynamic");
    const x = g.input("x", "float32", ["N", 2, 3]);
    const batch = g.op("Gather", [g.op("Shape", [x]), g.ints([0])], { axis: int(0) });
    const shape = g.op("Concat", [batch, g.ints([-1])], { axis: int(0) });
    g.output(g.op("Reshape", [x, shape], {}, { output: "flat" }), "float32", ["N", 6]);
    expect(inferShapes(g.build(), { N: 5 }).get("flat")!.shape).toEqual([5, 6]);
  });
});

describe("refusals", () => {
  it("names an operator that is not supported, and where it stands", () => {
    const graph = affine((g, y) => g.op("Det", [y], {}, { name: "head/det", output: "d" }));
    expect(() => gradient(graph, by)).toThrow(
      /^Det 'head\/det' \(makes 'd'\): operator 'Det' is not supported; supported are Abs, /,
    );
  });
  it("names a loss that is not a scalar", () => {
    expect(() => gradient(affine(), { ...by, loss: "y" })).toThrow(
      "the loss 'y' must be one float, found float32 [4,2]: reduce it, by ReduceMean for instance",
    );
  });
  it("names a parameter that does not influence the loss", () => {
    const graph = affine((g, y) => {
      g.op("Relu", [g.initializer("idle", matrix(2, 2))]);
      return y;
    });
    expect(() => gradient(graph, { ...by, wrt: ["w", "idle"] })).toThrow(
      "'idle' does not influence the loss 'loss': freeze it, or leave it out",
    );
  });
  it("names the dimension that does not fit", () => {
    const graph = affine((g, y) =>
      g.op("MatMul", [y, g.initializer("v", matrix(3, 2))], {}, { name: "second" }),
    );
    expect(() => gradient(graph, by)).toThrow(
      "MatMul 'second' (makes 'matmul'): 'y' [4,2] and 'v' [3,2] do not multiply",
    );
    const conv = new GraphBuilder("conv");
    const x = conv.input("x", "float32", [1, 4, 8, 8]);
    const w = conv.initializer("w", tensor("float32", [2, 3, 3, 3], new Float32Array(54)));
    conv.output(
      conv.op("Conv", [x, w], { pads: ints([1, 1, 1, 1]) }, { name: "stem", output: "y" }),
      "float32",
      [],
    );
    expect(() => inferShapes(conv.build())).toThrow(
      "Conv 'stem' (makes 'y'): 'x' dimension 1 must be 3, found 4",
    );
  });
  it("names a symbolic dimension without a size", () => {
    expect(() => gradient(affine(), { loss: "loss", wrt: ["w"] })).toThrow(
      "dimension 'N' of input 'x' has no size: give it one, as in { dimensions: { N: 8 } }",
    );
  });
  it("names a parameter that is not in the graph", () => {
    expect(() => gradient(affine(), { ...by, wrt: ["v"] })).toThrow(
      "'v' is neither an input nor a weight of graph 'affine'",
    );
  });
});

describe("a convolution that onnxruntime would get wrong on WebGPU", () => {
  /** The gradient of sum(Conv(x, w)), x [1, 1, 2, 2] of ones, by x: its convolutions, and the loss. */
  function ones(kernel: readonly number[], pads: readonly number[]) {
    const g = new GraphBuilder("convolution");
    const x = g.input("x", "float32", [1, 1, 2, 2]);
    const w = g.input("w", "float32", [1, 1, ...kernel]);
    g.op("Conv", [x, w], { pads: ints([...pads]), strides: ints([3, 1]) }, { output: "y" });
    g.op("ReduceSum", ["y"], { keepdims: int(0) }, { output: "loss" });
    g.output("loss", "float32", []);
    const graph = gradient(g.build(), { loss: "loss", wrt: ["x"] });
    const one = (shape: readonly number[]) =>
      value("float32", shape, new Float64Array(shape.reduce((size, n) => size * n, 1)).fill(1));
    const feeds = new Map([
      ["x", one([1, 1, 2, 2])],
      ["w", one([1, 1, ...kernel])],
    ]);
    const answers = interpret(graph, feeds);
    return {
      convolutions: graph.nodes.filter((n) => n.opType === "Conv" || n.opType === "ConvTranspose"),
      loss: answers.get("loss")!.data[0],
    };
  }

  it("has no padding left that could be dropped: kernel as large as the image, padded at the ends", () => {
    const { convolutions, loss } = ones([2, 2], [0, 0, 3, 1]);
    expect(convolutions[0]!.attributes.pads).toBeUndefined();
    // Windows of 4 and 2 ones above; the row of windows 3 further down reads padding alone.
    expect(loss).toBe(6);
  });

  it("keeps the padding that is not dropped", () => {
    const { convolutions, loss } = ones([2, 2], [1, 0, 0, 1]);
    expect(convolutions[0]!.attributes.pads).toEqual(ints([1, 0, 0, 1]));
    expect(loss).toBe(3);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnyTensor, tensor } from "../tensor/tensor.ts";
import { count } from "../tensor/testing/counts.ts";
import { allocate, anyTensor, bytesOf, dtypes } from "../tensor/typed-array.ts";
import { float, floats, int, ints, string, strings, tensorAttribute } from "./attributes.ts";
import { GraphBuilder } from "./builder.ts";
import { OnnxError } from "./errors.ts";
import type { Graph } from "./ir.ts";
import { readModel } from "./read.ts";
import { validateGraph } from "./validate.ts";
import { writeModel } from "./write.ts";

const weight = tensor("float32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));

function affine(): Graph {
  const g = new GraphBuilder("affine");
  const x = g.input("x", "float32", ["N", 3]);
  const y = g.op("Gemm", [x, g.initializer("weight", weight), undefined], {
    transB: int(1),
    alpha: float(0.5),
  });
  g.output(g.op("Relu", [y], {}, { output: "y", name: "last" }), "float32", ["N", 2]);
  g.metadata({ source: "a test" });
  return g.build();
}

describe("writing and reading back", () => {
  it("keeps everything a graph holds", () => {
    const graph = affine();
    expect(readModel(writeModel(graph))).toEqual({
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node })),
    });
  });

  it("keeps every kind of attribute, and integers to the end of int64", () => {
    const g = new GraphBuilder("attributes");
    g.output(
      g.op("Anything", [g.input("x", "int64", [])], {
        a: int(-3),
        b: int(Number.POSITIVE_INFINITY),
        c: float(1.5),
        d: string("häuser"),
        e: ints([0, -1, 2 ** 40]),
        f: floats([0.25, -8]),
        g: strings(["", "b"]),
        h: tensorAttribute(tensor("int64", [1], BigInt64Array.of(-(2n ** 63n)))),
        i: ints([]),
      }),
      "int64",
      [],
    );
    const graph = g.build();
    const [node] = readModel(writeModel(graph)).nodes;
    expect(node!.attributes).toEqual({ ...graph.nodes[0]!.attributes, b: int(2 ** 63) });
  });

  it("keeps every dtype, bit for bit, wherever it lies in the file", () => {
    for (const dtype of dtypes) {
      const g = new GraphBuilder("weights");
      const data = allocate(dtype, 5);
      crypto.getRandomValues(bytesOf(data) as Uint8Array<ArrayBuffer>);
      g.initializer("one byte more or less", tensor("uint8", [3], Uint8Array.of(1, 2, 3)));
      g.initializer("w", anyTensor(dtype, [5], data));
      g.initializer("empty", anyTensor(dtype, [0, 4], allocate(dtype, 0)));
      g.output(g.op("Identity", ["w"]), dtype, [5]);
      const back = readModel(writeModel(g.build()));
      expect(back.initializers.get("w")!.dtype).toBe(dtype);
      expect(bytesOf(back.initializers.get("w")!.data)).toEqual(bytesOf(data));
      expect(back.initializers.get("empty")!.shape).toEqual([0, 4]);
      expect(back.outputs[0]!.dtype).toBe(dtype);
    }
  });

  it("keeps random chains of nodes (property)", () => {
    const name = fc.string({ minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { maxLength: 8 }), (steps) => {
        const g = new GraphBuilder("random");
        let value = g.input("in", "float32", ["N"]);
        for (const [op, hint] of steps)
          value = g.op(op, [value, g.constant(weight, hint)], { [hint]: int(1) });
        g.output(value, "float32", ["N"]);
        const graph = g.build();
        expect(readModel(writeModel(graph))).toEqual(graph);
      }),
      { numRuns: 100 },
    );
  });

  it("declares the operator set of every domain", () => {
    const g = new GraphBuilder("domains");
    g.output(g.op("Thing", [g.input("x", "float32", [1])], {}, { domain: "com.example" }), "float32", [1]);
    const text = Buffer.from(writeModel(g.build())).toString("latin1");
    expect(text).toContain("com.example\u0010\u0001");
  });
});

describe("GraphBuilder", () => {
  it("gives fresh names, shares equal small constants, and goes on from a graph", () => {
    const g = GraphBuilder.from(affine(), { outputs: false, name: "longer" });
    expect(g.fresh("y")).toBe("y_1");
    expect(g.fresh("y")).toBe("y_2");
    expect(g.ints([1, 2])).toBe(g.ints([1, 2]));
    expect(g.float(1)).not.toBe(g.float(2));
    expect(g.float(0)).not.toBe(g.float(-0));
    const [low, high] = g.ops("Split", ["y"], 2, { axis: int(1) });
    g.output(g.op("Add", [low, high]), "float32", ["N", 1]);
    const graph = g.build();
    expect(graph.nodes.map((node) => node.opType)).toEqual(["Gemm", "Relu", "Split", "Add"]);
    expect(graph.metadata).toEqual({ source: "a test" });
    expect(graph.outputs).toHaveLength(1);
  });

  it("refuses a name that is taken", () => {
    const g = GraphBuilder.from(affine());
    expect(() => g.initializer("x", weight)).toThrow(/'x' is taken already/);
    expect(() => g.op("Relu", ["x"], {}, { output: "y" })).toThrow(/'y' is taken already/);
  });
});

describe("validation", () => {
  const graph = affine();
  const [gemm, relu] = graph.nodes;
  it.each<[string, Partial<Graph>, RegExp]>([
    ["a dangling name", { inputs: [] }, /Gemm node \(number 0\) reads 'x', which nothing defines/],
    [
      "nodes out of order",
      { nodes: [relu!, gemm!] },
      /Relu node 'last' \(number 0\) reads 'gemm', which only Gemm node \(number 1\) defines: sort/,
    ],
    ["a name defined twice", { nodes: [gemm!, relu!, relu!] }, /'y' is defined twice, as an output of Relu/],
    [
      "an initializer that is also an input",
      { initializers: new Map([...graph.initializers, ["x", weight]]) },
      /'x' is defined twice, as a graph input and as an initializer/,
    ],
    ["an output that nothing defines", { nodes: [gemm!] }, /output 'y' is defined by nothing/],
    ["no outputs", { outputs: [] }, /has no outputs/],
    ["an output listed twice", { outputs: [...graph.outputs, ...graph.outputs] }, /listed twice/],
    ["a node without outputs", { nodes: [...graph.nodes, { ...relu!, outputs: [] }] }, /has no output/],
    [
      "a weight of another shape",
      { initializers: new Map<string, AnyTensor>([["weight", { ...weight, shape: [7] }]]) },
      /'weight' has shape \[7\] but 6 values/,
    ],
  ])("names %s", (_, change, message) => {
    const broken = { ...graph, ...change };
    expect(() => validateGraph(broken)).toThrow(message);
    expect(() => writeModel(broken)).toThrow(OnnxError);
  });
});

describe("damaged models", () => {
  const bytes = writeModel(affine());

  it("refuses what is not a model in one line", () => {
    for (const text of ["", "not a model at all", "PK\u0003\u0004", "\u0008\u0008"]) {
      expect(() => readModel(new TextEncoder().encode(text))).toThrow(OnnxError);
    }
  });

  it("reads or throws OnnxError, whatever is cut off or flipped", () => {
    fc.assert(
      fc.property(
        fc.nat(bytes.length),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
        (length, flips) => {
          const damaged = bytes.slice(0, flips.length > 0 ? bytes.length : length);
          for (const [at, flip] of flips) damaged[at]! ^= flip;
          try {
            readModel(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(OnnxError);
            expect((error as Error).message).not.toContain("\n");
          }
        },
      ),
      { numRuns: count(500, 2000) },
    );
  });
});

it("writes 100 MB of weights and reads them without a pass over single values", () => {
  const g = new GraphBuilder("large");
  const value = tensor("float32", [25, 1_000_000], new Float32Array(25_000_000).fill(1));
  g.output(g.op("Identity", [g.initializer("w", value)]), "float32", value.shape);
  const graph = g.build();
  const started = performance.now();
  const back = readModel(writeModel(graph));
  const elapsedMs = performance.now() - started;
  expect(back.initializers.get("w")!.data.length).toBe(25_000_000);
  expect(elapsedMs).toBeLessThan(10_000); // about 0.3 s idle; a busy machine may take ten times that
});

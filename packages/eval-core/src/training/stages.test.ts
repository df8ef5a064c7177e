/** A step that is cut in two places does what the same step does in one piece. */
import { describe, expect, it } from "vitest";
import { int } from "../onnx/attributes.ts";
import { type Graph, GraphBuilder } from "../onnx/index.ts";
import { sgd, trainingStep } from "../optim/index.ts";
import { SeededRandom, tensor } from "../tensor/index.ts";
import { cutIntoStages } from "./stages.ts";
import { Trainer } from "./trainer.ts";

const random = new SeededRandom(3);
const drawn = (...shape: number[]) =>
  tensor(
    "float32",
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform(-1, 1)),
  );
const start = { w: drawn(4, 3), v: drawn(2, 3) };
const x = drawn(5, 4);

/**
 * y = relu(x w^T), read by TypeScript, which takes `rows` of it (as ROIAlign takes parts of a map); loss = mean of
 * (rows v^T)^2. In one piece the rows are taken in the graph; cut, they are an input, and what their gradient is by y comes
 * back as `cotangent`.
 */
function network(cut: boolean): Graph {
  const g = new GraphBuilder(cut ? "cut" : "whole");
  g.input("x", "float32", [5, 4]);
  g.initializer("w", tensor("float32", [4, 3], start.w.data));
  g.initializer("v", start.v);
  g.op("Relu", [g.op("MatMul", ["x", "w"])], {}, { output: "y" });
  const rows = cut
    ? g.input("rows", "float32", [2, 3])
    : g.op("Gather", ["y", g.ints([3, 1])], { axis: int(0) });
  const z = g.op("Gemm", [rows, "v"], { transB: int(1) });
  g.op("ReduceMean", [g.op("Mul", [z, z])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  if (cut) {
    const cotangent = g.input("cotangent", "float32", [5, 3]);
    const back = g.op("ReduceSum", [g.op("Mul", ["y", cotangent])], { keepdims: int(0) });
    g.op("Add", ["loss", back], {}, { output: "objective" });
    g.output("objective", "float32", []);
  }
  return g.build();
}

const cuts = [
  { reads: ["y"], supplies: ["rows"] },
  { reads: ["gradient/rows"], supplies: ["cotangent"] },
];
const rates = { learningRate: 0.3, weightDecay: 0.01 };
const options = { optimizer: sgd({ momentum: 0.9 }), device: "cpu", threads: 1 } as const;

describe("a step that is cut", () => {
  it("ends at the weights of the step in one piece, the gradient of what was taken brought back", async () => {
    const whole = { graph: network(false), parameters: ["w", "v"] };
    await using one = await Trainer.open({ key: "", network: whole }, options);
    const cut = { graph: network(true), objective: "objective", reports: ["loss"], parameters: ["w", "v"] };
    await using other = await Trainer.open({ key: "", network: cut }, { ...options, cuts });
    for (let step = 0; step < 3; step++) {
      const { values: expected } = await one.step("", () => whole, { x }, rates);
      const { values } = await other.step(
        "",
        () => cut,
        { x },
        rates,
        async (i, read) => {
          const taken = [3, 1];
          if (i === 0) {
            const y = read.y!.data as Float32Array;
            return {
              rows: tensor(
                "float32",
                [2, 3],
                Float32Array.from(taken.flatMap((row) => [...y.slice(3 * row, 3 * row + 3)])),
              ),
            };
          }
          const by = read["gradient/rows"]!.data as Float32Array;
          const cotangent = new Float32Array(15);
          taken.forEach((row, k) => {
            cotangent.set(by.slice(3 * k, 3 * k + 3), 3 * row);
          });
          return { cotangent: tensor("float32", [5, 3], cotangent) };
        },
      );
      expect(values.loss).toBeCloseTo(expected.loss!, 6);
    }
    const [a, b] = [await one.weights(), await other.weights()];
    for (const name of ["w", "v"])
      for (const [i, value] of [...(a.get(name)!.data as Float32Array)].entries())
        expect((b.get(name)!.data as Float32Array)[i], `${name} ${i}`).toBeCloseTo(value, 6);
    expect([...(a.get("w")!.data as Float32Array)]).not.toEqual([...start.w.data]);
  });

  it("replaces no weight before the last stage that reads it, and makes what only gradients need late", () => {
    const step = trainingStep(network(true), {
      loss: "objective",
      optimizer: sgd({ momentum: 0.9 }),
      parameters: ["w", "v"],
      inputGradients: ["rows"],
    });
    const stages = cutIntoStages(step.graph, cuts, step.carried);
    expect(stages.map((stage) => stage.graph.inputs.map((input) => input.name).sort())).toEqual([
      ["w", "x"],
      expect.arrayContaining(["rows", "v"]),
      expect.arrayContaining(["cotangent", "w"]),
    ]);
    expect(stages[0]!.outputs).toEqual([]);
    expect(stages[2]!.outputs).toContain("next/w");
  });

  it("keeps what replaces an input under the input's name, whoever else reads it", () => {
    // The momentum is known after the first cut, but the weight that it moves is read until after the last.
    const g = new GraphBuilder("early");
    for (const name of ["x", "late", "w", "momentum"]) g.input(name, "float32", []);
    g.op("Mul", ["x", "momentum"], {}, { output: "next/momentum" });
    g.op("Sub", ["w", "next/momentum"], {}, { output: "next/w" });
    g.op("Mul", ["w", "late"], {}, { output: "loss" });
    for (const name of ["next/momentum", "next/w", "loss"]) g.output(name, "float32", []);
    const cut = cutIntoStages(g.build(), [{ reads: [], supplies: ["late"] }], {
      "next/w": "w",
      "next/momentum": "momentum",
    });
    expect(cut.map(({ outputs }) => outputs)).toEqual([[], ["next/momentum", "next/w", "loss"]]);
    expect(cut.flatMap(({ crossing }) => crossing)).toEqual([]);
  });

  it("cannot read what depends on what it supplies", () => {
    const graph = network(true);
    expect(() => cutIntoStages(graph, [{ reads: ["loss"], supplies: ["rows"] }])).toThrow(
      "'loss' is read between stages 0 and 1, but is known only in stage 1",
    );
    expect(() => cutIntoStages(graph, [{ reads: ["nothing"], supplies: ["rows"] }])).toThrow(
      "'nothing' is read between the stages, but nothing in graph 'cut' makes it",
    );
    expect(() => cutIntoStages(graph, [{ reads: ["y"], supplies: ["boxes"] }])).toThrow(
      "'boxes' is supplied between the stages, but is no input of graph 'cut'",
    );
  });
});

/** Training graphs: batch statistics, losses, and a rule that is broken on purpose. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../onnx/index.ts";
import type { Graph } from "../onnx/ir.ts";
import { tensor } from "../tensor/tensor.ts";
import { binaryCrossEntropy, softmaxCrossEntropy } from "./losses.ts";
import { interpret, type Value, value } from "./reference/index.ts";
import { gradientRules } from "./rules/index.ts";
import { Draw } from "./testing/case.ts";
import { cases } from "./testing/cases.ts";
import { checkGradient } from "./testing/finite-differences.ts";
import { nextName, toTraining } from "./to-training.ts";

const floats = (shape: number[], data: number[]) => tensor("float32", shape, Float32Array.from(data));

function normalised(): Graph {
  const g = new GraphBuilder("normalised");
  const x = g.input("x", "float32", ["N", 1]);
  const parameters = [
    g.initializer("scale", floats([1], [2])),
    g.initializer("bias", floats([1], [1])),
    g.initializer("mean", floats([1], [10])),
    g.initializer("variance", floats([1], [4])),
  ];
  g.output(g.op("BatchNormalization", [x, ...parameters], {}, { output: "y" }), "float32", ["N", 1]);
  return g.build();
}

describe("toTraining", () => {
  it("keeps running statistics as PyTorch: momentum 0.1, variance over n - 1", () => {
    const { graph, statistics } = toTraining(normalised(), { dimensions: { N: 4 } });
    expect(statistics).toEqual(["mean", "variance"]);
    const answer = interpret(graph, new Map([["x", value("float32", [4, 1], [1, 2, 3, 6])]]));
    // mean 3, biased variance 3.5, unbiased 14/3
    expect(answer.get(nextName("mean"))!.data[0]).toBeCloseTo(0.9 * 10 + 0.1 * 3, 6);
    expect(answer.get(nextName("variance"))!.data[0]).toBeCloseTo(0.9 * 4 + 0.1 * (14 / 3), 6);
    expect(answer.get("y")!.data[0]).toBeCloseTo(1 + (2 * (1 - 3)) / Math.sqrt(3.5 + 1e-5), 9);
  });
  it("leaves frozen normalisation as it is", () => {
    const { graph, statistics } = toTraining(normalised(), { dimensions: { N: 4 }, frozen: () => true });
    expect(statistics).toEqual([]);
    expect(graph.nodes).toEqual(normalised().nodes);
  });
  it("refuses a single value a channel, which has no variance", () => {
    expect(() => toTraining(normalised(), { dimensions: { N: 1 } })).toThrow(
      /has one value a channel, which has no variance/,
    );
  });
});

function logits(classes: number): Graph {
  const g = new GraphBuilder("logits");
  const x = g.input("x", "float32", ["N", classes]);
  g.output(g.op("Identity", [x], {}, { output: "logits" }), "float32", ["N", classes]);
  return g.build();
}

const run = (graph: Graph, feeds: Record<string, Value>) => interpret(graph, new Map(Object.entries(feeds)));

describe("losses", () => {
  it("softmax cross-entropy: -log of the label's probability, and how many are right", () => {
    const { graph } = softmaxCrossEntropy(logits(3), { logits: "logits", classes: 3 });
    const x = value("float32", [2, 3], [1, 2, 3, 5, 1, 1]);
    const answer = run(graph, { x, labels: value("float32", [2], [0, 0]) });
    const first = -(1 - Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)));
    const second = -(5 - Math.log(Math.exp(5) + 2 * Math.exp(1)));
    expect(answer.get("loss")!.data[0]).toBeCloseTo((first + second) / 2, 9);
    expect(answer.get("correct")!.data[0]).toBe(1);
  });
  it("survives logits that overflow an exponential", () => {
    const { graph } = softmaxCrossEntropy(logits(2), { logits: "logits", classes: 2 });
    const x = value("float32", [1, 2], [1000, 0]);
    expect(run(graph, { x, labels: value("float32", [1], [1]) }).get("loss")!.data[0]).toBeCloseTo(1000, 6);
  });
  it("binary cross-entropy, also where it would overflow", () => {
    const { graph } = binaryCrossEntropy(logits(3), { logits: "logits", classes: 3 });
    const x = value("float32", [1, 3], [0.5, -2, 800]);
    const labels = value("float32", [1, 3], [1, 0, 0]);
    const expected = (Math.log(1 + Math.exp(-0.5)) + Math.log(1 + Math.exp(-2)) + 800) / 3;
    expect(run(graph, { x, labels }).get("loss")!.data[0]).toBeCloseTo(expected, 6);
  });
  it("refuses logits that are no output", () => {
    expect(() => softmaxCrossEntropy(logits(3), { logits: "scores", classes: 3 })).toThrow(
      "the logits 'scores' must be an output [N, classes] of graph 'logits', found no such output",
    );
  });
});

describe("the check of the rules", () => {
  it("catches a rule that is broken on purpose", () => {
    const rules = gradientRules as Record<string, (typeof gradientRules)["Tanh"]>;
    const right = rules.Tanh!;
    // 1 - y in place of 1 - y^2
    rules.Tanh = (c) => [c.e.mul(c.dy(), c.e.sub(c.e.scalar(1, c.y()), c.y()))];
    try {
      const check = () =>
        fc.assert(
          fc.property(fc.gen(), (g) => checkGradient(cases.Tanh(new Draw(g)))),
          { numRuns: 20, seed: 1 },
        );
      expect(check).toThrow(/Property failed/);
    } finally {
      rules.Tanh = right;
    }
  });
});

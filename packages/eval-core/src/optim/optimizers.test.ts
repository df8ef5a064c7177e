/** SGD, Adam and AdamW in a graph against torch.optim's own formulas, written out step by step. */
import { describe, expect, it } from "vitest";
import { interpret, type Value, value } from "../autodiff/index.ts";
import { GraphBuilder, int } from "../onnx/index.ts";
import { tensor } from "../tensor/tensor.ts";
import { adam, adamW } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { cosineAnnealing, polynomialDecay, stepDecay, warmUp } from "./schedules.ts";
import { sgd } from "./sgd.ts";
import { trainingStep } from "./training-step.ts";

const START = [0.5, -1.5];
const [RATE, DECAY] = [0.1, 0.01];

/** loss = sum(w^3): its gradient 3 w^2 is easily written down. */
function cubic() {
  const g = new GraphBuilder("cubic");
  const w = g.initializer("w", tensor("float32", [2], Float32Array.from(START)));
  const cube = g.op("Mul", [g.op("Mul", [w, w]), w]);
  g.output(g.op("ReduceSum", [cube], { keepdims: int(0) }, { output: "loss" }), "float32", []);
  return g.build();
}

/** The weights after each of three steps. */
function inGraph(optimizer: Optimizer): number[][] {
  const step = trainingStep(cubic(), { loss: "loss", optimizer, parameters: ["w"] });
  let state = new Map<string, Value>(
    [...step.initial].map(([name, t]) => [name, value("float32", t.shape, Array.from(t.data, Number))]),
  );
  return [1, 2, 3].map((count) => {
    const scalars = { learningRate: RATE, weightDecay: DECAY, step: count };
    const feeds = new Map([
      ...state,
      ...Object.entries(scalars).map(([n, v]) => [n, value("float32", [], [v])] as const),
    ]);
    const answer = interpret(step.graph, feeds);
    state = new Map(Object.entries(step.carried).map(([output, input]) => [input, answer.get(output)!]));
    return [...state.get("w")!.data];
  });
}

function expectTrajectory(
  optimizer: Optimizer,
  update: (w: number, gradient: number, count: number, state: number[]) => number,
) {
  const found = inGraph(optimizer);
  START.forEach((start, i) => {
    const state = [0, 0];
    let w = start;
    found.forEach((weights, k) => {
      w = update(w, 3 * w * w, k + 1, state);
      // 1e-5: constants of the graph are float32, and 1 - 0.999 keeps four of their digits.
      expect(Math.abs(weights[i]! - w) / Math.abs(w)).toBeLessThan(1e-5);
    });
  });
}

describe("optimisers in the graph, as torch.optim", () => {
  it("SGD with weight decay", () => expectTrajectory(sgd(), (w, g) => w - RATE * (g + DECAY * w)));
  it("SGD with momentum", () =>
    expectTrajectory(sgd({ momentum: 0.9 }), (w, g, _, state) => {
      state[0] = 0.9 * state[0]! + g + DECAY * w;
      return w - RATE * state[0];
    }));
  it("SGD with Nesterov's momentum", () =>
    expectTrajectory(sgd({ momentum: 0.9, nesterov: true }), (w, g, _, state) => {
      const decayed = g + DECAY * w;
      state[0] = 0.9 * state[0]! + decayed;
      return w - RATE * (decayed + 0.9 * state[0]);
    }));
  const adamUpdate = (decoupled: boolean) => (w: number, g: number, count: number, state: number[]) => {
    const gradient = decoupled ? g : g + DECAY * w;
    state[0] = 0.9 * state[0]! + 0.1 * gradient;
    state[1] = 0.999 * state[1]! + 0.001 * gradient * gradient;
    const denominator = Math.sqrt(state[1]) / Math.sqrt(1 - 0.999 ** count) + 1e-8;
    const shrunk = decoupled ? w * (1 - RATE * DECAY) : w;
    return shrunk - (RATE / (1 - 0.9 ** count)) * (state[0] / denominator);
  };
  it("Adam", () => expectTrajectory(adam(), adamUpdate(false)));
  it("AdamW", () => expectTrajectory(adamW(), adamUpdate(true)));

  it.each([sgd({ momentum: 0.9, nesterov: true }), adamW()])(
    "small parameters end to end as one vector, each as by itself: $name",
    (optimizer) => {
      const g = new GraphBuilder("three");
      const shapes = { a: [2], b: [2, 3], c: [] as number[] };
      const cubes = Object.entries(shapes).map(([name, shape], at) => {
        const size = shape.reduce((x, y) => x * y, 1);
        const values = Float32Array.from({ length: size }, (_, i) => 0.3 + 0.2 * i - 0.7 * at);
        const w = g.initializer(name, tensor("float32", shape, values));
        return g.op("ReduceSum", [g.op("Mul", [g.op("Mul", [w, w]), w])], { keepdims: int(0) });
      });
      g.output(g.op("Sum", cubes, {}, { output: "loss" }), "float32", []);
      const graph = g.build();
      const [apart, together] = [false, true].map((forCpu) => {
        const step = trainingStep(graph, {
          loss: "loss",
          optimizer,
          parameters: Object.keys(shapes),
          forCpu,
        });
        const feeds = new Map(
          [...step.initial].map(([name, t]) => [name, value("float32", t.shape, Array.from(t.data, Number))]),
        );
        const scalars = { learningRate: RATE, weightDecay: DECAY, step: 1 };
        for (const [name, v] of Object.entries(scalars)) feeds.set(name, value("float32", [], [v]));
        const answers = interpret(step.graph, feeds);
        const next = Object.keys(step.carried).map((name) => [name, answers.get(name)] as const);
        return { next: new Map(next), nodes: step.graph.nodes.length };
      });
      expect(together!.next).toEqual(apart!.next);
      expect(together!.nodes).toBeLessThan(apart!.nodes);
    },
  );
  it("refuses Nesterov without momentum", () => expect(() => sgd({ nesterov: true })).toThrow(RangeError));
});

describe("a training step", () => {
  it("prunes what is frozen", () => {
    const g = new GraphBuilder("two");
    const x = g.input("x", "float32", [1, 2]);
    const square = (name: string) =>
      g.initializer(name, tensor("float32", [2, 2], Float32Array.of(1, 2, 3, 4)));
    const y = g.op("MatMul", [g.op("MatMul", [x, square("a")]), square("b")]);
    g.output(g.op("ReduceSum", [y], { keepdims: int(0) }, { output: "loss" }), "float32", []);
    const options = { loss: "loss", optimizer: sgd({ momentum: 0.9 }), parameters: ["a", "b"] };
    const all = trainingStep(g.build(), options);
    const half = trainingStep(g.build(), { ...options, frozen: (name) => name === "a" });
    expect(half.parameters).toEqual(["b"]);
    expect(half.graph.nodes.length).toBeLessThan(all.graph.nodes.length);
    expect(half.graph.initializers.has("a")).toBe(true);
    expect(Object.keys(half.carried)).toEqual(["next/b", "next/b/momentum"]);
  });
});

describe("schedules", () => {
  it("cosine ends at 0", () => {
    const rate = cosineAnnealing(0.2, 100);
    expect([rate(0), rate(50), rate(100)].map((v) => Number(v.toFixed(12)))).toEqual([0.2, 0.1, 0]);
  });
  it("steps down at milestones, themselves included", () => {
    const rate = stepDecay(1, [96, 128]);
    expect([rate(95), rate(96), rate(128)].map((v) => Number(v.toFixed(12)))).toEqual([1, 0.1, 0.01]);
  });
  it("decays by a power, and warms up linearly", () => {
    expect(polynomialDecay(1, 4, 2)(2)).toBeCloseTo(0.25, 12);
    const rate = warmUp(() => 1, 100, 0.001);
    expect(rate(0)).toBeCloseTo(0.001, 12);
    expect(rate(50)).toBeCloseTo(0.5005, 12);
    expect(rate(100)).toBe(1);
  });
});

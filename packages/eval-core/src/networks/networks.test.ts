/** Parts of heads by hand; whole networks are held against PyTorch's by the conformance kind `dense-heads`. */
import { describe, expect, it } from "vitest";
import { interpret, value } from "../autodiff/index.ts";
import { GraphBuilder } from "../onnx/index.ts";
import { SeededRandom, tensor } from "../tensor/index.ts";
import { adaptiveAveragePool, drawn, given, Layers } from "./index.ts";

describe("adaptive average pool", () => {
  it("covers floor(i n / s) to ceil((i + 1) n / s): bins of 5 in 3 overlap", () => {
    const g = new GraphBuilder("pool");
    const x = g.input("x", "float32", [1, 1, 5, 1]);
    const layers = new Layers(g, given(new Map()));
    const pooled = adaptiveAveragePool(layers, { value: x, channels: 1, height: 5, width: 1 }, 3);
    g.output(pooled.value, "float32", [1, 1, 3, 3]);
    const answer = interpret(g.build(), new Map([["x", value("float32", [1, 1, 5, 1], [1, 2, 4, 8, 16])]]));
    // rows 0..2, 1..4, 3..5
    const [top, middle, bottom] = [1.5, 14 / 3, 12];
    const found = answer.get(pooled.value)!.data;
    for (const [i, mean] of [top, top, top, middle, middle, middle, bottom, bottom, bottom].entries())
      expect(found[i]).toBeCloseTo(mean, 6);
  });
});

describe("parameters", () => {
  const x = { value: "x", channels: 2, height: 4, width: 4 };
  const start = { kind: "uniform", bound: 0.5 } as const;
  const build = (layers: Layers) => layers.convolution("c", x, { outputs: 3, kernel: 3, start });
  it("are drawn in the order in which the network is written, the same from the same seed", () => {
    const once = drawn(new SeededRandom(1))({ name: "w", shape: [4], start, role: "weight" });
    const again = drawn(new SeededRandom(1))({ name: "v", shape: [4], start, role: "weight" });
    expect(once.data).toEqual(again.data);
    expect(Math.max(...(once.data as Float32Array))).toBeLessThan(0.5);
  });
  it("are refused when missing or of another shape", () => {
    expect(() => build(new Layers(new GraphBuilder("g"), given(new Map())))).toThrow(
      "the weight 'c.weight' [3,2,3,3] is missing",
    );
    const wrong = new Map([["c.weight", tensor("float32", [1], Float32Array.of(0))]]);
    expect(() => build(new Layers(new GraphBuilder("g"), given(wrong)))).toThrow(
      "the weight 'c.weight' must be [3,2,3,3], found [1]",
    );
  });
});

import { describe, expect, it } from "vitest";
import { NORMALISATIONS } from "../images/index.ts";
import { GraphBuilder, writeModel } from "../onnx/index.ts";
import { requireAgreement } from "./agreement.ts";
import type { Backbone } from "./backbone.ts";

/** The mean of each channel, after an operator. */
function means(of: string): Backbone {
  const g = new GraphBuilder("means");
  const x = g.input("x", "float32", ["N", 3, "H", "W"]);
  const pooled = g.op("Flatten", [g.op("GlobalAveragePool", [g.op(of, [x], {})], {})], {});
  g.output(pooled, "float32", ["N", 3]);
  const graph = g.build();
  const output = graph.outputs[0]!.name;
  const { none: normalisation } = NORMALISATIONS;
  const readout = { slug: "means", kind: "vector", output, size: 3, key: undefined } as const;
  return { model: writeModel(graph), input: "x", readouts: [readout], normalisation, hash: of };
}

const image = Float32Array.from({ length: 3 * 2 * 4 }, (_, i) => i);
const check = (answered: number[], backbone = means("Identity")) =>
  requireAgreement(backbone, "webgpu", image, [2, 4], [Float32Array.from(answered)]);

describe("requireAgreement", () => {
  it("takes what differs by rounding", () => expect(check([3.5, 11.5001, 19.499])).resolves.toBeUndefined());

  it("refuses other numbers, and says which device and how far off", () =>
    expect(check([3.5, 11.5, 9.75])).rejects.toThrow(
      "the device 'webgpu' computes other features than the CPU, 50% of the largest apart",
    ));

  it("refuses what is no number", () =>
    expect(check([3.5, Number.NaN, 19.5])).rejects.toThrow("and not even numbers"));

  it("leaves to others what the CPU cannot compute either", () =>
    expect(check([Number.NaN, 1, 1], means("Log"))).resolves.toBeUndefined());
});

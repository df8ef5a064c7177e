/**
 * Whole networks of the kinds that downstream tasks train, as PyTorch exports them: the gradient by every weight as
 * PyTorch computes it in float64.
 */
import { describe, expect, it } from "vitest";
import { writeModel } from "../onnx/index.ts";
import { openSession } from "../runtime/index.ts";
import { fromTensor, interpret } from "./reference/index.ts";
import { FLOAT32_TOLERANCE, loadNetwork, networks } from "./testing/networks.ts";
import { worstError } from "./testing/worst-error.ts";

describe.each(networks)("%s", (name) => {
  it("has the same gradients arranged for a CPU", async () => {
    const { graph, feeds, expected } = await loadNetwork(name, true);
    const values = Object.entries(feeds).map(([key, tensor]) => [key, fromTensor(tensor)] as const);
    expect(worstError(interpret(graph, new Map(values)), expected)).toBeLessThan(1e-6);
  });

  it("has PyTorch's gradients in the reference interpreter, to the float32 that they are stored in", async () => {
    const { graph, feeds, expected } = await loadNetwork(name);
    const values = Object.entries(feeds).map(([key, tensor]) => [key, fromTensor(tensor)] as const);
    expect(worstError(interpret(graph, new Map(values)), expected)).toBeLessThan(1e-6);
  });

  it("has them by onnxruntime on the CPU, arranged for it", async () => {
    const { graph, feeds, expected } = await loadNetwork(name, true);
    await using session = await openSession(writeModel(graph), { device: "cpu", threads: 1 });
    const found = await session.run(feeds);
    expect(worstError(new Map(Object.entries(found)), expected)).toBeLessThan(FLOAT32_TOLERANCE);
  });
});

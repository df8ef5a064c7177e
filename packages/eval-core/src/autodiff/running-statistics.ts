/** What batch normalisation carries from step to step. */
import type { Node } from "../onnx/ir.ts";
import { floatOf } from "./attributes.ts";
import type { Emitter } from "./emitter.ts";

/** ONNX's running statistics: a mix of those given with the batch's. */
export function carryStatistics(node: Node, e: Emitter, mean: string, variance: string): void {
  const [, , , runningMean, runningVariance] = node.inputs as [string, string, string, string, string];
  const keep = floatOf(node, "momentum", 0.9);
  for (const [i, running, batch] of [
    [1, runningMean, mean],
    [2, runningVariance, variance],
  ] as const) {
    const output = node.outputs[i];
    if (!output) continue;
    const mixed = keep === 0 ? batch : e.add(e.scale(running, keep), e.scale(batch, 1 - keep));
    e.append({ opType: "Identity", name: output, inputs: [mixed], outputs: [output], attributes: {} });
  }
}

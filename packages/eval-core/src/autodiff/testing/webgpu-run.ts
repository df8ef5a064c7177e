/**
 * Random cases of every operator as gradient graphs on WebGPU, in a process of its own, for a driver is found by the
 * environment that a process starts with. Prints a line of JSON an operator: what was wrong, or null.
 *
 *     node webgpu-run.ts SEED RUNS
 */
import fc from "fast-check";
import { writeModel } from "../../onnx/index.ts";
import { openSession } from "../../runtime/index.ts";
import { intOf } from "../attributes.ts";
import { checkAgainstRuntime } from "./against-runtime.ts";
import { Draw, type OpCase } from "./case.ts";
import { type CheckedOp, cases } from "./cases.ts";
import { identity } from "./identity.ts";

/** onnxruntime has no WebGPU kernel for these, or for all their indices; nothing that a ResNet is trained by. */
const LEFT_TO_THE_CPU: readonly CheckedOp[] = ["Dropout", "Mod", "Gather"];

/**
 * Where onnxruntime 1.30 computes the operator itself wrongly on WebGPU, so that no gradient can be right: Slice
 * backwards other than over a whole axis, ReduceSumSquare over no axes, and ConvTranspose in groups. What our own rules
 * emit must keep clear of them.
 */
const WRONG_THERE: Partial<Record<CheckedOp, (one: OpCase) => boolean>> = {
  Slice: ({ graph }) => graph.initializers.get("steps")?.data.some((step) => step < 0) ?? false,
  ReduceSumSquare: ({ graph }) => intOf(graph.nodes[0]!, "noop_with_empty_axes", 0) === 1,
  ConvTranspose: ({ graph }) => intOf(graph.nodes[0]!, "group", 1) > 1,
};

const [seed, runs] = process.argv.slice(2).map(Number) as [number, number];
const host = await openSession(writeModel(identity), { device: "webgpu", noFallback: true });
for (const op of Object.keys(cases) as CheckedOp[]) {
  const options = { noFallback: !LEFT_TO_THE_CPU.includes(op) };
  const property = fc.asyncProperty(fc.gen(), async (g) => {
    const one = cases[op](new Draw(g));
    fc.pre(!WRONG_THERE[op]?.(one));
    await checkAgainstRuntime(one, host, options);
  });
  const { failed, errorInstance } = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
  const fault = failed ? String((errorInstance as Error | undefined)?.message ?? "it failed") : null;
  console.log(JSON.stringify({ op, fault }));
}
await host.close();

/** Every gradient graph as onnxruntime computes it on the CPU, against the reference interpreter. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeModel } from "../../onnx/index.ts";
import { openSession, type Session } from "../../runtime/index.ts";
import { count } from "../../tensor/testing/counts.ts";
import { checkAgainstRuntime } from "../testing/against-runtime.ts";
import { Draw } from "../testing/case.ts";
import { ARRANGED, type CheckedOp, cases } from "../testing/cases.ts";
import { identity } from "../testing/identity.ts";

const SEED = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 1_000_000_007);
const RUNS = count(3, 8);

describe(`onnxruntime on the CPU, ${RUNS} random cases each, seed ${SEED}`, () => {
  let host: Session;
  beforeAll(async () => {
    host = await openSession(writeModel(identity), { device: "cpu", threads: 1 });
  });
  afterAll(() => host.close());

  it.each(Object.keys(cases) as CheckedOp[])("%s", async (op) => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), (g) => checkAgainstRuntime(cases[op](new Draw(g)), host)),
      { numRuns: RUNS, seed: SEED },
    );
    expect.assertions(0);
  });

  it.each(ARRANGED)("%s, arranged for it", async (op) => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), (g) => checkAgainstRuntime(cases[op](new Draw(g)), host, { forCpu: true })),
      { numRuns: 10 * RUNS, seed: SEED },
    );
    expect.assertions(0);
  });
});

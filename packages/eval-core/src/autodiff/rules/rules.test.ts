/** Every gradient rule against finite differences in the reference interpreter, over random shapes and attributes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count } from "../../tensor/testing/counts.ts";
import { Draw } from "../testing/case.ts";
import { ARRANGED, type CheckedOp, cases } from "../testing/cases.ts";
import { checkGradient } from "../testing/finite-differences.ts";

const SEED = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 1_000_000_007);
const RUNS = count(40, 200);

describe(`gradient rules arranged for a CPU, ${RUNS} random cases each, seed ${SEED}`, () => {
  it.each(ARRANGED)("%s", (op) => {
    fc.assert(
      fc.property(fc.gen(), (g) => checkGradient(cases[op](new Draw(g)), { forCpu: true })),
      { numRuns: RUNS, seed: SEED },
    );
    expect.assertions(0);
  });
});

describe(`gradient rules, ${RUNS} random cases each, seed ${SEED}`, () => {
  it.each(Object.keys(cases) as CheckedOp[])("%s", (op) => {
    fc.assert(
      fc.property(fc.gen(), (g) => checkGradient(cases[op](new Draw(g)))),
      { numRuns: RUNS, seed: SEED },
    );
    expect.assertions(0);
  });
});

/** Holds the correlations against SciPy 1.10.1 (golden/correlation, agreement 1e-9). */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { correlate, kendallTauB, linearRegression, pearson, spearman, weightedTau } from "./index.ts";

interface Case {
  x: number[];
  y: number[];
  pearson: { r: number; p_value: number; ci95_fisher: [number, number] };
  spearman: { rho: number; p_value: number };
  kendall_tau_b: number;
  weighted_tau: number;
  regression: { slope: number; intercept: number; slope_stderr: number };
}

const url = new URL("../../golden/correlation/expected.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: Case[] };

/** Within 1e-9, of the value itself where it is small (a p-value of 4e-16 must have its digits). */
const close = (actual: number | null | undefined, expected: number) =>
  expect(Math.abs((actual ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);

describe.each(cases)("SciPy's case of $x.length points", (golden) => {
  const { x, y } = golden;
  it("Pearson, its p-value and Fisher's interval", () => {
    const answer = correlate({ x, y });
    close(answer.coefficient, golden.pearson.r);
    close(answer.pValue, golden.pearson.p_value);
    close(answer.interval?.lower, golden.pearson.ci95_fisher[0]);
    close(answer.interval?.upper, golden.pearson.ci95_fisher[1]);
    expect(answer).toMatchObject(pearson(x, y));
  });
  it("Spearman and its p-value", () => {
    close(spearman(x, y).coefficient, golden.spearman.rho);
    close(spearman(x, y).pValue, golden.spearman.p_value);
  });
  it("Kendall's tau-b and the weighted tau", () => {
    close(kendallTauB(x, y).coefficient, golden.kendall_tau_b);
    close(weightedTau(x, y).coefficient, golden.weighted_tau);
  });
  it("the regression line", () => {
    const line = linearRegression(x, y);
    close(line?.slope, golden.regression.slope);
    close(line?.intercept, golden.regression.intercept);
    close(line?.slopeStandardError, golden.regression.slope_stderr);
  });
});

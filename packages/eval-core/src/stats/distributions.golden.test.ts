/** Holds what golden/correlation leaves out against SciPy: golden/distributions, made by its make.py. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../tensor/random.ts";
import {
  bootstrapInterval,
  kendallTauB,
  normalCdf,
  normalQuantile,
  partialCorrelation,
  pearson,
  studentTCdf,
  studentTQuantile,
  studentTTwoSided,
} from "./index.ts";

interface Golden {
  normal_quantile: [number, number][];
  normal_cdf: [number, number][];
  t_two_sided: [number, number, number][];
  t_quantile: [number, number, number][];
  kendall: [number[], number[], number, number][];
  partial: [number[], number[], number[], number, number][];
  bootstrap_x: number[];
  bootstrap_y: number[];
  bootstrap_bca: [number, number];
  bootstrap_percentile: [number, number];
}

const url = new URL("../../golden/distributions/expected.json", import.meta.url);
const golden = JSON.parse(readFileSync(url, "utf8")) as Golden;

const close = (actual: number | null, expected: number, tolerance = 1e-11) =>
  expect(Math.abs((actual ?? Number.NaN) - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected),
  );

describe("distributions", () => {
  it("the normal distribution", () => {
    for (const [p, z] of golden.normal_quantile) close(normalQuantile(p), z, 1e-14);
    for (const [z, p] of golden.normal_cdf) close(normalCdf(z), p, 1e-12);
  });
  it("Student's t, tails and quantiles", () => {
    for (const [t, degrees, p] of golden.t_two_sided) {
      close(studentTTwoSided(t, degrees), p);
      close(studentTTwoSided(-t, degrees), p);
      close(studentTCdf(-t, degrees), p / 2);
      close(studentTCdf(t, degrees), 1 - p / 2);
    }
    for (const [p, degrees, t] of golden.t_quantile) close(studentTQuantile(p, degrees), t);
  });
  it("the edges by name", () => {
    for (const quantile of [normalQuantile, (p: number) => studentTQuantile(p, 4)]) {
      expect(quantile(0)).toBe(Number.NEGATIVE_INFINITY);
      expect(quantile(1)).toBe(Number.POSITIVE_INFINITY);
      expect(quantile(0.5)).toBe(0);
      expect(quantile(-0.1)).toBeNaN();
      expect(quantile(Number.NaN)).toBeNaN();
    }
    expect(studentTTwoSided(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentTTwoSided(0, 3)).toBe(1);
    expect(studentTTwoSided(1, 0)).toBeNaN();
  });
});

describe("Kendall's p-value", () => {
  it.each(golden.kendall.map(([x, y, tau, p]) => ({ n: x.length, x, y, tau, p })))(
    "of $n pairs: exact without ties up to 33, else normal",
    ({ x, y, tau, p }) => {
      close(kendallTauB(x, y).coefficient, tau, 1e-13);
      close(kendallTauB(x, y).pValue, p);
    },
  );
});

describe("partialCorrelation", () => {
  it("equals the correlation of the two regressions' residuals", () => {
    for (const [x, y, given, r, p] of golden.partial) {
      const answer = partialCorrelation({ x, y, given });
      close(answer.coefficient, r, 1e-10);
      close(answer.pValue, p, 1e-9);
    }
  });
  it("says why there is none", () => {
    const x = [1, 2, 3, 5];
    const y = [2, 1, 4, 3];
    expect(partialCorrelation({ x, y, given: x }).reason).toContain("determines x entirely");
    expect(partialCorrelation({ x, y, given: [1, 1, 1, 1] }).reason).toContain("held constant are equal");
    expect(partialCorrelation({ x: [1, 2, 3], y: [1, 3, 2], given: [3, 1, 2] }).reason).toContain(
      "at least 4",
    );
    expect(() => partialCorrelation({ x, y, given: [1] })).toThrow("given has 1 values for 4 pairs");
  });
});

describe("bootstrapInterval", () => {
  const { bootstrap_x: x, bootstrap_y: y } = golden;
  const statistic = (indices: Uint32Array) =>
    pearson(
      Float64Array.from(indices, (i) => x[i]!),
      Float64Array.from(indices, (i) => y[i]!),
    ).coefficient;
  const interval = (method: "bca" | "percentile", seed: number) =>
    bootstrapInterval({ n: x.length, statistic, random: new SeededRandom(seed), resamples: 10_000, method });

  it.each(["bca", "percentile"] as const)("%s agrees with SciPy's, up to resampling noise", (method) => {
    const [lower, upper] = golden[`bootstrap_${method}`];
    const answer = interval(method, 1);
    // 10,000 resamples place a 2.5% quantile to about 0.01 in r here.
    expect(Math.abs(answer!.lower - lower)).toBeLessThan(0.03);
    expect(Math.abs(answer!.upper - upper)).toBeLessThan(0.01);
  });
  it("a seed gives one interval", () => {
    expect(interval("bca", 3)).toEqual(interval("bca", 3));
    expect(interval("bca", 3)).not.toEqual(interval("bca", 4));
  });
  it("counts undefined resamples, and refuses what cannot be bounded", () => {
    const random = new SeededRandom(0);
    const flat = bootstrapInterval({
      n: 3,
      random,
      resamples: 200,
      statistic: (i) => (i[0] === i[1] ? Number.NaN : 1),
    });
    expect(flat!.undefinedResamples).toBeGreaterThan(0);
    expect(bootstrapInterval({ n: 2, random, statistic: () => 1 })).toBeNull();
    expect(() => bootstrapInterval({ n: 9, random, statistic: () => Number.NaN })).toThrow(
      "nothing to bound",
    );
    expect(() => bootstrapInterval({ n: 9, random, resamples: 3, statistic: () => 1 })).toThrow(
      "at least 20",
    );
  });
});

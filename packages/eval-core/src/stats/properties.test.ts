/** What must hold of every coefficient whatever the data, and the edges by name. fast-check prints its seed on failure. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  averageRanks,
  COEFFICIENTS,
  correlate,
  kendallTauB,
  linearRegression,
  logistic,
  logit,
  logitWithin,
  mean,
  pearson,
  quantile,
  rankDescending,
  spearman,
  weightedTau,
} from "./index.ts";

const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -100, max: 100, noNaN: true }));
const pairs = fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 30 });
const columns = (points: readonly (readonly [number, number])[]) =>
  [points.map(([x]) => x), points.map(([, y]) => y)] as const;
const measures = { pearson, spearman, kendallTauB, weightedTau };
const same = (a: number, b: number, tolerance = 1e-9) =>
  Number.isNaN(b) ? expect(a).toBeNaN() : expect(Math.abs(a - b)).toBeLessThan(tolerance);

describe.each(Object.entries(measures))("%s", (name, associate) => {
  it("is symmetric, odd under a reversed sign, and within -1 to 1", () => {
    fc.assert(
      fc.property(pairs, (points) => {
        const [x, y] = columns(points);
        const { coefficient, pValue } = associate(x, y);
        same(associate(y, x).coefficient, coefficient);
        if (name !== "weightedTau") {
          same(
            associate(
              x,
              y.map((v) => -v),
            ).coefficient,
            -coefficient,
          );
          same(
            associate(
              x,
              y.map((v) => -v),
            ).pValue,
            pValue,
          );
        }
        if (!Number.isNaN(coefficient)) expect(Math.abs(coefficient)).toBeLessThanOrEqual(1);
        if (!Number.isNaN(pValue)) expect(pValue).toBeGreaterThanOrEqual(0);
        if (!Number.isNaN(pValue)) expect(pValue).toBeLessThanOrEqual(1);
      }),
    );
  });
  it("does not see the order of the points", () => {
    fc.assert(
      fc.property(pairs, (points) => {
        same(
          associate(...columns(points.toReversed())).coefficient,
          associate(...columns(points)).coefficient,
        );
      }),
    );
  });
  it("does not see a shift and scale by powers of two", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
          minLength: 3,
          maxLength: 30,
        }),
        (points) => {
          const [x, y] = columns(points);
          same(
            associate(
              x.map((v) => 4 * v + 1024),
              y,
            ).coefficient,
            associate(x, y).coefficient,
          );
        },
      ),
    );
  });
  it("is 1 for a column with itself", () => {
    expect(associate([1, 2, 4, 3], [1, 2, 4, 3]).coefficient).toBeCloseTo(1, 14);
  });
});

it.each(["spearman", "kendallTauB", "weightedTau"] as const)("%s ignores increasing transforms", (name) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), value), { minLength: 3, maxLength: 30 }),
      (points) => {
        const [x, y] = columns(points);
        same(
          measures[name](
            x.map((v) => v ** 3 + 7),
            y,
          ).coefficient,
          measures[name](x, y).coefficient,
        );
      },
    ),
  );
});

it("Kendall equals the count of concordant less discordant pairs", () => {
  fc.assert(
    fc.property(pairs, (points) => {
      let score = 0;
      let untiedX = 0;
      let untiedY = 0;
      for (const [i, [xi, yi]] of points.entries()) {
        for (const [xj, yj] of points.slice(0, i)) {
          score += Math.sign(xi - xj) * Math.sign(yi - yj);
          untiedX += Math.abs(Math.sign(xi - xj));
          untiedY += Math.abs(Math.sign(yi - yj));
        }
      }
      same(kendallTauB(...columns(points)).coefficient, score / Math.sqrt(untiedX * untiedY));
    }),
  );
});

describe("correlate", () => {
  it.each(COEFFICIENTS)(
    "%s: an interval contains its coefficient and narrows with the level",
    (coefficient) => {
      fc.assert(
        fc.property(pairs, (points) => {
          const [x, y] = columns(points);
          const wide = correlate({ x, y, coefficient, level: 0.99 });
          const narrow = correlate({ x, y, coefficient, level: 0.5 });
          if (wide.coefficient === null || !wide.interval || !narrow.interval) {
            if (wide.coefficient === null) expect(wide.reason).toMatch(/\.$/);
            return;
          }
          expect(wide.interval.lower).toBeLessThanOrEqual(narrow.interval.lower + 1e-12);
          expect(narrow.interval.lower).toBeLessThanOrEqual(wide.coefficient + 1e-12);
          expect(narrow.interval.upper).toBeGreaterThanOrEqual(wide.coefficient - 1e-12);
        }),
      );
    },
  );
  it("too few points, no variance: null with the reason", () => {
    expect(correlate({ x: [1, 2], y: [3, 4] })).toEqual({
      n: 2,
      coefficient: null,
      pValue: null,
      interval: null,
      regression: null,
      reason: "A correlation needs at least 3 points: found 2.",
    });
    expect(correlate({ x: [0.1, 0.1, 0.1], y: [1, 2, 3] }).reason).toContain("All 3 values of x are equal");
    expect(correlate({ x: [1, 1, 1], y: [2, 2, 2] }).reason).toContain("of x and of y are equal");
    expect(correlate({ x: [1, 2, 4], y: [1, 3, 2] }).interval).toBeNull();
  });
  it("NaN, infinity, lengths and unknown names are refused by name", () => {
    expect(() => correlate({ x: [1, Number.NaN, 3], y: [1, 2, 3] })).toThrow("x[1] is NaN");
    expect(() => correlate({ x: [1, 2, 3], y: [1, 2, Number.POSITIVE_INFINITY] })).toThrow(
      "y[2] is Infinity",
    );
    expect(() => correlate({ x: [1, 2, 3], y: [1, 2] })).toThrow("x has 3 values, y has 2");
    expect(() => correlate({ x: [1, 2, 3], y: [1, 3, 2], level: 95 })).toThrow("found 95");
    // @ts-expect-error a caller without types
    expect(() => correlate({ x: [1, 2, 3], y: [1, 3, 2], coefficient: "TAU" })).toThrow("one of PEARSON");
  });
  it("huge and tiny values neither overflow nor vanish", () => {
    for (const scale of [1e200, 1e-200]) {
      same(
        pearson(
          [1, 2, 4, 7].map((v) => v * scale),
          [2, 1, 5, 6],
        ).coefficient,
        pearson([1, 2, 4, 7], [2, 1, 5, 6]).coefficient,
      );
    }
  });
});

describe("the rest", () => {
  it("the regression's band is narrowest at the mean and holds the line", () => {
    const line = linearRegression([1, 2, 3, 4, 5], [1.1, 1.9, 3.2, 3.8, 5.1])!;
    const width = (x: number) => line.band(x).upper - line.band(x).lower;
    expect(width(3)).toBeLessThan(width(2));
    expect(line.band(0).lower).toBeLessThan(line.intercept);
    // At x = 0 the line's own error is the intercept's; t(0.975, 3) = 3.182446305284263.
    expect(width(0) / 2 / line.interceptStandardError).toBeCloseTo(3.182446305284263, 10);
    expect(linearRegression([2, 2, 2], [1, 2, 3])).toBeNull();
  });
  it("logit and logistic undo each other; bounds are named, never infinite", () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        same(logit(logistic(x)), x, 1e-2);
      }),
    );
    expect(logit(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(logit(1)).toBe(Number.POSITIVE_INFINITY);
    expect(logitWithin(75, 0, 100).value).toBeCloseTo(Math.log(3), 14);
    expect(logitWithin(0, 0, 100)).toEqual({
      value: null,
      reason: "The logit of 0 within 0 to 100 is infinite.",
    });
    expect(logitWithin(101, 0, 100).reason).toContain("outside its bounds");
    expect(logitWithin(Number.NaN, 0, 1).reason).toContain("not a number");
    expect(() => logitWithin(1, 0, Number.POSITIVE_INFINITY)).toThrow("two finite bounds");
  });
  it("ranks: shared ranks for statistics, the better rank for boards", () => {
    expect([...averageRanks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
    expect(rankDescending([10, null, 20, 20, 5])).toEqual([3, null, 1, 1, 4]);
    expect(() => averageRanks([Number.NaN])).toThrow("values[0] is NaN");
  });
  it("mean and quantile", () => {
    expect(mean([1e15 + 1, 1e15 + 2, 1e15 + 3])).toBe(1e15 + 2);
    expect(mean([])).toBeNaN();
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 14);
    expect(() => quantile([], 0.5)).toThrow("at least one value");
  });
});

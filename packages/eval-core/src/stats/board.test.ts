/** What a board says beside its ranks: rank intervals, prediction errors, many tests at once. */
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../tensor/random.ts";
import { holm, signTest } from "./multiplicity.ts";
import { leaveOneOut } from "./predictive.ts";
import { rankBootstrap } from "./rank-bootstrap.ts";
import { linearRegression } from "./regression.ts";

const random = () => new SeededRandom(7);

describe("rankBootstrap", () => {
  it("is sure of a row that is ahead in every column, and parts it from the rest", () => {
    const scores = [
      [9, 2, 1],
      [8, 1, 2],
      [9, 2, 1],
      [7, 1, 2],
    ].map((column) => Float64Array.from(column));
    const found = rankBootstrap({ scores, clusters: [0, 1, 2, 3], random: random() })!;
    expect([found.lower[0], found.upper[0]]).toEqual([1, 1]);
    expect([found.lower[1], found.upper[1]]).toEqual([2, 3]);
    expect([...found.groups]).toEqual([1, 2, 2]);
  });

  it("gives rows that are equal everywhere one rank and one group", () => {
    const scores = [3, 5, 4].map((score) => Float64Array.from([score, score]));
    const found = rankBootstrap({ scores, clusters: [0, 1, 2], random: random() })!;
    expect([...found.lower, ...found.upper, ...found.groups]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("draws the columns of one dataset together", () => {
    const scores = [
      [1, 0],
      [1, 0],
      [0, 1],
    ].map((column) => Float64Array.from(column));
    expect(rankBootstrap({ scores, clusters: [0, 0, 1], random: random() })).toBeNull();
    expect(rankBootstrap({ scores, clusters: [0, 1, 2], random: random() })).not.toBeNull();
  });

  it("refuses a row without a score", () => {
    expect(() =>
      rankBootstrap({ scores: [Float64Array.from([1, Number.NaN])], clusters: [0], random: random() }),
    ).toThrow("Column 0, row 1");
  });
});

describe("leaveOneOut", () => {
  const x = [1, 2, 4, 7, 8, 11];
  const y = [2, 3.5, 3, 8, 7.5, 12];

  it("is what fitting without each case gives", () => {
    const squares = x.map((_, left) => {
      const [xs, ys] = [x, y].map((all) => all.filter((_, i) => i !== left));
      const { slope, intercept } = linearRegression(xs!, ys!)!;
      return (y[left]! - slope * x[left]! - intercept) ** 2;
    });
    const found = leaveOneOut(x, y)!;
    for (const [i, square] of squares.entries()) expect(found.squares[i]).toBeCloseTo(square, 10);
    const plain = y.map((value, left) => {
      const rest = y.filter((_, i) => i !== left);
      return (value - rest.reduce((a, b) => a + b) / rest.length) ** 2;
    });
    expect(found.baseline).toBeCloseTo(Math.sqrt(plain.reduce((a, b) => a + b) / y.length), 10);
    expect(found.skill).toBeGreaterThan(0.8);
  });

  it("is null where one case alone decides the line, and with three cases", () => {
    expect(leaveOneOut([1, 1, 1, 1, 5], [1, 2, 3, 4, 5])).toBeNull();
    expect(leaveOneOut([1, 2, 3], [1, 2, 3])).toBeNull();
  });

  it("finds no skill in a variable that says nothing", () => {
    expect(leaveOneOut([1, 2, 3, 4, 5, 6], [1, -1, 1, -1, 1, -1])!.skill).toBeLessThan(0);
  });
});

describe("many tests", () => {
  it("adjusts as R's p.adjust(method = 'holm') does", () => {
    expect([...holm([0.01, 0.04, 0.03, Number.NaN, 0.005])]).toEqual([0.03, 0.06, 0.06, Number.NaN, 0.02]);
  });

  it("has the binomial's tails", () => {
    expect(signTest(5, 0)).toBeCloseTo(0.0625, 12);
    expect(signTest(8, 2)).toBeCloseTo(0.109375, 12);
    expect(signTest(3, 3)).toBe(1);
    expect(signTest(0, 0)).toBe(1);
    // 2^-1200 is below the smallest double.
    expect(signTest(600, 600)).toBe(1);
    expect(signTest(640, 560)).toBeCloseTo(0.02253662756750957, 12);
  });
});

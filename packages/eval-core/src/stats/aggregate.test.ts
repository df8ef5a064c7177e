/** The board's aggregates: by hand on small boards, and their invariances on generated ones. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AGGREGATES, aggregate, type Column } from "./aggregate.ts";

const percent = (name: string, direction: Column["direction"] = "higher"): Column => ({
  name,
  direction,
  lower: 0,
  upper: 100,
});
const degrees: Column = { name: "degrees", direction: "lower", lower: null, upper: null };

describe("aggregate", () => {
  const columns = [percent("a"), percent("b")];

  it("MEAN ranks by the plain mean, ties sharing the better rank", () => {
    const table = aggregate(
      [
        [80, 60],
        [70, 70],
        [90, 10],
        [100, 100],
      ],
      columns,
      "MEAN",
    );
    expect(table.rows.map((row) => row.score)).toEqual([70, 70, 50, 100]);
    expect(table.rows.map((row) => row.rank)).toEqual([2, 2, 4, 1]);
    expect(table.better).toBe("higher");
  });

  it("a missing cell is not zero: the method is unranked and pushes nobody down", () => {
    for (const by of AGGREGATES) {
      const withGap = aggregate(
        [
          [99, null],
          [50, 60],
          [40, undefined],
          [30, 20],
        ],
        columns,
        by,
      );
      const without = aggregate(
        [
          [50, 60],
          [30, 20],
        ],
        columns,
        by,
      );
      expect(withGap.rows[0]).toEqual({ score: null, rank: null, missing: [1] });
      expect([withGap.rows[1], withGap.rows[3]]).toEqual(without.rows);
    }
  });

  it("a tie is a tie whatever the rounding of the sums", () => {
    // 0.1 + 0.7 and 0.3 + 0.5 differ in their last bit.
    const { rows } = aggregate(
      [
        [0.1, 0.7],
        [0.3, 0.5],
      ],
      columns,
      "MEAN",
    );
    expect(rows.map((row) => row.rank)).toEqual([1, 1]);
  });

  it("lower is better: MEAN ranks ascending, MEAN_LOGIT negates", () => {
    const mean = aggregate([[30], [20]], [degrees], "MEAN");
    expect(mean.better).toBe("lower");
    expect(mean.rows.map((row) => [row.score, row.rank])).toEqual([
      [30, 2],
      [20, 1],
    ]);
    const logit = aggregate([[30], [20]], [degrees], "MEAN_LOGIT");
    expect(logit.rows.map((row) => [row.score, row.rank])).toEqual([
      [-30, 2],
      [-20, 1],
    ]);
  });

  it("MEAN_LOGIT is the mean of ln(p / (1 - p))", () => {
    const { rows } = aggregate([[75, 50]], columns, "MEAN_LOGIT");
    expect(rows[0]!.score).toBeCloseTo(Math.log(3) / 2, 14);
  });

  it("a value on its bound has no logit: the method says so and is unranked", () => {
    const { rows } = aggregate(
      [
        [100, 50],
        [60, 50],
      ],
      columns,
      "MEAN_LOGIT",
    );
    expect(rows[0]).toMatchObject({ score: null, rank: null, missing: [] });
    expect(rows[0]!.reason).toBe("a: The logit of 100 within 0 to 100 is infinite.");
    expect(rows[1]!.rank).toBe(1);
  });

  it("MEAN of opposite directions, and anything over a column with no better side, is refused with a reason", () => {
    const mixed = aggregate([[50, 20]], [percent("a"), degrees], "MEAN");
    expect(mixed.rows[0]!.rank).toBeNull();
    expect(mixed.reason).toContain("choose MEAN_RANK or BORDA");
    expect(aggregate([[50, 20]], [percent("a"), degrees], "BORDA").rows[0]!.rank).toBe(1);
    for (const by of AGGREGATES) {
      expect(aggregate([[1]], [percent("diffusion", "neither")], by).reason).toContain("no better side");
      expect(aggregate([[]], [], by).reason).toContain("no measure");
    }
  });

  it("MEAN_RANK and BORDA by hand", () => {
    const values = [
      [90, 10],
      [80, 10],
      [70, 30],
    ];
    const duel = [percent("a"), degrees];
    expect(aggregate(values, duel, "MEAN_RANK").rows.map((row) => row.score)).toEqual([1.25, 1.75, 3]);
    expect(aggregate(values, duel, "BORDA").rows.map((row) => row.score)).toEqual([3.5, 2.5, 0]);
  });

  it("names what is wrong with the input", () => {
    expect(() => aggregate([[Number.NaN, 1]], columns, "MEAN")).toThrow("Row 0, a: found NaN");
    expect(() => aggregate([[1]], columns, "MEAN")).toThrow("Row 0 has 1 cells for 2 columns.");
    // @ts-expect-error a caller without types
    expect(() => aggregate([[1, 2]], columns, "MEDIAN")).toThrow("one of MEAN, MEAN_LOGIT");
  });
});

describe("invariances", () => {
  const board = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 })).chain(([n, m]) =>
    fc.array(fc.array(fc.integer({ min: 1, max: 99 }), { minLength: m, maxLength: m }), {
      minLength: n,
      maxLength: n,
    }),
  );
  const named = (count: number) => Array.from({ length: count }, (_, i) => percent(`m${i}`));

  it("BORDA = columns (methods - MEAN_RANK), and both ignore increasing transforms", () => {
    fc.assert(
      fc.property(board, (values) => {
        const columns = named(values[0]!.length);
        const borda = aggregate(values, columns, "BORDA");
        const meanRank = aggregate(values, columns, "MEAN_RANK");
        const squared = values.map((row) => row.map((value) => value ** 2));
        expect(borda.rows.map((row) => row.rank)).toEqual(meanRank.rows.map((row) => row.rank));
        expect(aggregate(squared, columns, "BORDA")).toEqual(borda);
        for (const [i, row] of borda.rows.entries()) {
          expect(row.score).toBeCloseTo(columns.length * (values.length - meanRank.rows[i]!.score!), 9);
        }
      }),
    );
  });

  it("the order of methods does not matter", () => {
    fc.assert(
      fc.property(board, fc.constantFrom(...AGGREGATES), (values, by) => {
        const columns = named(values[0]!.length);
        const forward = aggregate(values, columns, by).rows.map((row) => row.rank);
        const backward = aggregate(values.toReversed(), columns, by).rows.map((row) => row.rank);
        expect(backward.toReversed()).toEqual(forward);
      }),
    );
  });
});

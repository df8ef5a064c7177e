/** The table that is ranked over many choices of its rows, against `aggregate` of each choice alone. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { AGGREGATES, aggregate, type Column } from "./aggregate.ts";
import { AggregatedTable } from "./aggregated-table.ts";

const column = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  direction: fc.constantFrom<Column["direction"]>("higher", "higher", "lower", "neither"),
  bounds: fc.constantFrom([0, 100], [null, null]),
});

/** Ties, gaps, values on a bound, and rows that are not chosen. */
const table = fc
  .record({ rows: fc.integer({ min: 0, max: 20 }), columns: fc.array(column, { maxLength: 4 }) })
  .chain(({ rows, columns }) => {
    const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, max: 100, noNaN: true }));
    const cell = fc.oneof({ arbitrary: value, weight: 6 }, { arbitrary: fc.constant(null), weight: 1 });
    const row = fc.record({
      cells: fc.array(cell, { minLength: columns.length, maxLength: columns.length }),
      kept: fc.boolean(),
    });
    return fc.record({
      columns: fc.constant(
        columns.map(({ bounds, ...rest }): Column => ({ ...rest, lower: bounds[0]!, upper: bounds[1]! })),
      ),
      rows: fc.array(row, { minLength: rows, maxLength: rows }),
    });
  });

it.each(AGGREGATES)("%s of a choice is that of the chosen rows alone", (by) => {
  fc.assert(
    fc.property(table, ({ columns, rows }) => {
      const values = columns.map((_, j) => Float64Array.from(rows, ({ cells }) => cells[j] ?? Number.NaN));
      const kept = Uint8Array.from(rows, (row) => Number(row.kept));
      const fast = new AggregatedTable(rows.length, values, columns).rank(by, kept);
      const chosen = rows.filter((row) => row.kept);
      const plain = aggregate(
        chosen.map(({ cells }) => cells),
        columns,
        by,
      );
      expect([fast.better, fast.reason]).toEqual([plain.better, plain.reason]);
      const places = [...rows.keys()].filter((i) => rows[i]!.kept);
      expect(places.map((i) => (Number.isNaN(fast.scores[i]!) ? null : fast.scores[i]))).toEqual(
        plain.rows.map(({ score }) => score),
      );
      expect(places.map((i) => fast.ranks[i] || null)).toEqual(plain.rows.map(({ rank }) => rank));
      expect(rows.every((row, i) => row.kept || fast.ranks[i] === 0)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it("names an infinity and a column of another length", () => {
  const columns: Column[] = [{ name: "a", direction: "higher", lower: null, upper: null }];
  expect(() => new AggregatedTable(1, [Float64Array.of(Number.POSITIVE_INFINITY)], columns)).toThrow(
    "Row 0, a",
  );
  expect(() => new AggregatedTable(2, [Float64Array.of(1)], columns)).toThrow("a has 1 rows: expected 2");
});

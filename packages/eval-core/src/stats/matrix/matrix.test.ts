/** The fast correlation matrix against the plain one, over tables with gaps, ties and constant stretches. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COEFFICIENTS } from "../correlate.ts";
import { correlationMatrix, correlationMatrixReference } from "./matrix.ts";

/** Tables whose cells are missing, tied or unique in all proportions. */
const table = fc
  .record({ rows: fc.integer({ min: 0, max: 24 }), columns: fc.integer({ min: 1, max: 5 }), gaps: fc.nat(3) })
  .chain(({ rows, columns, gaps }) => {
    // Below 1e-100 squares leave the normal doubles, and neither way has digits to agree in.
    const real = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((x) => (Math.abs(x) < 1e-100 ? 0 : x));
    const value = fc.oneof(fc.integer({ min: 0, max: 4 }), real);
    const cell = fc.oneof({ arbitrary: value, weight: 4 }, { arbitrary: fc.constant(null), weight: gaps });
    return fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), {
      minLength: columns,
      maxLength: columns,
    });
  });

const sameNumbers = (actual: Float64Array, expected: Float64Array, tolerance: number) => {
  for (const [i, value] of expected.entries()) {
    if (Number.isNaN(value)) expect(actual[i]).toBeNaN();
    else
      expect(Math.abs(actual[i]! - value), `entry ${i}: ${actual[i]} for ${value}`).toBeLessThan(tolerance);
  }
};

describe("correlationMatrix", () => {
  it.each(COEFFICIENTS)("%s equals the plain matrix", (coefficient) => {
    fc.assert(
      fc.property(table, (columns) => {
        const fast = correlationMatrix(columns, coefficient);
        const plain = correlationMatrixReference(columns, coefficient);
        expect(fast.counts).toEqual(plain.counts);
        sameNumbers(fast.coefficients, plain.coefficients, 1e-10);
        // Near |r| = 1 a p-value goes as √(1 - r²): 1e-10 in r is 1e-5 there.
        sameNumbers(fast.pValues, plain.pValues, 1e-4);
      }),
      { numRuns: 300 },
    );
  });

  it.each(COEFFICIENTS)("%s in parts is the whole", (coefficient) => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 4 }), (columns, of) => {
        const whole = correlationMatrix(columns, coefficient, { pValues: false });
        const parts = Array.from({ length: of }, (_, index) =>
          correlationMatrix(columns, coefficient, { pValues: false, part: { index, of } }),
        );
        for (const [at, count] of whole.counts.entries()) {
          const [i, j] = [Math.floor(at / whole.size), at % whole.size];
          const part = parts[Math.min(i, j) % of]!;
          expect([part.coefficients[at], part.counts[at]]).toEqual([whole.coefficients[at], count]);
        }
        expect(whole.pValues.every(Number.isNaN)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("a column that varies only where the other is missing has no correlation with it", () => {
    const { coefficients, counts } = correlationMatrix([
      [1e9, 1e9, 1e9, 1e9, 3],
      [1, 2, 3, 4, null],
    ]);
    expect(counts[1]).toBe(4);
    expect(coefficients[1]).toBeNaN();
    expect(coefficients[3]).toBe(1);
  });

  it("names a column of another length and an infinity", () => {
    expect(() => correlationMatrix([[1, 2], [1]])).toThrow("Column 1 has 1 rows, column 0 has 2");
    expect(() => correlationMatrix([[1, Number.POSITIVE_INFINITY]])).toThrow("Column 0, row 1 is Infinity");
    expect(correlationMatrix([]).size).toBe(0);
  });
});

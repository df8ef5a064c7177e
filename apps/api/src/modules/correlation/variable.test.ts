/** Reading a variable of many methods at once, against reading it of each. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Direction, Measure, Method } from "../catalogue/entities.ts";
import { valueIn } from "../ledger/columns.ts";
import { makeVariable, readNumbers, readVariable, TRANSFORMS } from "./variable.ts";

const measure = (id: number, direction: Direction, upper: number | null): Measure => {
  const sizes = { classCount: null, trainSize: null, valSize: null, testSize: null };
  return {
    id,
    slug: `m${id}`,
    title: `M${id}`,
    setting: { slug: "s", title: "S" },
    dataset: { slug: "d", title: "D", domain: "objects", ...sizes },
    metric: { slug: "x", title: "X", unit: "%", direction, lower: 0, upper, digits: 2 },
  };
};

const method = (id: number) => ({ id, slug: `${id}` }) as Method;

const value = fc.oneof(
  { arbitrary: fc.double({ min: 0, max: 100, noNaN: true }), weight: 5 },
  fc.constantFrom(0, 100, Number.NaN),
);

it("gives the same numbers, and none where it says why there is none", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          direction: fc.constantFrom<Direction>("HIGHER", "LOWER"),
          upper: fc.constantFrom(100, null),
          values: fc.array(value, { maxLength: 6 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fc.constantFrom(...TRANSFORMS),
      fc.boolean(),
      (columns, transform, orient) => {
        const measures = columns.map(({ direction, upper }, i) => measure(i + 1, direction, upper));
        const read = new Map(columns.map(({ values }, i) => [i + 1, Float64Array.from(values)]));
        const variable = makeVariable({ slug: "v", title: "V", measures }, transform, orient);
        const methods = [0, 1, 2, 3, 4, 5, 6].map(method);
        const shown = valueIn(read);
        expect([...readNumbers(variable, methods, read)]).toEqual(
          methods.map((one) => readVariable(variable, one, shown).value ?? Number.NaN),
        );
      },
    ),
  );
});

/** What generated records of every format are made of. */
import fc from "fast-check";
import type { OutRow } from "../shared/format.ts";

type Blank = Omit<OutRow, "method" | "checkpoint" | "aliases" | "measure" | "value" | "source">;
export const blank: Blank = {
  place: "",
  unit: "%",
  interval: null,
  n: null,
  seeds: [],
  evaluatedAt: null,
  protocol: {},
  fingerprint: null,
  extra: {},
};

export const word = fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/);
export const repo = fc
  .tuple(word, fc.stringMatching(/^[A-Za-z][A-Za-z0-9.-]{0,12}[a-z0-9]$/))
  .map((parts) => parts.join("/"));
export const revision = fc.option(fc.stringMatching(/^[0-9a-f]{40}$/));
export const fingerprint = fc.option(fc.stringMatching(/^[0-9a-f]{64}$/));
/** Of few digits and of many. */
export const fraction = fc.oneof(
  fc.integer({ min: 0, max: 10_000 }).map((k) => k / 10_000),
  fc.double({ min: 1e-6, max: 1, noNaN: true }),
);
export const percent = fc.oneof(
  fc.integer({ min: 101, max: 10_000 }).map((k) => k / 100),
  fc.double({ min: 1.01, max: 100, noNaN: true }),
);
export const moment = fc.option(
  fc
    .integer({ min: 1_500_000_000, max: 1_900_000_000 })
    .map((s) => new Date(s * 1000).toISOString().replace(".000Z", "Z")),
);
export const n = fc.option(fc.integer({ min: 1, max: 100_000 }));
export const seeds = fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 4 });
export const address = word.map((name) => `https://example.org/${name}`);
/** Text that a table must quote. */
export const notes = fc.stringMatching(/^[a-z"',; ÄÖ\n%-]{0,20}[a-z]$/);

export const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 10 });

/** Nothing that a file may have once is there twice. */
export function distinct(rows: readonly OutRow[]): OutRow[] {
  const key = ({ method, checkpoint, measure, protocol, fingerprint: print }: OutRow) =>
    JSON.stringify([method.toLowerCase(), checkpoint.name, measure, print ?? protocol]);
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

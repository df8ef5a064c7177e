/**
 * The database package and the evaluations each write canonical JSON: neither may import the other there. A protocol's
 * fingerprint must not depend on which of them took it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, fingerprint } from "../../packages/eval-core/src/evaluations/fingerprint.ts";
import {
  fingerprint as fingerprintOfTheDatabase,
  type Json,
  canonicalJson as ofTheDatabase,
} from "../../prisma/src/canonical-json.ts";

test("both write the same text, and so the same fingerprint", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ noUnicodeString: false })),
      (value) => {
        expect(ofTheDatabase(value as Json)).toBe(canonicalJson(value));
        expect(fingerprintOfTheDatabase(value as Json)).toBe(fingerprint(value));
      },
    ),
  );
});

test("RFC 8785's own example of numbers and order", () => {
  const value = { b: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27], a: { "\u20ac": 1, "\r": 2, "1": 3 } };
  const text = '{"a":{"\\r":2,"1":3,"€":1},"b":[333333333.3333333,1e+30,4.5,0.002,1e-27]}';
  expect(canonicalJson(value)).toBe(text);
  expect(ofTheDatabase(value)).toBe(text);
});

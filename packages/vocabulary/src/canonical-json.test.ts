/** Canonical JSON: RFC 8785's rules, its refusals, and that it says what JSON.parse reads back. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, fingerprint } from "./canonical-json.ts";

it("sorts keys by UTF-16 code units and prints numbers as ECMAScript does", () => {
  // From RFC 8785, 3.2.3: the euro sign sorts after the accented o, the emoji's surrogates before U+FB33.
  const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  );
  expect(canonicalJson([1e21, 1e-7, -0, 4.5, 0.002, null, true])).toBe("[1e+21,1e-7,0,4.5,0.002,null,true]");
});

it("the order of keys does not matter, everything else does", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(fingerprint(reversed)).toBe(fingerprint(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
});

it("SHA-256 of the bytes", () => {
  // printf '{"a":1,"b":[true,null]}' | sha256sum
  expect(fingerprint({ b: [true, null], a: 1 })).toBe(
    "1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668",
  );
});

it("refuses what JSON cannot say, with its place", () => {
  expect(() => canonicalJson({ a: [1, Number.NaN] })).toThrow("$.a[1] is NaN");
  expect(() => canonicalJson({ a: undefined })).toThrow("$.a is undefined");
  expect(() => canonicalJson({ a: 1n })).toThrow("$.a is bigint");
  expect(() => canonicalJson(new Date(0))).toThrow("$ is a Date");
  expect(() => canonicalJson(Float64Array.of(1))).toThrow("$ is a Float64Array");
  expect(() => canonicalJson(["\ud83d"])).toThrow("half a surrogate pair");
  expect(() => canonicalJson(Array(1))).toThrow("$[0] is undefined");
});

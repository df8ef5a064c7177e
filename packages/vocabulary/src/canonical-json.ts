/**
 * The fingerprint of a protocol: SHA-256 of its canonical JSON. Two numbers are comparable when the fingerprints
 * under which they were measured are equal.
 */

import { createHash } from "node:crypto";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * RFC 8785's canonical JSON: keys sorted by UTF-16 code units, no blanks, numbers as ECMAScript prints them.
 * @throws TypeError on whatever JSON cannot say without loss: NaN, infinities, undefined, functions, bigints,
 * unpaired surrogates, objects of a class (a Date, a typed array), naming the place.
 */
export function canonicalJson(value: unknown, at = "$"): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new TypeError(`${at} is ${value}: canonical JSON holds finite numbers only.`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed())
      throw new TypeError(`${at} holds half a surrogate pair: it is no Unicode text.`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => canonicalJson(item, `${at}[${i}]`)).join(",")}]`;
  }
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([key, item]) => `${canonicalJson(key, at)}:${canonicalJson(item, `${at}.${key}`)}`).join(",")}}`;
  }
  const found = typeof value === "object" ? `a ${value.constructor?.name ?? "class instance"}` : typeof value;
  throw new TypeError(
    `${at} is ${found}: canonical JSON holds plain objects, arrays, text, numbers and booleans.`,
  );
}

/** SHA-256, in hexadecimal, of the canonical JSON of a protocol's description. @throws as `canonicalJson`. */
export const fingerprint = (protocol: unknown): string => sha256(canonicalJson(protocol));

/** In hexadecimal, of the text's UTF-8. */
export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

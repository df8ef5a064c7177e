/**
 * Every protocol, fingerprint, identity and measure slug that has ever been released stays what it
 * was: results are recorded under them. A failure here means that a change would orphan recorded results.
 */
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../packages/eval-core/src/evaluations/fingerprint.ts";
import { readGolden } from "./golden.ts";
import type { Pin } from "./pin.ts";
import { allPins } from "./protocols.ts";
import { vocabularyPins } from "./vocabulary.ts";

describe("protocols", () => {
  const golden = readGolden("protocols") as Record<string, Pin>;
  const found = allPins();

  it("are made for every pinned case, and every case is pinned", () => {
    expect(Object.keys(found).sort()).toEqual(Object.keys(golden).sort());
  });

  it.each(Object.keys(golden))("%s", (name) => {
    expect(found[name]).toEqual(golden[name]);
    expect(fingerprint(found[name]!.body as object)).toBe(golden[name]!.fingerprint);
  });
});

describe("vocabulary", () => {
  const golden = readGolden("vocabulary");
  const found = vocabularyPins();
  /** Lists may grow at their end; what describes a thing to people is theirs to word. */
  const withLists = (value: unknown, like: unknown): unknown => {
    if (Array.isArray(value) && Array.isArray(like)) return value.slice(0, like.length);
    if (typeof value !== "object" || value === null) return value;
    const before = like as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) =>
        Object.hasOwn(before, key) && key !== "description" ? [[key, withLists(item, before[key])]] : [],
      ),
    );
  };

  it.each(Object.keys(golden))("%s", (name) => {
    expect(withLists(found[name], golden[name])).toEqual(withLists(golden[name], golden[name]));
  });
});

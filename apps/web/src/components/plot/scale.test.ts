import { describe, expect, it } from "vitest";
import { linear, padded, rawTicks, ticksOf, tickText } from "./scale.ts";

describe("axes", () => {
  it("map the domain to pixels and back", () => {
    const scale = linear([10, 20], [100, 0]);
    expect(scale.at(10)).toBe(100);
    expect(scale.at(15)).toBe(50);
    expect(scale.back(25)).toBeCloseTo(17.5, 12);
  });

  it("have ticks at round numbers within the domain", () => {
    expect(ticksOf([0.37, 1.64], 6)).toEqual([0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6]);
    expect(ticksOf([-3, 3], 3)).toEqual([-2, 0, 2]);
    expect(tickText(-0.4, [-0.4, -0.2])).toBe("−0.4");
    expect(tickText(1200, [1000, 1200])).toBe("1200");
  });

  it("give one point room", () => {
    const [low, high] = padded([5], 0.1);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
  });

  it("show raw values where an axis is of logits", () => {
    const ticks = rawTicks([0, 1.5], 100, false);
    for (const { at, text } of ticks) expect(100 / (1 + Math.exp(-at))).toBeCloseTo(Number(text), 8);
    expect(ticks.map(({ text }) => text)).toContain("60");
  });

  it("turn with a negated axis", () => {
    const ticks = rawTicks([-1.5, 0], 1, true);
    for (const { at, text } of ticks) expect(1 / (1 + Math.exp(at))).toBeCloseTo(Number(text), 8);
  });
});

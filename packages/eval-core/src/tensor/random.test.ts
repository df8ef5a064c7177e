import { describe, expect, it } from "vitest";
import { SeededRandom } from "./random.ts";

describe("SeededRandom", () => {
  it("follows the published xoshiro128** recurrence", () => {
    // From state 1, 2, 3, 4 the first output is rotl(2 * 5, 7) * 9 = 11,520 and the second 0, by hand.
    const random = SeededRandom.restore([1, 2, 3, 4]);
    expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([11_520, 0, 5_927_040]);
  });

  it("gives the same draws for the same seed, others for another, also beyond 32 bits", () => {
    const first = (seed: number) => new SeededRandom(seed).uint32();
    expect(first(7)).toBe(first(7));
    expect(new Set([0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 52].map(first)).size).toBe(6);
  });

  it("goes on where a stored state was taken", () => {
    const random = new SeededRandom(3);
    for (let i = 0; i < 10; i++) random.normal();
    const state = JSON.parse(JSON.stringify(random.state));
    const expected = [random.uint32(), random.uniform(), random.below(10)];
    const restored = SeededRandom.restore(state);
    expect([restored.uint32(), restored.uniform(), restored.below(10)]).toEqual(expected);
    expect(() => SeededRandom.restore([0, 0, 0, 0])).toThrow(/not all zero/);
  });

  it("draws integers without bias (chi-square over 7 values)", () => {
    const random = new SeededRandom(11);
    const counts = new Array<number>(7).fill(0);
    const n = 70_000;
    for (let i = 0; i < n; i++) counts[random.below(7)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - n / 7) ** 2 / (n / 7), 0);
    expect(chiSquare).toBeLessThan(22.46); // the 0.999 quantile at 6 degrees of freedom
  });

  it("draws normal deviates with the right moments", () => {
    const random = new SeededRandom(5);
    const draws = Array.from({ length: 40_000 }, () => random.normal(2, 3));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(2, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(3, 1);
    expect(draws.filter((x) => Math.abs(x - 2) < 3).length / draws.length).toBeCloseTo(0.6827, 2);
  });

  it("permutes", () => {
    const permutation = new SeededRandom(1).permutation(100);
    expect([...permutation].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...permutation]).not.toEqual([...permutation].sort((a, b) => a - b));
    expect(new SeededRandom(1).permutation(0)).toHaveLength(0);
  });

  it.each([0, -1, 1.5, 2 ** 33])("refuses to draw below %s", (n) => {
    expect(() => new SeededRandom(1).below(n)).toThrow(RangeError);
  });

  it.each([-1, 0.5, Number.NaN])("refuses the seed %s", (seed) => {
    expect(() => new SeededRandom(seed)).toThrow(RangeError);
  });
});

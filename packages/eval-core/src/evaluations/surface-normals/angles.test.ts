/** Scores of normals over images: against sorting everything at once. */
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../tensor/index.ts";
import { exactMedian, normalsIntervals, normalsScores, summarise } from "./angles.ts";
import { angleBetween, normalOf } from "./predict.ts";

const random = new SeededRandom(4);
const images = [5, 12, 1, 20].map((count) =>
  Float32Array.from({ length: count }, () => Math.abs(random.normal(15, 12))),
);

describe("the median", () => {
  it.each([
    ["of an even number", images],
    ["of an odd number", [...images, Float32Array.of(3)]],
    ["of angles that are equal", [Float32Array.of(2, 2, 2), Float32Array.of(2)]],
    ["of one", [Float32Array.of(7.5)]],
  ])("%s is what sorting all of them gives", (_, all) => {
    const sorted = all.flatMap((one) => [...one]).sort((a, b) => a - b);
    const n = sorted.length;
    const expected = (sorted[Math.floor((n - 1) / 2)]! + sorted[Math.floor(n / 2)]!) / 2;
    expect(exactMedian(all.length, (i) => all[i]!)).toBe(expected);
  });
});

describe("mean and shares", () => {
  it("are over all pixels together, thresholds strict", () => {
    const all = images.flatMap((one) => [...one]);
    const { meanError, within, pixels } = normalsScores(images.map(summarise));
    expect(pixels).toBe(38);
    expect(meanError).toBeCloseTo(all.reduce((a, b) => a + b) / 38, 9);
    expect(within[1]).toBeCloseTo((100 * all.filter((angle) => angle < 22.5).length) / 38, 9);
    expect(normalsScores([summarise(Float32Array.of(11.25, 11, 30))]).within).toEqual([
      100 / 3,
      200 / 3,
      200 / 3,
    ]);
    const { meanError: interval } = normalsIntervals(images.map(summarise));
    expect(interval.lower).toBeLessThan(meanError);
    expect(interval.upper).toBeGreaterThan(meanError);
  });
});

describe("a normal", () => {
  it("is the mean codeword, of unit length; its angle knows no length of the truth", () => {
    const codebook = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const normal = new Float64Array(3);
    normalOf(Float64Array.of(9, 0.5, 0.5, 0), 1, codebook, normal);
    expect([...normal]).toEqual([Math.SQRT1_2, Math.SQRT1_2, 0].map((v) => expect.closeTo(v, 12)));
    expect(angleBetween(normal, [3, 0, 0])).toBeCloseTo(45, 9);
    expect(angleBetween([0, 0, 1], [0, 0, -2])).toBeCloseTo(180, 5);
  });
});

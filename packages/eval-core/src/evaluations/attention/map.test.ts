/** What follows from the distances of masks; the golden ones are held by `transferboard conformance features`. */
import { describe, expect, it } from "vitest";
import { attentionMap, diffusion, maskPositions } from "./map.ts";

describe("attention", () => {
  it("covers every pixel of the crop by as many masks, and makes a constant map of equal distances", () => {
    for (const stride of [1, 2, 5, 10]) {
      const geometry = { size: 42, mask: 10, stride };
      const count = maskPositions(geometry).length;
      const map = attentionMap(new Float64Array(count * count).fill(0.1), geometry);
      expect(map).toHaveLength(24 * 24);
      for (const value of map) expect(value).toBeCloseTo(0.1, 12);
      expect(diffusion(map)).toBe(0);
    }
  });

  it("spreads a single distance over the pixels that its mask covers", () => {
    const geometry = { size: 42, mask: 10, stride: 5 };
    const distances = new Float64Array(7 * 7);
    distances[3 * 7 + 2] = 4;
    const map = attentionMap(distances, geometry);
    // The mask lies at rows 15 to 24 and columns 10 to 19; the crop begins at 9, and four masks cover each pixel.
    for (const [i, value] of map.entries()) {
      const [y, x] = [Math.floor(i / 24) + 9, (i % 24) + 9];
      expect(value).toBe(y >= 15 && y < 25 && x >= 10 && x < 20 ? 1 : 0);
    }
    expect(diffusion(map)).toBeCloseTo((100 * 100) / 576, 12);
  });

  it("refuses a stride that covers pixels unevenly", () => {
    expect(() => maskPositions({ size: 242, mask: 10, stride: 3 })).toThrow("does not divide the mask of 10");
  });
});

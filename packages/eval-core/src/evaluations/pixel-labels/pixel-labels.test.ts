/** Batches, canvases and probabilities of networks that label pixels; the pixels themselves are held by conformance. */
import { describe, expect, it } from "vitest";
import { SeededRandom, tensor } from "../../tensor/index.ts";
import { PixelBatches } from "./batches.ts";
import { canvasOf, scaledSize, writeClasses } from "./canvas.ts";
import { resampled } from "./intervals.ts";
import { colourOf } from "./pictures.ts";
import { bilinearTaps } from "./plain-bilinear.ts";
import { probabilityRows } from "./probabilities.ts";
import { debiasedMomentum } from "./settings.ts";

const images = Array.from({ length: 9 }, (_, i) => ({
  id: `${i}`,
  image: "",
  labels: "",
  width: i % 3 === 0 ? 120 : 160,
  height: i % 3 === 0 ? 160 : 120,
}));
const settings = {
  steps: 10,
  batch: 2,
  shortSizes: [96, 112, 128],
  longest: 1000,
  testShortSizes: [96],
  poolWidth: 4,
  width: 8,
};
const rules = {
  multiple: 32,
  labelStride: 4,
  flip: true,
  dropout: true,
  labels: { offset: 1, ignored: 0, besideImage: -1, beyond: 0 },
};

describe("batches", () => {
  it("hold images of like orientation at one short size, on a canvas of multiples", () => {
    const batches = new PixelBatches(images, settings, rules, 0);
    const shorts = new Set<number>();
    const flips: boolean[] = [];
    for (let i = 0; i < 60; i++) {
      const plan = batches.next();
      const tall = plan.images.map((image) => images[image]!.height > images[image]!.width);
      expect(new Set(tall).size).toBe(1);
      for (const { width, height } of plan.sizes) shorts.add(Math.min(width, height));
      expect(plan.canvas.width % 32).toBe(0);
      expect(plan.canvas.height % 32).toBe(0);
      expect(plan.dropout).toHaveLength(16);
      flips.push(...plan.flips);
    }
    expect([...shorts].sort((a, b) => a - b)).toEqual([96, 112, 128]);
    expect(flips.filter(Boolean).length).toBeGreaterThan(30);
    expect(flips.filter(Boolean).length).toBeLessThan(90);
  });
  it("go on from their state with the same draws", () => {
    const batches = new PixelBatches(images, settings, rules, 7);
    for (let i = 0; i < 5; i++) batches.next();
    const state = JSON.parse(JSON.stringify(batches.state));
    const rest = Array.from({ length: 8 }, () => batches.next());
    const other = new PixelBatches(images, settings, rules, 99);
    other.restore(state);
    expect(Array.from({ length: 8 }, () => other.next())).toEqual(rest);
  });
});

describe("sizes", () => {
  it("are truncated, the longer side bounded", () => {
    expect(scaledSize({ width: 640, height: 480 }, 450, 1000)).toEqual({ width: 600, height: 450 });
    expect(scaledSize({ width: 1000, height: 200 }, 450, 1000)).toEqual({ width: 1000, height: 200 });
    expect(
      canvasOf(
        [
          { width: 33, height: 10 },
          { width: 20, height: 64 },
        ],
        32,
      ),
    ).toEqual({ width: 64, height: 64 });
  });
});

describe("classes of a label map", () => {
  it("are read in the middle of every cell; beside the image and beyond it as the rules say", () => {
    // 6 x 3 pixels, stride 4, on a canvas of 16 x 8: 2 x 4 cells, of which one row of two is the image's own.
    const data = Uint8Array.from({ length: 18 }, (_, i) => i);
    const into = new Float32Array(8);
    writeClasses({ width: 6, height: 3, data }, { width: 16, height: 8 }, 4, rules.labels, into);
    // (2, 2) is level 14, class 13; (6, 2) lies beside the image; the rest beyond.
    expect([...into]).toEqual([13, -1, 0, 0, 0, 0, 0, 0]);
  });
});

describe("probabilities", () => {
  it("are softmax of bilinear logits, the mean over inputs, row by row", () => {
    const random = new SeededRandom(2);
    const map = (h: number, w: number) =>
      tensor(
        "float32",
        [1, 3, h, w],
        Float32Array.from({ length: 3 * h * w }, () => random.uniform(-2, 2)),
      );
    const maps = [map(2, 3), map(4, 5)];
    const [width, height] = [7, 6];
    const found: number[] = [];
    probabilityRows(maps, { width, height }, (_, row) => found.push(...row));
    const [y, x] = [4, 5];
    const expected = [0, 0, 0];
    for (const { data, shape } of maps) {
      const [, , h, w] = shape as [number, number, number, number];
      const at = (out: number, from: number, to: number) =>
        Math.min(Math.max(((out + 0.5) * from) / to - 0.5, 0), from - 1);
      const [v, u] = [at(y, h, height), at(x, w, width)];
      const [v0, u0] = [Math.floor(v), Math.floor(u)];
      const [v1, u1] = [Math.min(v0 + 1, h - 1), Math.min(u0 + 1, w - 1)];
      const logits = [0, 1, 2].map((c) => {
        const read = (r: number, s: number) => data[(c * h + r) * w + s]!;
        const top = read(v0, u0) * (1 - (u - u0)) + read(v0, u1) * (u - u0);
        const bottom = read(v1, u0) * (1 - (u - u0)) + read(v1, u1) * (u - u0);
        return top * (1 - (v - v0)) + bottom * (v - v0);
      });
      const sum = logits.reduce((total, value) => total + Math.exp(value), 0);
      for (let c = 0; c < 3; c++) expected[c]! += Math.exp(logits[c]!) / sum / maps.length;
    }
    for (let c = 0; c < 3; c++) expect(found[(y * width + x) * 3 + c]).toBeCloseTo(expected[c]!, 9);
    expect(found.slice(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });
  it("clamp at the edges", () => {
    const { low, high, share } = bilinearTaps(2, 4);
    expect([...low]).toEqual([0, 0, 0, 1]);
    expect([...high]).toEqual([1, 1, 1, 1]);
    expect([...share]).toEqual([0, 0.25, 0.75, 0]);
  });
});

describe("running statistics", () => {
  it("are the weighted mean of their start and of all batches", () => {
    const k = 0.999;
    const batches = [3, -1, 4, 1.5];
    const start = 7;
    let running = start;
    batches.forEach((value, step) => {
      const momentum = debiasedMomentum(step);
      running = (1 - momentum) * running + momentum * value;
    });
    const t = batches.length;
    const weights = batches.map((_, i) => k ** (t - 1 - i));
    const top = k ** t * start + batches.reduce((sum, value, i) => sum + weights[i]! * value, 0);
    expect(running).toBeCloseTo(top / (k ** t + weights.reduce((a, b) => a + b)), 12);
  });
});

describe("intervals", () => {
  it("are percentiles of resampled images, always the same", () => {
    const values = Array.from({ length: 40 }, (_, i) => i);
    const mean = (drawn: readonly number[]) => [drawn.reduce((a, b) => a + b) / drawn.length];
    const [interval] = resampled(values, mean);
    expect(interval!.lower).toBeGreaterThan(14);
    expect(interval!.lower).toBeLessThan(18);
    expect(interval!.upper).toBeGreaterThan(21);
    expect(interval!.upper).toBeLessThan(25);
    expect(resampled(values, mean)).toEqual([interval]);
  });
});

it("gives every class of ADE20K a colour of its own, none of them black", () => {
  const colours = Array.from({ length: 150 }, (_, c) => colourOf(c).join());
  expect(new Set(colours).size).toBe(150);
  expect(colours).not.toContain("0,0,0");
});

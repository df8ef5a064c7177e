/** What is drawn for a training picture, its place in the order, and the loss of a picture against finite differences. */
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rgbImage } from "../../images/index.ts";
import { NumpyRandomState } from "../../tensor/index.ts";
import { distorted, randomCrop } from "./crops.ts";
import { PictureOrder } from "./order.ts";
import { PictureStore, pictureOf, recordOf } from "./picture-store.ts";
import { pixelGradient, VOID } from "./pixel-gradient.ts";
import { MOST_OF_A_CLASS } from "./protocol.ts";

it("an epoch is a permutation, batches run on over its end, and a restored order goes on", () => {
  const order = new PictureOrder(5, 3, 7);
  const all = Array.from({ length: 5 }, () => order.next()).flat();
  expect(all.map(({ turn }) => turn)).toEqual(Array.from({ length: 15 }, (_, i) => i));
  for (const epoch of [0, 1, 2]) {
    const own = all.slice(5 * epoch, 5 * epoch + 5).map(({ picture }) => picture);
    expect(own.toSorted()).toEqual([0, 1, 2, 3, 4]);
  }
  const first = new NumpyRandomState(7).permutation(5);
  expect(all.slice(0, 5).map(({ picture }) => picture)).toEqual([...first]);
  const resumed = new PictureOrder(5, 3, 7);
  resumed.restore(2);
  expect(resumed.next()).toEqual(all.slice(6, 9));
});

it("the gradient of a picture is that of its loss, void pixels in the denominator alone", () => {
  const random = new NumpyRandomState(1);
  const [classes, side, width, height] = [3, 2, 5, 4];
  const scores = Float32Array.from({ length: classes * side * side }, () => random.uniform() * 4 - 2);
  const labels = Uint8Array.from({ length: width * height }, (_, i) => (i % 7 === 3 ? VOID : i % classes));
  const at = (values: Float32Array) =>
    pixelGradient({ scores: values, classes, side }, { labels, width, height }, labels.length);
  const { gradient, labelled } = at(scores);
  expect(labelled).toBe(labels.filter((label) => label !== VOID).length);
  for (let i = 0; i < scores.length; i++) {
    const moved = (by: number) => {
      const values = scores.slice();
      values[i]! += by;
      return at(values).loss / labels.length;
    };
    expect(gradient[i]).toBeCloseTo((moved(1e-2) - moved(-1e-2)) / 2e-2, 4);
  }
});

const image = (width: number, height: number) =>
  rgbImage(
    width,
    height,
    Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37) % 256),
  );

it("crops keep image and labels together, and look for one that no class fills", () => {
  // Class 5 on the left, class 4 on the right: a first try misses the border for about every third picture.
  const [width, height, side] = [80, 60, 16];
  const levels = Uint8Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 5 : 4));
  let mixed = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { image: cut, labels } = randomCrop(
      { image: image(width, height), labels: { width, height, data: levels } },
      side,
      0,
      new NumpyRandomState(seed),
    );
    expect([cut.width, cut.height]).toEqual([labels.width, labels.height]);
    expect(cut.width).toBeLessThanOrEqual(side);
    const share = labels.data.filter((level) => level === 4).length / labels.data.length;
    if (share < MOST_OF_A_CLASS && share > 1 - MOST_OF_A_CLASS) mixed++;
  }
  expect(mixed).toBeGreaterThan(36);
});

it("distortion leaves every other picture's parts alone, and greys grey but for brightness and contrast", () => {
  const grey = rgbImage(4, 4, new Uint8Array(48).fill(100));
  const seen = new Set<number>();
  for (let seed = 0; seed < 30; seed++) {
    const { data } = distorted(grey, new NumpyRandomState(seed));
    expect(new Set(data).size).toBe(1);
    seen.add(data[0]!);
  }
  expect(seen.has(100)).toBe(true);
  expect(seen.size).toBeGreaterThan(5);
});

it("a store of pictures keeps maps in float16, and goes on behind the last whole record", () => {
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  try {
    const picture = { map: Float32Array.of(0.1, -2.5), labels: Uint8Array.of(3, 255) };
    const record = recordOf(picture);
    const store = new PictureStore(folder, record.length);
    for (let i = 0; i < 3; i++) store.append(record);
    store.close();
    truncateSync(join(folder, "pictures.bin"), 2 * record.length + 1);
    const again = new PictureStore(folder, record.length);
    expect(again.count).toBe(2);
    const map = new Float32Array(2);
    expect([...pictureOf(again.read(1), 2, map)]).toEqual([3, 255]);
    expect(map[1]).toBe(-2.5);
    expect(map[0]).not.toBe(Math.fround(0.1));
    expect(map[0]).toBeCloseTo(0.1, 3);
    expect(() => again.read(2)).toThrow("picture 2 is not in the store: it holds 2");
    again.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

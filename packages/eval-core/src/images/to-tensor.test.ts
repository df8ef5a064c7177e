import { expect, it } from "vitest";
import { NORMALISATIONS, toTensor } from "./to-tensor.ts";

const crop = Uint8Array.of(0, 51, 102, 153, 204, 255);
const size = { width: 2, height: 1 };

it("stacks crops as N x 3 x H x W, one plane a channel", () => {
  const batch = toTensor([crop, crop.toReversed()], NORMALISATIONS.none, size);
  expect(batch.shape).toEqual([2, 3, 1, 2]);
  const levels = Array.from(batch.data, (value) => Math.round(value * 255));
  expect(levels).toEqual([0, 153, 51, 204, 102, 255, 255, 102, 204, 51, 153, 0]);
});

it("normalises by channel: level / 255, less the mean, by the deviation", () => {
  const { mean, std } = NORMALISATIONS.imagenet;
  const { data } = toTensor([crop], NORMALISATIONS.imagenet, size);
  // Position i of the planes holds byte [0, 3, 1, 4, 2, 5][i] of the interleaved crop.
  const expected = [0, 3, 1, 4, 2, 5].map((at) => (crop[at]! / 255 - mean[at % 3]!) / std[at % 3]!);
  for (const [i, value] of data.entries()) expect(value).toBeCloseTo(expected[i]!, 6);
  // The ends of torchvision's range for ImageNet's mean and deviation.
  expect(data[0]).toBeCloseTo(-2.117904, 5);
  expect(data[5]).toBeCloseTo(2.64, 5);
});

it("fills a given buffer", () => {
  const into = new Float32Array(6);
  expect(toTensor([crop], NORMALISATIONS.none, size, into).data).toBe(into);
});

it("refuses a crop of another size", () => {
  expect(() => toTensor([crop.subarray(1)], NORMALISATIONS.none, size)).toThrow(
    "crop 0 has 5 bytes; 2 x 1 RGB needs 6",
  );
});

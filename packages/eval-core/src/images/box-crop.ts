/** Pillow's `Image.crop(box)`: numbers rounded half to even, pixels x1 to x2 - 1 and y1 to y2 - 1, black beyond the picture. */
import { type RgbImage, rgbImage } from "./image.ts";

export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  if (part !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** @throws RangeError where nothing would be left, or the box is not four finite numbers */
export function cropBox(image: RgbImage, box: Box): RgbImage {
  const [x1, y1, x2, y2] = box.map(roundHalfToEven) as [number, number, number, number];
  const [width, height] = [x2 - x1, y2 - y1];
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) {
    throw new RangeError(`the box ${box.join(", ")} holds no pixel: expected x1 < x2 and y1 < y2`);
  }
  const data = new Uint8Array(width * height * 3);
  const [left, right] = [Math.max(x1, 0), Math.min(x2, image.width)];
  for (let y = Math.max(y1, 0); y < Math.min(y2, image.height) && left < right; y++) {
    const from = (y * image.width + left) * 3;
    data.set(image.data.subarray(from, from + (right - left) * 3), ((y - y1) * width + left - x1) * 3);
  }
  return rgbImage(width, height, data);
}

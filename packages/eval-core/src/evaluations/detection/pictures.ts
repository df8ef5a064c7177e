/** A test image with boxes drawn on it. */
import type { RgbImage } from "../../images/index.ts";

export interface DrawnBox {
  /** x1, y1, x2, y2 in continuous pixels. */
  readonly box: readonly [number, number, number, number];
  readonly class: number;
}

/** A colour a class, far apart for neighbours, bright: 0 to 19 are VOC's classes. */
export function colourOf(kind: number): readonly [number, number, number] {
  const hue = (kind * 0.618034 * 6) % 6;
  const channel = (offset: number) => {
    const at = (offset + hue) % 6;
    return Math.round(255 * Math.min(1, Math.max(0, Math.min(at, 4 - at))));
  };
  return [channel(5), channel(3), channel(1)];
}

const THICKNESS = 2;

/** Later boxes are drawn over earlier ones. */
export function drawBoxes({ width, height, data }: RgbImage, boxes: readonly DrawnBox[]): RgbImage {
  const out = new Uint8Array(data);
  const paint = (x: number, y: number, colour: readonly number[]) => {
    if (x >= 0 && y >= 0 && x < width && y < height) out.set(colour, (y * width + x) * 3);
  };
  for (const { box, class: kind } of boxes) {
    const colour = colourOf(kind);
    const [left, top] = [Math.floor(box[0]), Math.floor(box[1])];
    const [right, bottom] = [Math.ceil(box[2]) - 1, Math.ceil(box[3]) - 1];
    for (let inset = 0; inset < THICKNESS; inset++) {
      for (let x = left; x <= right; x++) {
        paint(x, top + inset, colour);
        paint(x, bottom - inset, colour);
      }
      for (let y = top; y <= bottom; y++) {
        paint(left + inset, y, colour);
        paint(right - inset, y, colour);
      }
    }
  }
  return { width, height, data: out };
}

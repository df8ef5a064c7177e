/** Anchors: boxes of a few shapes around every position of every level of a pyramid, as detectron2 places them. */
import { ANCHOR_RATIOS } from "../../../networks/index.ts";

export interface LevelSize {
  readonly height: number;
  readonly width: number;
}

/** Input pixels a position, of P2 to P6. */
export const STRIDES = [4, 8, 16, 32, 64] as const;

/**
 * Boxes [A, 4] as x1, y1, x2, y2; levels one after another, in a level y, x, ratio. Centres lie on (x stride, y stride).
 * An anchor of side s and ratio r is s / sqrt(r) wide and s sqrt(r) high. Each number is rounded to float32 as there.
 * @param sides one a level
 */
export function anchorBoxes(levels: readonly LevelSize[], sides: readonly number[]): Float32Array {
  const count = levels.reduce((sum, { height, width }) => sum + height * width * ANCHOR_RATIOS.length, 0);
  const boxes = new Float32Array(count * 4);
  let at = 0;
  levels.forEach(({ height, width }, level) => {
    const stride = STRIDES[level]!;
    const cells = ANCHOR_RATIOS.map((ratio) => {
      const across = Math.sqrt(sides[level]! ** 2 / ratio);
      const down = ratio * across;
      return [-across / 2, -down / 2, across / 2, down / 2].map(Math.fround) as [
        number,
        number,
        number,
        number,
      ];
    });
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const [left, top, right, bottom] of cells) {
          boxes[at] = x * stride + left;
          boxes[at + 1] = y * stride + top;
          boxes[at + 2] = x * stride + right;
          boxes[at + 3] = y * stride + bottom;
          at += 4;
        }
      }
    }
  });
  return boxes;
}

/**
 * The classes of a picture's pixels from the patch scores of its windows: each bilinear to its window, their mean where windows
 * overlap, bilinear to the label's size, the first of the largest. A class at a time: all of 150 would be hundreds of MB.
 */
import type { Size } from "../pixel-labels/canvas.ts";
import { bilinearTaps, type Taps } from "../pixel-labels/plain-bilinear.ts";
import type { Window } from "./head.ts";

export interface WindowScores {
  /** A window after the other: classes x side x side each. */
  readonly scores: readonly Float32Array[];
  readonly windows: readonly Window[];
  readonly classes: number;
  /** Patches a side of a window. */
  readonly side: number;
}

/** @param size of the picture that the windows are of. @param out of the labels */
export function labelWindows(
  { scores, windows, classes, side }: WindowScores,
  size: Size,
  out: Size,
): Uint8Array {
  const { width, height } = size;
  const counts = new Uint8Array(width * height);
  for (const [y1, x1, y2, x2] of windows)
    for (let y = y1; y < y2; y++) for (let x = x1; x < x2; x++) counts[y * width + x]!++;
  const taps = windows.map(
    ([y1, x1, y2, x2]) => [bilinearTaps(side, y2 - y1), bilinearTaps(side, x2 - x1)] as const,
  );
  const [rows, columns] = [bilinearTaps(height, out.height), bilinearTaps(width, out.width)];
  const best = new Float64Array(out.width * out.height).fill(Number.NEGATIVE_INFINITY);
  const predicted = new Uint8Array(out.width * out.height);
  const plane = new Float64Array(width * height);
  for (let c = 0; c < classes; c++) {
    plane.fill(0);
    windows.forEach(([y1, x1], w) => {
      const map = scores[w]!.subarray(c * side * side, (c + 1) * side * side);
      const [down, across] = taps[w]!;
      eachPixel(map, side, down, across, (y, x, value) => {
        plane[(y1 + y) * width + x1 + x]! += value;
      });
    });
    for (let i = 0; i < plane.length; i++) plane[i]! /= counts[i]!;
    eachPixel(plane, width, rows, columns, (y, x, value) => {
      const at = y * out.width + x;
      if (value > best[at]!) {
        best[at] = value;
        predicted[at] = c;
      }
    });
  }
  return predicted;
}

function eachPixel(
  map: ArrayLike<number>,
  stride: number,
  rows: Taps,
  columns: Taps,
  put: (y: number, x: number, value: number) => void,
): void {
  for (let y = 0; y < rows.low.length; y++) {
    const [top, bottom, down] = [rows.low[y]! * stride, rows.high[y]! * stride, rows.share[y]!];
    for (let x = 0; x < columns.low.length; x++) {
      const [left, right, across] = [columns.low[x]!, columns.high[x]!, columns.share[x]!];
      const above = map[top + left]! * (1 - across) + map[top + right]! * across;
      const below = map[bottom + left]! * (1 - across) + map[bottom + right]! * across;
      put(y, x, above * (1 - down) + below * down);
    }
  }
}

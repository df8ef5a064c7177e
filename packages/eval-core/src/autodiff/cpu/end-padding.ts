/**
 * Convolutions that onnxruntime's WebGPU kernel gets wrong: it takes windows as large as the image, and windows of one
 * element, for a product of matrices where only the padding at the begins is 0, and so drops the padding at the ends.
 */
import type { Emitter } from "../emitter.ts";
import type { AxisWindow } from "../geometry.ts";

/** Whether a convolution over such windows would lose the padding at its ends. */
export const losesEndPadding = (windows: readonly AxisWindow[]): boolean =>
  windows.every((w) => w.begin === 0) &&
  windows.some((w) => w.end > 0) &&
  (windows.every((w) => w.kernel === w.size) || windows.every((w) => w.kernel === 1));

/**
 * Images [N, C, ...] with the windows' padding at the ends as part of them: by concatenation, for onnxruntime would
 * fuse a Pad into the convolution that follows.
 */
export function withEndPadding(e: Emitter, images: string, windows: readonly AxisWindow[]): string {
  return windows.reduce((made, { end }, i) => {
    if (end === 0) return made;
    const zeros = e.zeros(e.shape(made).with(2 + i, end), made);
    return e.concat([made, zeros], 2 + i);
  }, images);
}

/**
 * Boxes as offsets from other boxes (Girshick et al., 2014), and back. Boxes are x1, y1, x2, y2 in continuous pixels; a
 * box starts at four times its index.
 */

/** How much each of dx, dy, dw, dh counts for. */
export type CodingWeights = readonly [number, number, number, number];
export const RPN_WEIGHTS: CodingWeights = [1, 1, 1, 1];
export const HEAD_WEIGHTS: CodingWeights = [10, 10, 5, 5];

/** A decoded box is at most so many times as large as what it is offset from: ln(1000 / 16). */
export const SCALE_CLAMP = Math.log(1000 / 16);

/** dx = wx (tcx - scx) / sw, dw = ww ln(tw / sw); y and h alike. Written to `into` at `to`. */
export function encodeBox(
  source: ArrayLike<number>,
  s: number,
  target: ArrayLike<number>,
  t: number,
  [wx, wy, ww, wh]: CodingWeights,
  into: Float32Array,
  to: number,
): void {
  const sw = source[s + 2]! - source[s]!;
  const sh = source[s + 3]! - source[s + 1]!;
  const tw = target[t + 2]! - target[t]!;
  const th = target[t + 3]! - target[t + 1]!;
  into[to] = (wx * (target[t]! + tw / 2 - (source[s]! + sw / 2))) / sw;
  into[to + 1] = (wy * (target[t + 1]! + th / 2 - (source[s + 1]! + sh / 2))) / sh;
  into[to + 2] = ww * Math.log(tw / sw);
  into[to + 3] = wh * Math.log(th / sh);
}

/** The inverse, with dw and dh clamped from above at `SCALE_CLAMP`. */
export function decodeBox(
  source: ArrayLike<number>,
  s: number,
  deltas: ArrayLike<number>,
  d: number,
  [wx, wy, ww, wh]: CodingWeights,
  into: Float32Array,
  to: number,
): void {
  const sw = source[s + 2]! - source[s]!;
  const sh = source[s + 3]! - source[s + 1]!;
  const cx = (deltas[d]! / wx) * sw + source[s]! + sw / 2;
  const cy = (deltas[d + 1]! / wy) * sh + source[s + 1]! + sh / 2;
  const w = Math.exp(Math.min(deltas[d + 2]! / ww, SCALE_CLAMP)) * sw;
  const h = Math.exp(Math.min(deltas[d + 3]! / wh, SCALE_CLAMP)) * sh;
  into[to] = cx - w / 2;
  into[to + 1] = cy - h / 2;
  into[to + 2] = cx + w / 2;
  into[to + 3] = cy + h / 2;
}

/** Every box of `boxes`, in place, cut to the image: x to [0, width], y to [0, height]. */
export function clipBoxes(boxes: Float32Array, height: number, width: number): void {
  for (let i = 0; i < boxes.length; i += 4) {
    boxes[i] = Math.min(Math.max(boxes[i]!, 0), width);
    boxes[i + 1] = Math.min(Math.max(boxes[i + 1]!, 0), height);
    boxes[i + 2] = Math.min(Math.max(boxes[i + 2]!, 0), width);
    boxes[i + 3] = Math.min(Math.max(boxes[i + 3]!, 0), height);
  }
}

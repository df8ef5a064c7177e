/**
 * Which object each box belongs to, by intersection over union, as detectron2's Matcher.
 *
 * In float32 with one rounding an operation, as PyTorch computes: a small object lies inside many anchors of one size, and
 * which of them tie for its best hangs on the last bit.
 */

const f = Math.fround;

/** inter / ((a1 + a2) - inter), 0 where they do not meet. `a` and `b` are float32 boxes at i and j. */
export function iouFloat32(a: Float32Array, i: number, b: Float32Array, j: number): number {
  const w = Math.max(f(Math.min(a[i + 2]!, b[j + 2]!) - Math.max(a[i]!, b[j]!)), 0);
  const h = Math.max(f(Math.min(a[i + 3]!, b[j + 3]!) - Math.max(a[i + 1]!, b[j + 1]!)), 0);
  const inter = f(w * h);
  if (inter === 0) return 0;
  return f(inter / f(f(areaFloat32(a, i) + areaFloat32(b, j)) - inter));
}

function areaFloat32(boxes: Float32Array, i: number): number {
  return f(f(boxes[i + 2]! - boxes[i]!) * f(boxes[i + 3]! - boxes[i + 1]!));
}

export interface Matches {
  /** Of each box: the object of its largest IoU, the first of equals; 0 where there are no objects. */
  readonly object: Int32Array;
  /** Of each box: 1 an object, 0 background, -1 neither. */
  readonly label: Int8Array;
}

export interface MatchOptions {
  /** Below the first: background. From the second on: an object. Between: neither. */
  readonly thresholds: readonly [number, number];
  /**
   * Whether the boxes that are an object's best are objects too, however poor. `overlapping`: only those that meet it;
   * `all`: as published, where an object that meets no box makes every box an object. Their matched object does not change.
   */
  readonly lowQuality: "none" | "overlapping" | "all";
}

/** @param objects [M, 4] and boxes [N, 4], float32 */
export function matchBoxes(
  objects: Float32Array,
  boxes: Float32Array,
  { thresholds: [low, high], lowQuality }: MatchOptions,
): Matches {
  const count = boxes.length / 4;
  const object = new Int32Array(count);
  const label = new Int8Array(count);
  const m = objects.length / 4;
  if (m === 0) return { object, label };
  const most = new Float32Array(count);
  const bestOf = new Float32Array(m);
  // Row by row, keeping each object's best: what ties with it is found in a second pass over the few that come near.
  for (let row = 0; row < m; row++) {
    let best = 0;
    for (let i = 0; i < count; i++) {
      const iou = iouFloat32(objects, row * 4, boxes, i * 4);
      if (iou > most[i]!) {
        most[i] = iou;
        object[i] = row;
      }
      if (iou > best) best = iou;
    }
    bestOf[row] = best;
  }
  for (let i = 0; i < count; i++) label[i] = most[i]! < low ? 0 : most[i]! >= high ? 1 : -1;
  if (lowQuality === "none") return { object, label };
  for (let row = 0; row < m; row++) {
    const best = bestOf[row]!;
    if (best === 0 && lowQuality === "overlapping") continue;
    for (let i = 0; i < count; i++) {
      if (most[i]! >= best && iouFloat32(objects, row * 4, boxes, i * 4) === best) label[i] = 1;
    }
  }
  return { object, label };
}

/** Anchors: below 0.3 background, from 0.7 on objects, and each object's best. */
export const ANCHOR_MATCHING = { thresholds: [0.3, 0.7], lowQuality: "overlapping" } as const;
/** Proposals: from 0.5 on an object's class, else background. */
export const PROPOSAL_MATCHING = { thresholds: [0.5, 0.5], lowQuality: "none" } as const;

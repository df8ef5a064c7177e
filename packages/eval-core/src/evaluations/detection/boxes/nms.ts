/** Non-maximum suppression, and choosing the largest. */

/** Indices by value, descending; the lower index first where values are equal. */
export function descending(values: Float32Array, indices?: Int32Array): Int32Array {
  const order = indices ?? Int32Array.from(values, (_, i) => i);
  return order.sort((a, b) => values[b]! - values[a]! || a - b);
}

/** The indices, from `from` up to `to`, of the `count` largest values, descending; the lower index first of equals. */
export function largest(values: Float32Array, from: number, to: number, count: number): Int32Array {
  const size = to - from;
  const kept = new Int32Array(Math.min(count, size));
  if (kept.length === size) {
    for (let i = 0; i < size; i++) kept[i] = from + i;
    return descending(values, kept);
  }
  // Sorting plain numbers is many times faster than sorting indices by them.
  const threshold = values.slice(from, to).sort()[size - count]!;
  let found = 0;
  for (let i = from; i < to; i++) if (values[i]! > threshold) kept[found++] = i;
  for (let i = from; i < to && found < kept.length; i++) if (values[i] === threshold) kept[found++] = i;
  return descending(values, kept.subarray(0, found));
}

/**
 * Keeps a box unless its IoU with a kept one of the same group is above the threshold.
 * @param boxes [N, 4]
 * @param order best first
 * @param groups one number a box; all together without
 * @param most stops when so many are kept
 * @returns the kept indices, in `order`
 */
export function suppress(
  boxes: Float32Array,
  order: Int32Array,
  threshold: number,
  groups?: ArrayLike<number>,
  most = Number.POSITIVE_INFINITY,
): Int32Array {
  // The kept of each group end to end, so that the loop that everything hangs on reads straight through memory.
  const lists = new Map<number, { corners: Float64Array; count: number }>();
  const kept = new Int32Array(Math.min(order.length, most));
  let found = 0;
  for (const i of order) {
    if (found >= kept.length) break;
    const group = groups?.[i] ?? 0;
    let list = lists.get(group);
    if (list === undefined) {
      list = { corners: new Float64Array(64 * 5), count: 0 };
      lists.set(group, list);
    }
    const { corners, count } = list;
    const [x1, y1, x2, y2] = [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
    const area = (x2 - x1) * (y2 - y1);
    let suppressed = false;
    for (let k = 0; k < count * 5; k += 5) {
      const w = Math.min(x2, corners[k + 2]!) - Math.max(x1, corners[k]!);
      if (w <= 0) continue;
      const h = Math.min(y2, corners[k + 3]!) - Math.max(y1, corners[k + 1]!);
      if (h <= 0) continue;
      const inter = w * h;
      if (inter / (corners[k + 4]! + area - inter) > threshold) {
        suppressed = true;
        break;
      }
    }
    if (suppressed) continue;
    kept[found++] = i;
    if (count * 5 === corners.length) {
      const larger = new Float64Array(corners.length * 2);
      larger.set(corners);
      list.corners = larger;
    }
    list.corners.set([x1, y1, x2, y2, area], count * 5);
    list.count = count + 1;
  }
  return kept.slice(0, found);
}

/** Boxes plus, of each group, its number times one more than the largest coordinate of all: torchvision's `batched_nms`. */
export function movedApart(boxes: Float32Array, groups: ArrayLike<number>): Float32Array {
  const step = Math.fround(boxes.reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY) + 1);
  return boxes.map((v, i) => v + Math.fround(groups[i >> 2]! * step));
}

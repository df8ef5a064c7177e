/**
 * The label estimate of a patch: the soft labels of its K nearest memory rows, weighted by softmax(cosine / temperature); and
 * what a picture's estimates say of its pixels.
 */
import { type Candidates, type Cosines, exactNearest } from "../../probe/nearest/index.ts";

export interface Memory {
  /** rows x classes, pixels of each class. */
  readonly counts: Uint16Array;
  readonly totals: Uint16Array;
  readonly classes: number;
}

/** Writes the estimate of query `q`, one number a class. */
export function estimate(
  cosines: Cosines,
  candidates: Candidates,
  q: number,
  { neighbours, temperature }: { readonly neighbours: number; readonly temperature: number },
  memory: Memory,
  into: Float64Array,
): void {
  const { counts, totals, classes } = memory;
  const { index, similarity } = exactNearest(cosines, candidates, q, neighbours);
  const weights = similarity.map((value) => Math.exp((value - similarity[0]!) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  into.fill(0);
  index.forEach((row, j) => {
    const scale = weights[j]! / sum / totals[row]!;
    for (let c = 0; c < classes; c++) into[c]! += scale * counts[row * classes + c]!;
  });
}

/**
 * A class for every pixel: estimates enlarged by bilinear interpolation (half-pixel centres, edges clamped), the first of
 * the largest.
 * @param estimates grid² x classes
 */
export function pixelClasses(
  estimates: Float64Array,
  grid: number,
  side: number,
  classes: number,
): Uint8Array {
  const taps = Array.from({ length: side }, (_, at) => {
    const place = Math.max(0, ((at + 0.5) * grid) / side - 0.5);
    const low = Math.min(Math.floor(place), grid - 1);
    return { low, high: Math.min(low + 1, grid - 1), part: place - low };
  });
  const result = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    const { low: top, high: bottom, part: down } = taps[y]!;
    for (let x = 0; x < side; x++) {
      const { low: left, high: right, part: across } = taps[x]!;
      let best = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) {
        const at = (row: number, column: number) => estimates[(row * grid + column) * classes + c]!;
        const above = at(top, left) * (1 - across) + at(top, right) * across;
        const below = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        const value = above * (1 - down) + below * down;
        if (value > best) {
          best = value;
          result[y * side + x] = c;
        }
      }
    }
  }
  return result;
}

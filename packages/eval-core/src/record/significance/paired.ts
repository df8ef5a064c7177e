/**
 * What two methods' results on the same images are for each metric: the value of each, their difference over any
 * resample of the images, and their difference when some images' results are exchanged.
 */

import { map11OfCounts } from "../../metrics/map11.ts";
import { averageRanks } from "../../stats/ranks.ts";
import { type Draw, drawImages, drawWithinClasses } from "./resample.ts";

export interface Paired {
  readonly n: number;
  readonly values: readonly [number, number];
  readonly draw: Draw;
  /** First minus second over the images at `indices`, which may repeat. */
  difference(indices: Uint32Array): number;
  /** First minus second where the results of the images with a 1 have changed places. */
  permuted(exchanged: Uint8Array): number;
  /** Of the difference if neither is better, where a formula gives it without drawing. */
  readonly standardError?: number;
}

type Bits = ArrayLike<number | boolean>;
type Two<T> = readonly [T, T];

function requireImages(n: number, ...lengths: readonly number[]): void {
  const other = lengths.find((length) => length !== n);
  if (other !== undefined) throw new RangeError(`Both methods must answer ${n} images: found ${other}.`);
}

/** Per-image weights times hits, summed. */
function weighted(n: number, [a, b]: Two<Bits>, weight: (image: number) => number, draw: Draw): Paired {
  requireImages(n, a.length, b.length);
  const d = Float64Array.from({ length: n }, (_, i) => (Number(a[i]) - Number(b[i])) * weight(i));
  const sum = (hits: Bits) => {
    let total = 0;
    for (let i = 0; i < n; i++) total += Number(hits[i]) * weight(i);
    return total;
  };
  let squares = 0;
  for (const difference of d) squares += difference * difference;
  return {
    n,
    values: [sum(a), sum(b)],
    draw,
    difference(indices) {
      let total = 0;
      for (const image of indices) total += d[image]!;
      return total;
    },
    permuted(exchanged) {
      let total = 0;
      for (let i = 0; i < n; i++) total += exchanged[i] ? -d[i]! : d[i]!;
      return total;
    },
    standardError: Math.sqrt(squares),
  };
}

/** Accuracy in percent. Its p-value is McNemar's; this is for its bootstrap. */
export function pairedAccuracy(right: Two<Bits>): Paired {
  const n = right[0].length;
  return weighted(n, right, () => 100 / n, drawImages(n));
}

/** Mean per-class accuracy in percent: an image weighs 100 / (classes · images of its class). */
export function pairedMeanPerClass(right: Two<Bits>, labels: ArrayLike<number>): Paired {
  const sizes = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) sizes.set(labels[i]!, (sizes.get(labels[i]!) ?? 0) + 1);
  const weight = (image: number) => 100 / (sizes.size * sizes.get(labels[image]!)!);
  return weighted(labels.length, right, weight, drawWithinClasses(labels));
}

export interface LabelledScores {
  /** [image, class], row-major, of each method. */
  readonly scores: Two<ArrayLike<number>>;
  /** [image, class]: 1 where the image shows the class. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/**
 * 11-point mAP in percent. What is exchanged is an image's row of ranks: each method's scores of a class are replaced by
 * their ranks over the images, which leaves AP as it is and makes two methods' scales no matter.
 */
export function pairedMap11({ scores, labels, classes }: LabelledScores): Paired {
  const n = labels.length / classes;
  const column = (matrix: ArrayLike<number>, c: number) =>
    Float64Array.from({ length: n }, (_, i) => matrix[i * classes + c]!);
  const positive = Array.from({ length: classes }, (_, c) => column(labels, c));
  // Entries 0 to n - 1 are the first method's, n to 2n - 1 the second's, in descending order of rank.
  const ranks = positive.map((_, c) => {
    const own = scores.map((matrix) => averageRanks(column(matrix, c)));
    const both = Float64Array.from([...own[0]!, ...own[1]!]);
    const order = Uint32Array.from(both, (_, i) => i).sort((x, y) => both[y]! - both[x]!);
    return { both, order };
  });
  /** AP of every class over entries that `count` counts. */
  const mean = (count: (entry: number) => number): number => {
    const all = ranks.map(({ both, order }, c) =>
      map11OfCounts(order, both, (entry) => positive[c]![entry % n] === 1, count),
    );
    const present = all.filter((ap) => ap !== null);
    return (100 * present.reduce((sum, ap) => sum + ap, 0)) / present.length;
  };
  const of = (method: 0 | 1, times: (image: number) => number) =>
    mean((entry) => (Math.floor(entry / n) === method ? times(entry % n) : 0));
  const once = () => 1;
  const counts = new Uint32Array(n);
  return {
    n,
    values: [of(0, once), of(1, once)],
    draw: drawImages(n),
    difference(indices) {
      counts.fill(0);
      for (const image of indices) counts[image]!++;
      const times = (image: number) => counts[image]!;
      return of(0, times) - of(1, times);
    },
    permuted(exchanged) {
      const first = mean((entry) => (entry >= n === Boolean(exchanged[entry % n]) ? 1 : 0));
      const second = mean((entry) => (entry >= n !== Boolean(exchanged[entry % n]) ? 1 : 0));
      return first - second;
    },
  };
}

export interface Regions {
  /** [image, class], row-major, of each method: pixels that prediction and truth share. */
  readonly intersections: Two<ArrayLike<number>>;
  readonly unions: Two<ArrayLike<number>>;
  readonly classes: number;
}

/** Mean IoU, 0 to 1, over the classes with a union in the images at hand. */
export function pairedMeanIou({ intersections, unions, classes }: Regions): Paired {
  const n = intersections[0].length / classes;
  requireImages(n * classes, intersections[1].length, unions[0].length, unions[1].length);
  const inter = [new Float64Array(classes), new Float64Array(classes)] as const;
  const union = [new Float64Array(classes), new Float64Array(classes)] as const;
  const clear = () => {
    for (const sums of [...inter, ...union]) sums.fill(0);
  };
  const add = (into: 0 | 1, from: 0 | 1, image: number) => {
    const start = image * classes;
    for (let c = 0; c < classes; c++) {
      inter[into][c]! += intersections[from][start + c]!;
      union[into][c]! += unions[from][start + c]!;
    }
  };
  const value = (method: 0 | 1) => {
    let sum = 0;
    let present = 0;
    for (let c = 0; c < classes; c++) {
      if (union[method][c]! === 0) continue;
      sum += inter[method][c]! / union[method][c]!;
      present++;
    }
    return sum / present;
  };
  const over = (images: Iterable<number>) => {
    clear();
    for (const image of images) for (const method of [0, 1] as const) add(method, method, image);
    return [value(0), value(1)] as const;
  };
  return {
    n,
    values: over(Uint32Array.from({ length: n }, (_, i) => i)),
    draw: drawImages(n),
    difference(indices) {
      const [first, second] = over(indices);
      return first - second;
    },
    permuted(exchanged) {
      clear();
      for (let image = 0; image < n; image++) {
        const other = exchanged[image] ? 1 : 0;
        add(0, other, image);
        add(1, other ? 0 : 1, image);
      }
      return value(0) - value(1);
    },
  };
}

/** A mean or a share pooled over pixels: `sums` of each image, each method, over the pixels that both share. */
export function pairedPooled(sums: Two<ArrayLike<number>>, pixels: ArrayLike<number>, scale = 1): Paired {
  const n = pixels.length;
  requireImages(n, sums[0].length, sums[1].length);
  const pooled = (of: ArrayLike<number>, indices: Iterable<number>) => {
    let sum = 0;
    let count = 0;
    for (const image of indices) {
      sum += of[image]!;
      count += pixels[image]!;
    }
    return (scale * sum) / count;
  };
  const every = Uint32Array.from({ length: n }, (_, i) => i);
  let total = 0;
  for (let i = 0; i < n; i++) total += pixels[i]!;
  return {
    n,
    values: [pooled(sums[0], every), pooled(sums[1], every)],
    draw: drawImages(n),
    difference: (indices) => pooled(sums[0], indices) - pooled(sums[1], indices),
    permuted(exchanged) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (exchanged[i] ? -1 : 1) * (sums[0][i]! - sums[1][i]!);
      return (scale * sum) / total;
    },
  };
}

/** Pooled median in the unit of `width`, from one histogram an image: the bin that holds half, and how far into it. */
export function pairedMedian(histograms: Two<ArrayLike<number>>, bins: number, width: number): Paired {
  const n = histograms[0].length / bins;
  requireImages(n * bins, histograms[1].length);
  const pool = [new Float64Array(bins), new Float64Array(bins)] as const;
  const add = (into: 0 | 1, from: 0 | 1, image: number) => {
    for (let k = 0; k < bins; k++) pool[into][k]! += histograms[from][image * bins + k]!;
  };
  const median = (counts: Float64Array) => {
    const half = counts.reduce((sum, count) => sum + count, 0) / 2;
    let before = 0;
    for (let k = 0; k < bins; k++) {
      if (before + counts[k]! >= half) return width * (k + (half - before) / counts[k]!);
      before += counts[k]!;
    }
    return Number.NaN;
  };
  const over = (images: Iterable<number>) => {
    for (const counts of pool) counts.fill(0);
    for (const image of images) for (const method of [0, 1] as const) add(method, method, image);
    return [median(pool[0]), median(pool[1])] as const;
  };
  return {
    n,
    values: over(Uint32Array.from({ length: n }, (_, i) => i)),
    draw: drawImages(n),
    difference(indices) {
      const [first, second] = over(indices);
      return first - second;
    },
    permuted(exchanged) {
      for (const counts of pool) counts.fill(0);
      for (let image = 0; image < n; image++) {
        const other = exchanged[image] ? 1 : 0;
        add(0, other, image);
        add(1, other ? 0 : 1, image);
      }
      return median(pool[0]) - median(pool[1]);
    },
  };
}

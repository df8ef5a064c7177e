/**
 * ROIAlign (He et al., 2017), aligned, with as many samples a bin as it has positions: forward, and back onto the maps.
 *
 * A pool is separable: out[r, c] = Ay[r] F[c] Ax[r]^T with Ay and Ax of seven rows, each the average of its samples'
 * bilinear weights, so that dF[c] = sum over r of Ay[r]^T dOut[r, c] Ax[r]. The rows are sparse: of a region's own extent.
 */

/** Cells a side. */
const SIDE = 7;

/** One axis of one region: of each cell, which positions of the map it reads and with what weight. */
interface Axis {
  /** Positions from `first`, `count` of them, in all cells. */
  readonly first: number;
  readonly count: number;
  /** Cell c reads positions first + from[c] up to first + to[c], with weights[c * count + position]. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float64Array;
}

/** @param start and size of the region along the axis, in the map's pixels */
export function poolingAxis(start: number, size: number, extent: number): Axis {
  const bin = size / SIDE;
  const samples = Math.ceil(size / SIDE);
  const taps: [cell: number, position: number, weight: number][] = [];
  for (let cell = 0; cell < SIDE; cell++) {
    for (let i = 0; i < samples; i++) {
      let at = start + cell * bin + ((i + 0.5) * bin) / samples;
      if (at < -1 || at > extent) continue;
      at = Math.max(at, 0);
      const low = Math.floor(at);
      if (low >= extent - 1) {
        taps.push([cell, extent - 1, 1 / samples]);
        continue;
      }
      taps.push([cell, low, (1 - (at - low)) / samples]);
      if (at > low) taps.push([cell, low + 1, (at - low) / samples]);
    }
  }
  const positions = taps.map(([, position]) => position);
  const first = taps.length === 0 ? 0 : Math.min(...positions);
  const count = taps.length === 0 ? 0 : Math.max(...positions) - first + 1;
  const weights = new Float64Array(SIDE * count);
  const from = new Int32Array(SIDE).fill(count);
  const to = new Int32Array(SIDE);
  for (const [cell, position, weight] of taps) {
    const at = position - first;
    weights[cell * count + at]! += weight;
    from[cell] = Math.min(from[cell]!, at);
    to[cell] = Math.max(to[cell]!, at + 1);
  }
  return { first, count, from, to, weights };
}

/** A level of the pyramid: [N, channels, height, width] and its input pixels a position. */
export interface PooledLevel {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly stride: number;
}

/** Regions to pool: boxes [R, 4] in the network's pixels, and the image of each. */
export interface Regions {
  readonly boxes: Float32Array;
  readonly image: Int32Array;
}

/**
 * Which level a box is pooled from, 0 for P2: clamp(floor(4 + log2(sqrt(area) / canonical + 1e-8)), 2, 5) - 2.
 * @param canonical the side of a box that belongs on P4: 224 as published
 */
export function levelOf(boxes: Float32Array, at: number, canonical: number): number {
  const area = (boxes[at + 2]! - boxes[at]!) * (boxes[at + 3]! - boxes[at + 1]!);
  const level = Math.floor(4 + Math.log2(Math.sqrt(Math.max(area, 0)) / canonical + 1e-8));
  return Math.min(Math.max(level, 2), 5) - 2;
}

interface Placed {
  readonly x: Axis;
  readonly y: Axis;
  readonly level: PooledLevel;
  /** Where the image's first channel begins in the level's data. */
  readonly base: number;
}

function place(
  levels: readonly PooledLevel[],
  { boxes, image }: Regions,
  region: number,
  channels: number,
  canonical: number,
): Placed {
  const at = region * 4;
  const level = levels[levelOf(boxes, at, canonical)]!;
  const { height, width, stride } = level;
  const [x1, y1, x2, y2] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
  return {
    x: poolingAxis(x1 / stride - 0.5, (x2 - x1) / stride, width),
    y: poolingAxis(y1 / stride - 0.5, (y2 - y1) / stride, height),
    level,
    base: image[region]! * channels * height * width,
  };
}

/** How a call divides its regions among threads: those from `from` up to `to`; all unless told. */
export interface Share {
  readonly from: number;
  readonly to: number;
}

/**
 * Pools every region: `into` is [R, channels, 7, 7].
 * @param levels P2 to P5
 */
export function poolRegions(
  levels: readonly PooledLevel[],
  regions: Regions,
  channels: number,
  canonical: number,
  into: Float32Array,
  { from, to }: Share = { from: 0, to: regions.image.length },
): void {
  for (let region = from; region < to; region++) {
    const placed = place(levels, regions, region, channels, canonical);
    if (placed.x.count > 0 && placed.y.count > 0) poolRegion(placed, channels, region, into);
  }
}

/** Along y first: what is innermost then runs through a row of the map, which is the longest run there is. */
function poolRegion(
  { x, y, level, base }: Placed,
  channels: number,
  region: number,
  into: Float32Array,
): void {
  const { data, width, height } = level;
  const plane = width * height;
  const across = x.count;
  const row = new Float64Array(across);
  const [weightsX, fromX, toX, weightsY] = [x.weights, x.from, x.to, y.weights];
  for (let channel = 0; channel < channels; channel++) {
    const origin = base + channel * plane + y.first * width + x.first;
    const out = (region * channels + channel) * SIDE * SIDE;
    for (let cell = 0; cell < SIDE; cell++) {
      const end = y.to[cell]!;
      let at = y.from[cell]!;
      if (at >= end) continue;
      let line = origin + at * width;
      let weight = weightsY[cell * y.count + at]!;
      for (let k = 0; k < across; k++) row[k] = weight * data[line + k]!;
      for (at++; at < end; at++) {
        line += width;
        weight = weightsY[cell * y.count + at]!;
        for (let k = 0; k < across; k++) row[k]! += weight * data[line + k]!;
      }
      for (let column = 0; column < SIDE; column++) {
        const offset = column * across;
        const last = toX[column]!;
        let sum = 0;
        for (let k = fromX[column]!; k < last; k++) sum += weightsX[offset + k]! * row[k]!;
        into[out + cell * SIDE + column] = sum;
      }
    }
  }
}

/**
 * Adds each region's gradient [R, channels, 7, 7] to the maps it was pooled from.
 * @param levels whose `data` is added to: gradients, all zero at first
 * @param share of the channels: regions overlap, channels do not
 */
export function spreadRegions(
  levels: readonly PooledLevel[],
  regions: Regions,
  channels: number,
  canonical: number,
  gradient: Float32Array,
  share: Share = { from: 0, to: channels },
): void {
  const count = regions.image.length;
  for (let region = 0; region < count; region++) {
    const placed = place(levels, regions, region, channels, canonical);
    if (placed.x.count > 0 && placed.y.count > 0) spreadRegion(placed, channels, region, gradient, share);
  }
}

function spreadRegion(
  { x, y, level, base }: Placed,
  channels: number,
  region: number,
  gradient: Float32Array,
  { from, to }: Share,
): void {
  const { data, width, height } = level;
  const plane = width * height;
  const across = x.count;
  const row = new Float64Array(across);
  const [weightsX, fromX, toX, weightsY] = [x.weights, x.from, x.to, y.weights];
  for (let channel = from; channel < to; channel++) {
    const origin = base + channel * plane + y.first * width + x.first;
    const out = (region * channels + channel) * SIDE * SIDE;
    for (let cell = 0; cell < SIDE; cell++) {
      const end = y.to[cell]!;
      const begin = y.from[cell]!;
      if (begin >= end) continue;
      row.fill(0);
      for (let column = 0; column < SIDE; column++) {
        const value = gradient[out + cell * SIDE + column]!;
        const offset = column * across;
        const last = toX[column]!;
        for (let k = fromX[column]!; k < last; k++) row[k]! += weightsX[offset + k]! * value;
      }
      for (let at = begin; at < end; at++) {
        const line = origin + at * width;
        const weight = weightsY[cell * y.count + at]!;
        for (let k = 0; k < across; k++) data[line + k]! += weight * row[k]!;
      }
    }
  }
}

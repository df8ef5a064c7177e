/**
 * ROIAlign (He et al., 2017), aligned, with as many samples a bin as it has positions: forward, and back onto the maps.
 *
 * A pool is separable: out[r, c] = Ay[r] F[c] Ax[r]^T with Ay and Ax of seven rows, each the average of its samples'
 * bilinear weights, so that dF[c] = sum over r of Ay[r]^T dOut[r, c] Ax[r]. The rows are sparse: of a region's own extent.
 *
 * Maps lie here with the channels last: what a region reads of all channels then lies together. Channel after channel, as
 * graphs have them, every row of a region is a page of memory of its own, which took longer.
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

/** A level of the pyramid, and its input pixels a position. */
export interface LevelSize {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
}

/** A level with its map: [N, height, width, channels]. */
export interface PooledLevel extends LevelSize {
  readonly data: Float32Array;
}

/** So many positions are turned at once: their numbers fill a line of the cache in every channel. */
const TURNED = 16;

/** [N, channels, plane] as [N, plane, channels], written to `into`. */
export function channelsLast(map: Float32Array, channels: number, plane: number, into: Float32Array): void {
  for (let image = 0; image < map.length; image += channels * plane) {
    for (let from = 0; from < plane; from += TURNED) {
      const to = Math.min(plane, from + TURNED);
      for (let channel = 0; channel < channels; channel++) {
        const line = image + channel * plane;
        for (let p = from; p < to; p++) into[image + p * channels + channel] = map[line + p]!;
      }
    }
  }
}

/** [N, plane, channels] as [N, channels, plane], written to `into`: a share of the channels. */
export function channelsFirst(
  map: Float32Array,
  channels: number,
  plane: number,
  into: Float32Array,
  share: Share = { from: 0, to: channels },
): void {
  for (let image = 0; image < map.length; image += channels * plane) {
    for (let from = 0; from < plane; from += TURNED) {
      const to = Math.min(plane, from + TURNED);
      for (let channel = share.from; channel < share.to; channel++) {
        const line = image + channel * plane;
        for (let p = from; p < to; p++) into[line + p] = map[image + p * channels + channel]!;
      }
    }
  }
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
  /** Where the image begins in the level's data. */
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

/** Memory that the regions of a call share. */
class Scratch {
  readonly cells: Float64Array;
  #rows = new Float64Array(0);

  constructor(channels: number) {
    this.cells = new Float64Array(SIDE * SIDE * channels);
  }

  /** Of this length; what it holds is what was last written there. */
  rows(length: number): Float64Array {
    if (this.#rows.length < length) this.#rows = new Float64Array(length);
    return this.#rows.subarray(0, length);
  }
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
  const scratch = new Scratch(channels);
  for (let region = from; region < to; region++) {
    const placed = place(levels, regions, region, channels, canonical);
    if (placed.x.count > 0 && placed.y.count > 0) poolRegion(placed, channels, region, into, scratch);
  }
}

/** Along y first: a row of positions with all their channels is one run through memory. */
function poolRegion(
  { x, y, level, base }: Placed,
  channels: number,
  region: number,
  into: Float32Array,
  scratch: Scratch,
): void {
  const { data, width } = level;
  const run = x.count * channels;
  const row = scratch.rows(run);
  const cells = scratch.cells.fill(0);
  for (let cell = 0; cell < SIDE; cell++) {
    const [first, end] = [y.from[cell]!, y.to[cell]!];
    if (first >= end) continue;
    for (let at = first; at < end; at++) {
      const line = base + ((y.first + at) * width + x.first) * channels;
      const weight = y.weights[cell * y.count + at]!;
      if (at === first) for (let k = 0; k < run; k++) row[k] = weight * data[line + k]!;
      else for (let k = 0; k < run; k++) row[k]! += weight * data[line + k]!;
    }
    for (let column = 0; column < SIDE; column++) {
      const to = (cell * SIDE + column) * channels;
      for (let at = x.from[column]!; at < x.to[column]!; at++) {
        const weight = x.weights[column * x.count + at]!;
        const from = at * channels;
        for (let c = 0; c < channels; c++) cells[to + c]! += weight * row[from + c]!;
      }
    }
  }
  const out = region * channels * SIDE * SIDE;
  for (let c = 0; c < channels; c++)
    for (let cell = 0; cell < SIDE * SIDE; cell++)
      into[out + c * SIDE * SIDE + cell] = cells[cell * channels + c]!;
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
  const scratch = new Scratch(share.to - share.from);
  for (let region = 0; region < regions.image.length; region++) {
    const placed = place(levels, regions, region, channels, canonical);
    if (placed.x.count > 0 && placed.y.count > 0)
      spreadRegion(placed, channels, region, gradient, share, scratch);
  }
}

function spreadRegion(
  { x, y, level, base }: Placed,
  channels: number,
  region: number,
  gradient: Float32Array,
  { from, to }: Share,
  scratch: Scratch,
): void {
  const { data, width } = level;
  const own = to - from;
  const rows = scratch.rows(x.count * own);
  const { cells } = scratch;
  const out = (region * channels + from) * SIDE * SIDE;
  for (let c = 0; c < own; c++)
    for (let cell = 0; cell < SIDE * SIDE; cell++)
      cells[cell * own + c] = gradient[out + c * SIDE * SIDE + cell]!;
  for (let cell = 0; cell < SIDE; cell++) {
    const [first, end] = [y.from[cell]!, y.to[cell]!];
    if (first >= end) continue;
    rows.fill(0);
    for (let column = 0; column < SIDE; column++) {
      const source = (cell * SIDE + column) * own;
      for (let at = x.from[column]!; at < x.to[column]!; at++) {
        const weight = x.weights[column * x.count + at]!;
        const row = at * own;
        for (let c = 0; c < own; c++) rows[row + c]! += weight * cells[source + c]!;
      }
    }
    for (let at = first; at < end; at++) {
      const weight = y.weights[cell * y.count + at]!;
      let line = base + ((y.first + at) * width + x.first) * channels + from;
      for (let row = 0; row < rows.length; row += own, line += channels)
        for (let c = 0; c < own; c++) data[line + c]! += weight * rows[row + c]!;
    }
  }
}

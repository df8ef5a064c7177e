/**
 * From the distances that masks make to a map of what a backbone attends to, and how far its attention is spread
 * (section 4.9 of the paper). Plain arithmetic in float64: no network, no files.
 */
import { isConstant, mean } from "../../stats/index.ts";

export interface AttentionGeometry {
  /** Side of the image that the network sees. */
  readonly size: number;
  /** Side of the mask. */
  readonly mask: number;
  /** From one mask's position to the next; divides the mask, so that every pixel of the crop is covered alike. */
  readonly stride: number;
}

/** Side of the map: the pixels that every mask can reach from all sides. */
export const cropOf = ({ size, mask }: Pick<AttentionGeometry, "size" | "mask">): number =>
  size - 2 * (mask - 1);

/** Where masks begin, along rows and columns alike: 0, stride, 2 stride ... as long as they lie wholly inside. */
export function maskPositions({ size, mask, stride }: AttentionGeometry): number[] {
  if (!Number.isInteger(stride) || stride < 1 || mask % stride !== 0) {
    throw new RangeError(
      `the stride ${stride} does not divide the mask of ${mask}: it covers pixels unevenly`,
    );
  }
  return Array.from({ length: Math.floor((size - mask) / stride) + 1 }, (_, i) => i * stride);
}

/** d = |f - f'| / |f|, Euclidean norms: f clean, f' occluded. */
export function relativeDistance(clean: ArrayLike<number>, occluded: ArrayLike<number>): number {
  let moved = 0;
  let norm = 0;
  for (let i = 0; i < clean.length; i++) {
    moved += (clean[i]! - occluded[i]!) ** 2;
    norm += clean[i]! ** 2;
  }
  return Math.sqrt(moved) / Math.sqrt(norm);
}

/**
 * a(y, x) = the mean of d over the masks that cover the pixel, over the crop.
 * @param distances positions x positions, row = the mask's top.
 * @returns crop x crop
 */
export function attentionMap(distances: Float64Array, geometry: AttentionGeometry): Float64Array {
  const { mask, stride } = geometry;
  const count = maskPositions(geometry).length;
  if (distances.length !== count * count)
    throw new RangeError(`expected ${count} x ${count} distances, found ${distances.length}`);
  const crop = cropOf(geometry);
  const perSide = mask / stride;
  // The first position whose mask covers a pixel: the smallest one above pixel - mask.
  const first = Int32Array.from({ length: crop }, (_, i) => Math.floor((i - 1) / stride) + 1);
  // One axis after the other, always in the same order: equal distances make equal values.
  const across = new Float64Array(count * crop);
  for (let r = 0; r < count; r++) {
    for (let x = 0; x < crop; x++) {
      for (let c = first[x]!; c < first[x]! + perSide; c++)
        across[r * crop + x]! += distances[r * count + c]!;
    }
  }
  const map = new Float64Array(crop * crop);
  for (let y = 0; y < crop; y++) {
    for (let x = 0; x < crop; x++) {
      let sum = 0;
      for (let r = first[y]!; r < first[y]! + perSide; r++) sum += across[r * crop + x]!;
      map[y * crop + x] = sum / perSide ** 2;
    }
  }
  return map;
}

/** Attentive diffusion: the percentage of the map's values strictly above their mean; 0 for a constant map. */
export function diffusion(map: Float64Array): number {
  // A constant map's mean may round to just below its value.
  if (isConstant(map)) return 0;
  const centre = mean(map);
  return (100 * map.reduce((count, value) => count + Number(value > centre), 0)) / map.length;
}

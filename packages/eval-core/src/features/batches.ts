/** How many images go through a network at once, and how many a block of the cache holds. */

/** Enough to keep every core busy, little enough that activations of a full ResNet stay near 1 GB. */
const PIXELS_AT_ONCE = 16 * 224 * 224;
const MOST_AT_ONCE = 64;
/** Images a block, about: what a kill may cost. */
const BLOCK_IMAGES = 256;

export function batchSize(crop: number): number {
  return Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(PIXELS_AT_ONCE / (crop * crop))));
}

/** Images a block: whole batches, so that a block is computed the same way whether or not the run was interrupted. */
export function blockSize(crop: number): number {
  const batch = batchSize(crop);
  return batch * Math.max(1, Math.round(BLOCK_IMAGES / batch));
}

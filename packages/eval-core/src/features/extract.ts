/**
 * Images through a backbone: decoding and cropping in worker threads beside inference, bounded at both ends,
 * finished blocks in the cache at once. Memory holds the features and a few batches, whatever the number of images.
 */
import type { Item } from "../datasets/index.ts";
import { ImageError, type Preprocessing } from "../images/index.ts";
import type { Backbone } from "./backbone.ts";
import { batchSize, blockSize } from "./batches.ts";
import { type BlockStore, noCache } from "./cache.ts";
import { mapOrdered } from "./map-ordered.ts";
import type { Network } from "./network.ts";
import type { PreprocessPool } from "./preprocess-pool.ts";

export interface ExtractProgress {
  readonly done: number;
  readonly total: number;
  /** Of what was computed now, not of what the cache had; undefined before the first batch. */
  readonly imagesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

export interface ExtractOptions {
  readonly backbone: Backbone;
  /** The backbone, opened. */
  readonly network: Network;
  readonly pool: PreprocessPool;
  readonly items: readonly Item[];
  readonly preprocessing: Preprocessing;
  readonly cache?: BlockStore;
  /** An array of items.length * featureSize to fill, in place of a new one. */
  readonly into?: Float32Array;
  /** Leave out images that cannot be read, and say which, in place of failing. */
  readonly skipUnreadable?: boolean;
  readonly onProgress?: (progress: ExtractProgress) => void;
  /** Stops at the next batch; finished blocks stay in the cache. */
  readonly signal?: AbortSignal;
}

export interface Features {
  /** One row of featureSize an item, row-major; NaN where the image cannot be read. */
  readonly x: Float32Array;
  /** The rows of images that cannot be read. */
  readonly unreadable: readonly number[];
}

/** A network whose answers are not numbers. */
export class FeatureError extends Error {
  override readonly name = "FeatureError";
}

/**
 * @throws ImageError naming the first image that cannot be read, unless they are skipped
 * @throws FeatureError when the network answers NaN or infinity
 */
export async function extractFeatures(options: ExtractOptions): Promise<Features> {
  const { backbone, items, preprocessing, cache = noCache } = options;
  const { featureSize } = backbone;
  const batch = batchSize(preprocessing.crop);
  const blockImages = blockSize(preprocessing.crop);
  const blocks = Math.ceil(items.length / blockImages);
  const x = options.into ?? new Float32Array(items.length * featureSize);
  const report = progress(items.length, options.onProgress);

  const lengthOf = (block: number) => Math.min(blockImages, items.length - block * blockImages);
  const missing: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const data = await cache.read(block);
    if (data?.length === lengthOf(block) * featureSize) {
      x.set(data, block * blockImages * featureSize);
      report(lengthOf(block), "cached");
    } else {
      missing.push(block);
    }
  }
  await computeBlocks(missing, { ...options, batch, blockImages, x, report });
  return { x, unreadable: await unreadableRows(x, featureSize, items, options.skipUnreadable ?? false) };
}

interface Computation extends ExtractOptions {
  readonly batch: number;
  readonly blockImages: number;
  readonly x: Float32Array;
  readonly report: (images: number, from: "cached" | "computed") => void;
}

/** Fills the rows of the given blocks, and stores each block as soon as it is whole. */
async function computeBlocks(blocks: readonly number[], computation: Computation): Promise<void> {
  const { backbone, network, pool, items, preprocessing, cache = noCache, signal } = computation;
  const { batch, blockImages, x, report } = computation;
  const { featureSize, normalisation } = backbone;
  const { crop } = preprocessing;
  const starts = blocks.flatMap((block) => {
    const end = Math.min(items.length, (block + 1) * blockImages);
    return Array.from(
      { length: Math.ceil((end - block * blockImages) / batch) },
      (_, i) => block * blockImages + i * batch,
    );
  });

  // Every thread and every lane with a batch in hand, and one more each: none ever waits, and memory is bounded.
  const ahead = pool.size + 1 + 2 * network.lanes;
  const answered = mapOrdered(starts, ahead, async (start) => {
    const images = Math.min(batch, items.length - start, blockImages - (start % blockImages));
    const sources = items.slice(start, start + images).map((item) => item.source);
    const { data, failures } = await pool.prepare(sources, preprocessing, normalisation);
    const first = failures[0];
    if (first && !computation.skipUnreadable)
      throw new ImageError(items[start + first.index]!.id, first.message);
    // What was asked for before an interruption is not begun after it.
    signal?.throwIfAborted();
    return { images, failures, rows: await network.run(data, [images, 3, crop, crop]) };
  });
  for await (const [start, { images, failures, rows }] of answered) {
    signal?.throwIfAborted();
    if (rows.length !== images * featureSize) {
      throw new FeatureError(
        `the backbone answered ${rows.length / images} features an image; ${featureSize} were expected`,
      );
    }
    requireFinite(rows, featureSize, (row) => items[start + row]!.id);
    for (const { index } of failures) rows.fill(Number.NaN, index * featureSize, (index + 1) * featureSize);
    x.set(rows, start * featureSize);
    report(images, "computed");

    const end = start + images;
    if (end % blockImages === 0 || end === items.length) {
      const block = Math.floor(start / blockImages);
      cache.write(block, x.subarray(block * blockImages * featureSize, end * featureSize));
    }
  }
}

function requireFinite(rows: Float32Array, featureSize: number, idOf: (row: number) => string): void {
  const bad = rows.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new FeatureError(
    `the backbone answers ${rows[bad]} for ${idOf(Math.floor(bad / featureSize))}: the checkpoint is damaged, or not meant for inputs normalised so`,
  );
}

/** The rows of NaN, which stand for images that could not be read; without leave to skip them, says which was first. */
async function unreadableRows(
  x: Float32Array,
  featureSize: number,
  items: readonly Item[],
  skip: boolean,
): Promise<number[]> {
  const rows = items.flatMap((_, row) => (Number.isNaN(x[row * featureSize]!) ? [row] : []));
  const first = items[rows[0] ?? -1];
  if (!first || skip) return rows;
  // The cache knows that it could not be read, but not why: reading it again says so.
  await first.load();
  throw new ImageError(
    first.id,
    "could not be read when its features were computed, and now can: remove the cached features and try again",
  );
}

function progress(total: number, listener: ExtractOptions["onProgress"]) {
  const began = performance.now();
  let done = 0;
  let computed = 0;
  return (images: number, from: "cached" | "computed") => {
    done += images;
    if (from === "computed") computed += images;
    const seconds = (performance.now() - began) / 1000;
    const imagesPerSecond = computed > 0 ? computed / seconds : undefined;
    const secondsLeft = imagesPerSecond === undefined ? undefined : (total - done) / imagesPerSecond;
    listener?.({ done, total, imagesPerSecond, secondsLeft });
  };
}

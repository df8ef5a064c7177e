/**
 * Images through a backbone: decoding and cropping in worker threads beside inference, bounded at both ends,
 * finished blocks in the cache at once. Memory holds a block, a few batches and what the caller keeps.
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
  /** One a readout, in the backbone's order; nothing is kept unless told. */
  readonly caches?: readonly BlockStore[];
  /** Called with every block once, cached or computed, in any order: its first row, and a tensor's data a readout. */
  readonly onBlock: (first: number, rows: readonly Float32Array[]) => void;
  /** Only these blocks, in their order; all of them unless told. */
  readonly blocks?: readonly number[];
  /** Leave out images that cannot be read, and say which, in place of failing. */
  readonly skipUnreadable?: boolean;
  readonly onProgress?: (progress: ExtractProgress) => void;
  /** Stops at the next batch; finished blocks stay in the cache. */
  readonly signal?: AbortSignal;
}

export interface Extracted {
  /** The rows of images that cannot be read: NaN in every readout. */
  readonly unreadable: readonly number[];
}

/** A network whose answers are not numbers. */
export class FeatureError extends Error {
  override readonly name = "FeatureError";
}

/**
 * Every image through the network once, for all of its readouts.
 * @throws ImageError naming the first image that cannot be read, unless they are skipped
 * @throws FeatureError when the network answers NaN or infinity
 */
export async function extractReadouts(options: ExtractOptions): Promise<Extracted> {
  const { backbone, items, preprocessing } = options;
  const { caches = backbone.readouts.map(() => noCache) } = options;
  const batch = batchSize(preprocessing.crop);
  const blockImages = blockSize(preprocessing.crop);
  const { blocks = [...Array(Math.ceil(items.length / blockImages)).keys()] } = options;
  const unreadable: number[] = [];

  const lengthOf = (block: number) => Math.min(blockImages, items.length - block * blockImages);
  const total = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  const report = progress(total, options.onProgress);
  const take = (block: number, rows: readonly Float32Array[]) => {
    const images = lengthOf(block);
    const size = rows[0]!.length / images;
    for (let i = 0; i < images; i++) {
      if (Number.isNaN(rows[0]![i * size]!)) unreadable.push(block * blockImages + i);
    }
    options.onBlock(block * blockImages, rows);
  };
  const missing: number[] = [];
  const good = caches.map(() => new Set<number>());
  for (const block of blocks) {
    const kept = await Promise.all(caches.map((cache) => cache.read(block)));
    kept.forEach((data, i) => {
      if (fits(data, lengthOf(block), backbone.readouts[i]!.size)) good[i]!.add(block);
    });
    if (good.every((blocks) => blocks.has(block))) {
      take(block, kept as Float32Array[]);
      report(lengthOf(block), "cached");
    } else {
      missing.push(block);
    }
  }
  await computeBlocks(missing, { ...options, caches, good, batch, blockImages, report, take });
  await explainUnreadable(unreadable, items, options.skipUnreadable ?? false);
  return { unreadable: unreadable.sort((a, b) => a - b) };
}

/** Whether what a cache had can be a block's rows. */
function fits(data: Float32Array | undefined, images: number, size: number | undefined): boolean {
  if (data === undefined) return false;
  return size === undefined ? data.length > 0 && data.length % images === 0 : data.length === images * size;
}

interface Computation extends ExtractOptions {
  readonly caches: readonly BlockStore[];
  /** Blocks that each cache has already. */
  readonly good: readonly ReadonlySet<number>[];
  readonly batch: number;
  readonly blockImages: number;
  readonly report: (images: number, from: "cached" | "computed") => void;
  readonly take: (block: number, rows: readonly Float32Array[]) => void;
}

/** Fills the given blocks in their order, and stores each as soon as it is whole. */
async function computeBlocks(blocks: readonly number[], computation: Computation): Promise<void> {
  const { backbone, network, pool, items, preprocessing, caches, good, signal } = computation;
  const { batch, blockImages, report, take } = computation;
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
    const { data, failures } = await pool.prepare(sources, preprocessing, backbone.normalisation);
    const first = failures[0];
    if (first && !computation.skipUnreadable)
      throw new ImageError(items[start + first.index]!.id, first.message);
    // What was asked for before an interruption is not begun after it.
    signal?.throwIfAborted();
    return { images, failures, answers: await network.run(data, [images, 3, crop, crop]) };
  });
  let whole: Float32Array[] = [];
  for await (const [start, { images, failures, answers }] of answered) {
    signal?.throwIfAborted();
    const block = Math.floor(start / blockImages);
    const first = start - block * blockImages;
    const ofBlock = Math.min(blockImages, items.length - block * blockImages);
    answers.forEach(({ data }, i) => {
      const { slug, size = data.length / images } = backbone.readouts[i]!;
      if (data.length !== images * size) {
        throw new FeatureError(
          `the backbone answered ${data.length / images} features an image for '${slug}'; ${size} were expected`,
        );
      }
      requireFinite(data, size, (row) => items[start + row]!.id);
      for (const { index } of failures) data.fill(Number.NaN, index * size, (index + 1) * size);
      if (first === 0) whole[i] = new Float32Array(ofBlock * size);
      whole[i]!.set(data, first * size);
    });
    report(images, "computed");
    if (first + images < ofBlock) continue;
    caches.forEach((cache, i) => {
      if (!good[i]!.has(block)) cache.write(block, whole[i]!);
    });
    take(block, whole);
    whole = [];
  }
}

function requireFinite(rows: Float32Array, featureSize: number, idOf: (row: number) => string): void {
  const bad = rows.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new FeatureError(
    `the backbone answers ${rows[bad]} for ${idOf(Math.floor(bad / featureSize))}: the checkpoint is damaged, or not meant for inputs normalised so`,
  );
}

/** Without leave to skip what could not be read, says which was first and why. */
async function explainUnreadable(
  rows: readonly number[],
  items: readonly Item[],
  skip: boolean,
): Promise<void> {
  const first = items[Math.min(...rows)];
  if (!first || skip) return;
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

/** Everything that extraction needs, opened once and used for dataset after dataset. */
import { availableParallelism } from "node:os";
import { type Dataset, type Item, SPLITS, type SplitName } from "../datasets/index.ts";
import type { Preprocessing } from "../images/index.ts";
import type { Device, DeviceChoice } from "../runtime/index.ts";
import type { Backbone, BackboneReadout } from "./backbone.ts";
import { blockSize } from "./batches.ts";
import { type FeatureBlock, keptBlocks, namedBlocks, noCache, openCache } from "./cache.ts";
import { type Extracted, type ExtractOptions, type ExtractProgress, extractReadouts } from "./extract.ts";
import { type Network, openNetwork } from "./network.ts";
import { PreprocessPool } from "./preprocess-pool.ts";

export interface ExtractorOptions {
  readonly device?: DeviceChoice;
  /** CPU threads of the network in all; the machine's cores unless told. */
  readonly threads?: number;
  /** Threads that decode and crop; one fewer than the cores unless told. */
  readonly workers?: number;
  /** Where features are kept; nowhere unless told. */
  readonly cacheFolder?: string;
}

export interface DatasetOptions {
  readonly preprocessing: Preprocessing;
  /** The dataset's manifest hash. */
  readonly manifest: string;
  readonly skipUnreadable?: boolean;
  readonly onProgress?: (progress: ExtractProgress) => void;
  readonly signal?: AbortSignal;
}

export interface DatasetFeatures {
  readonly featureSize: number;
  /** All splits' rows, one after the other; NaN where an image cannot be read. */
  readonly x: Float32Array;
  /** The row of each item that has one. */
  readonly rowOf: ReadonlyMap<Item, number>;
  /** Ids of the images that could not be read. */
  readonly unreadable: readonly string[];
}

/** One readout of all of a dataset's images. */
export interface ReadoutRows {
  readonly readout: BackboneReadout;
  /** Numbers an image. */
  readonly size: number;
  /** Images of all splits. */
  readonly total: number;
  /** Rows `first` to `first + count`, row-major: a view, not a copy. NaN where an image cannot be read. */
  rows(first: number, count: number): Float32Array;
}

export interface DatasetReadouts extends Pick<DatasetFeatures, "rowOf" | "unreadable"> {
  /** By slug. */
  readonly readouts: ReadonlyMap<string, ReadoutRows>;
}

/** The share with the number `share`, from 0, of `of`. */
export interface Share {
  readonly share: number;
  readonly of: number;
}

export interface Extractor {
  readonly backbone: Backbone;
  readonly device: Device;
  /** The backbone's first readout, which must be a vector. */
  features(dataset: Dataset, options: DatasetOptions): Promise<DatasetFeatures>;
  /** Every readout that the backbone answers, maps of patches too, in one pass over the images. */
  readouts(dataset: Dataset, options: DatasetOptions): Promise<DatasetReadouts>;
  /** One of several equal shares of the same, for as many machines: into the cache, which names what it has of it then. */
  share(dataset: Dataset, options: DatasetOptions, which: Share): Promise<FeatureBlock[]>;
  close(): Promise<void>;
}

export async function openExtractor(backbone: Backbone, options: ExtractorOptions = {}): Promise<Extractor> {
  const { device, threads, workers = Math.max(1, availableParallelism() - 1), cacheFolder } = options;
  const network = await openNetwork(backbone, {
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  });
  const pool = new PreprocessPool(workers);
  const extractor: Extractor = {
    backbone,
    device: network.device,
    async features(dataset, how) {
      const { rowOf, unreadable, readouts } = await extractor.readouts(dataset, how);
      const { size, total, rows } = readouts.get(backbone.readouts[0].slug)!;
      return { featureSize: size, x: rows(0, total), rowOf, unreadable };
    },
    readouts: (dataset, how) => datasetReadouts({ backbone, network, pool, cacheFolder }, dataset, how),
    share(dataset, how, which) {
      if (cacheFolder === undefined)
        throw new Error("a share of features is kept in a cache, and there is none");
      return datasetShare({ backbone, network, pool, cacheFolder }, dataset, how, which);
    },
    async close() {
      await pool.close();
      await network.close();
    },
  };
  return extractor;
}

interface Opened {
  readonly backbone: Backbone;
  readonly network: Network;
  readonly pool: PreprocessPool;
  readonly cacheFolder: string | undefined;
}

async function datasetReadouts(
  opened: Opened,
  dataset: Dataset,
  options: DatasetOptions,
): Promise<DatasetReadouts> {
  const { backbone } = opened;
  const splits = splitsOf(dataset);
  const total = splits.reduce((sum, { items }) => sum + items.length, 0);
  const all: Float32Array[] = [];
  const rowOf = new Map<Item, number>();
  const unreadable: string[] = [];
  let before = 0;
  for (const { split, items } of splits) {
    const first = before;
    const extracted = await extractSplit(opened, split, items, options, {
      total,
      before: first,
      onBlock(start, rows) {
        const images = Math.min(blockSize(options.preprocessing.crop), items.length - start);
        rows.forEach((data, i) => {
          const size = data.length / images;
          all[i] ??= new Float32Array(total * size);
          all[i].set(data, (first + start) * size);
        });
      },
    });
    const lost = new Set(extracted.unreadable);
    items.forEach((item, i) => {
      if (lost.has(i)) unreadable.push(item.id);
      else rowOf.set(item, first + i);
    });
    before += items.length;
  }
  const readouts = backbone.readouts.map((readout, i): [string, ReadoutRows] => {
    const data = all[i] ?? new Float32Array(0);
    const size = total > 0 ? data.length / total : (readout.size ?? 0);
    const rows = (start: number, count: number) => data.subarray(start * size, (start + count) * size);
    return [readout.slug, { readout, size, total, rows }];
  });
  return { rowOf, unreadable, readouts: new Map(readouts) };
}

const splitsOf = ({ splits }: Dataset) =>
  SPLITS.flatMap((split) => {
    const items = splits[split];
    return items === undefined ? [] : [{ split, items }];
  });

interface SplitOptions extends Pick<ExtractOptions, "blocks" | "onBlock"> {
  /** Images in all, and those of the splits before: what progress is told of. */
  readonly total: number;
  readonly before: number;
}

async function extractSplit(
  { backbone, network, pool, cacheFolder }: Opened,
  split: SplitName,
  items: readonly Item[],
  options: DatasetOptions,
  { total, before, ...of }: SplitOptions,
): Promise<Extracted> {
  const caches = await Promise.all(
    backbone.readouts.map(async ({ key }) =>
      cacheFolder ? await openCache(cacheFolder, madeFrom(backbone, options, split, key)) : noCache,
    ),
  );
  return extractReadouts({
    ...{ backbone, network, pool, items, caches, ...of },
    preprocessing: options.preprocessing,
    skipUnreadable: options.skipUnreadable ?? false,
    onProgress: ({ done, imagesPerSecond }) => {
      const left = total - before - done;
      const secondsLeft = imagesPerSecond === undefined ? undefined : left / imagesPerSecond;
      options.onProgress?.({ done: before + done, total, imagesPerSecond, secondsLeft });
    },
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** Shares are of whole blocks, which hold whole batches: each block is what one machine would have made. */
async function datasetShare(
  opened: Opened & { readonly cacheFolder: string },
  dataset: Dataset,
  options: DatasetOptions,
  { share, of }: Share,
): Promise<FeatureBlock[]> {
  const { backbone, cacheFolder } = opened;
  const size = blockSize(options.preprocessing.crop);
  const blocks = splitsOf(dataset).flatMap(({ split, items }) =>
    Array.from({ length: Math.ceil(items.length / size) }, (_, index) => ({
      ...{ split, items, index, images: Math.min(size, items.length - index * size) },
    })),
  );
  const [first, end] = [share, share + 1].map((one) => Math.floor((blocks.length * one) / of));
  const own = blocks.slice(first, end);
  const total = own.reduce((sum, { images }) => sum + images, 0);
  const made: FeatureBlock[] = [];
  let before = 0;
  for (const { split, items } of splitsOf(dataset)) {
    const here = own.filter((block) => block.split === split);
    if (here.length === 0) continue;
    const indices = new Set(here.map(({ index }) => index));
    await extractSplit(opened, split, items, options, {
      ...{ total, before, blocks: [...indices], onBlock: () => {} },
    });
    before += here.reduce((sum, { images }) => sum + images, 0);
    for (const { key } of backbone.readouts) {
      const kept = await namedBlocks(cacheFolder, madeFrom(backbone, options, split, key));
      made.push(...kept.filter(({ index }) => indices.has(index)));
    }
  }
  return made;
}

/** How many of a dataset's images have every readout of a backbone in the cache. Looks and writes nothing. */
export async function countCached(
  backbone: Backbone,
  dataset: Dataset,
  options: Pick<DatasetOptions, "preprocessing" | "manifest">,
  cacheFolder: string,
): Promise<number> {
  const block = blockSize(options.preprocessing.crop);
  let images = 0;
  for (const split of SPLITS) {
    const total = dataset.splits[split]?.length ?? 0;
    const [first, ...others] = await Promise.all(
      backbone.readouts.map(({ key }) => keptBlocks(cacheFolder, madeFrom(backbone, options, split, key))),
    );
    const kept = [...first!.keys()].filter((index) => others.every((other) => other.has(index)));
    for (const index of kept) images += Math.max(0, Math.min(block, total - index * block));
  }
  return images;
}

/** What a block of features depends on; the keys' order is part of the cache's key. */
function madeFrom(
  backbone: Backbone,
  { preprocessing, manifest }: Pick<DatasetOptions, "preprocessing" | "manifest">,
  split: SplitName,
  readout: string | undefined,
) {
  const { resize, resizeSize, crop, filter } = preprocessing;
  return {
    version: 1,
    backbone: backbone.hash,
    normalisation: { mean: backbone.normalisation.mean, std: backbone.normalisation.std },
    preprocessing: { resize, resizeSize, crop, filter },
    manifest,
    split,
    ...(readout === undefined ? {} : { readout }),
  };
}

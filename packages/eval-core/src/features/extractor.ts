/** Everything that extraction needs, opened once and used for dataset after dataset. */
import { availableParallelism } from "node:os";
import { type Dataset, type Item, SPLITS, type SplitName } from "../datasets/index.ts";
import type { Preprocessing } from "../images/index.ts";
import type { Device, DeviceChoice } from "../runtime/index.ts";
import type { Backbone } from "./backbone.ts";
import { blockSize } from "./batches.ts";
import { keptBlocks, noCache, openCache } from "./cache.ts";
import { type ExtractProgress, extractFeatures } from "./extract.ts";
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

export interface Extractor {
  readonly backbone: Backbone;
  readonly device: Device;
  features(dataset: Dataset, options: DatasetOptions): Promise<DatasetFeatures>;
  close(): Promise<void>;
}

export async function openExtractor(backbone: Backbone, options: ExtractorOptions = {}): Promise<Extractor> {
  const { device, threads, workers = Math.max(1, availableParallelism() - 1), cacheFolder } = options;
  const network = await openNetwork(backbone, {
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  });
  const pool = new PreprocessPool(workers);
  return {
    backbone,
    device: network.device,
    features: (dataset, how) => datasetFeatures({ backbone, network, pool, cacheFolder }, dataset, how),
    async close() {
      await pool.close();
      await network.close();
    },
  };
}

interface Opened {
  readonly backbone: Backbone;
  readonly network: Network;
  readonly pool: PreprocessPool;
  readonly cacheFolder: string | undefined;
}

async function datasetFeatures(
  opened: Opened,
  dataset: Dataset,
  options: DatasetOptions,
): Promise<DatasetFeatures> {
  const { backbone, network, pool, cacheFolder } = opened;
  const splits = SPLITS.filter((split) => dataset.splits[split] !== undefined);
  const total = splits.reduce((sum, split) => sum + dataset.splits[split]!.length, 0);
  const { featureSize } = backbone;
  const x = new Float32Array(total * featureSize);
  const rowOf = new Map<Item, number>();
  const unreadable: string[] = [];
  let before = 0;
  for (const split of splits) {
    const items = dataset.splits[split]!;
    const first = before;
    const features = await extractFeatures({
      backbone,
      network,
      pool,
      items,
      cache: cacheFolder ? await openCache(cacheFolder, madeFrom(backbone, options, split)) : noCache,
      into: x.subarray(first * featureSize, (first + items.length) * featureSize),
      preprocessing: options.preprocessing,
      skipUnreadable: options.skipUnreadable ?? false,
      onProgress: ({ done, imagesPerSecond }) => {
        const left = total - first - done;
        const secondsLeft = imagesPerSecond === undefined ? undefined : left / imagesPerSecond;
        options.onProgress?.({ done: first + done, total, imagesPerSecond, secondsLeft });
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const lost = new Set(features.unreadable);
    items.forEach((item, i) => {
      if (lost.has(i)) unreadable.push(item.id);
      else rowOf.set(item, first + i);
    });
    before += items.length;
  }
  return { featureSize, x, rowOf, unreadable };
}

/** How many of a dataset's images have their features in the cache. Looks and writes nothing. */
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
    const kept = await keptBlocks(cacheFolder, madeFrom(backbone, options, split));
    for (const index of kept.keys()) images += Math.max(0, Math.min(block, total - index * block));
  }
  return images;
}

/** What a block of features depends on; the keys' order is part of the cache's key. */
function madeFrom(
  backbone: Backbone,
  { preprocessing, manifest }: Pick<DatasetOptions, "preprocessing" | "manifest">,
  split: SplitName,
) {
  const { resize, resizeSize, crop, filter } = preprocessing;
  return {
    version: 1,
    backbone: backbone.hash,
    normalisation: { mean: backbone.normalisation.mean, std: backbone.normalisation.std },
    preprocessing: { resize, resizeSize, crop, filter },
    manifest,
    split,
  };
}

/**
 * How many images a second this machine takes from file to features, measured as extraction itself works: every lane and
 * every decoding thread at once. The network alone, in one session, would be told up to twice too slow.
 */
import { availableParallelism } from "node:os";
import type { Item } from "../../datasets/index.ts";
import type { EvaluationData } from "../../evaluations/data.ts";
import {
  type Backbone,
  batchSize,
  extractReadouts,
  type Network,
  openNetwork,
  PreprocessPool,
} from "../../features/index.ts";
import type { EvaluateRequest } from "./request.ts";

export interface Speed {
  readonly imagesPerSecond: number;
  readonly device: string;
}

/** Batches of each lane that are timed, after one to warm up. */
const TIMED_BATCHES = 2;

/** Images to try it on, where the data are images by themselves. */
export function itemsOf(data: EvaluationData): readonly Item[] {
  const { splits = {} } = data as { splits?: Readonly<Record<string, readonly Item[] | undefined>> };
  return Object.values(splits).find((items) => items !== undefined && items.length > 0) ?? [];
}

/** @throws ImageError, RuntimeError or FeatureError, as the evaluation itself would */
export async function measureSpeed(
  request: Pick<EvaluateRequest, "device" | "threads" | "preprocessing" | "skipUnreadable">,
  backbone: Backbone,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<Speed> {
  const { device, threads, preprocessing } = request;
  const network = await openNetwork(backbone, { device, ...(threads === undefined ? {} : { threads }) });
  try {
    const images = network.lanes * batchSize(preprocessing.crop);
    const time =
      items.length > 0
        ? await ofImages(request, backbone, network, items, images, signal)
        : await ofZeros(network, preprocessing.crop);
    return { imagesPerSecond: (TIMED_BATCHES * images * 1000) / time, device: network.device };
  } finally {
    await network.close();
  }
}

async function ofImages(
  { preprocessing, skipUnreadable }: Pick<EvaluateRequest, "preprocessing" | "skipUnreadable">,
  backbone: Backbone,
  network: Network,
  items: readonly Item[],
  images: number,
  signal: AbortSignal,
): Promise<number> {
  const pool = new PreprocessPool(Math.max(1, availableParallelism() - 1));
  // Few images are taken again and again.
  const taken = (count: number) => Array.from({ length: count }, (_, i) => items[i % items.length]!);
  const extract = (count: number) =>
    extractReadouts({
      ...{ backbone, network, pool, preprocessing, skipUnreadable, signal },
      items: taken(count),
      onBlock: () => undefined,
    });
  try {
    await extract(images);
    const began = performance.now();
    await extract(TIMED_BATCHES * images);
    return performance.now() - began;
  } finally {
    await pool.close();
  }
}

/** Milliseconds of the network alone. */
async function ofZeros(network: Network, crop: number): Promise<number> {
  const batch = batchSize(crop);
  const shape = [batch, 3, crop, crop];
  const round = (batches: number) =>
    Promise.all(
      Array.from({ length: batches }, () => network.run(new Float32Array(batch * 3 * crop * crop), shape)),
    );
  await round(network.lanes);
  const began = performance.now();
  await round(TIMED_BATCHES * network.lanes);
  return performance.now() - began;
}

/** A worker thread that loads, crops and normalises batches for training: see `finetune-loader.ts`. */
import { parentPort } from "node:worker_threads";
import { loadSource } from "../datasets/index.ts";
import { preprocess, type RgbImage, randomResizedCrop, toTensor } from "../images/index.ts";
import { SeededRandom } from "../tensor/index.ts";
import type { LoadAnswer, LoadRequest } from "./loader.ts";

const port = parentPort;
if (!port) throw new Error("protocols/finetune-loader-worker.ts runs as a worker thread only");

/** Decoded images are kept up to this many bytes: training reads each of them many times. */
const MOST_KEPT_BYTES = 512 * 2 ** 20;
const kept = new Map<string, RgbImage>();
let keptBytes = 0;

async function load(source: LoadRequest["sources"][number]): Promise<RgbImage> {
  const key = JSON.stringify(source);
  const known = kept.get(key);
  if (known) return known;
  const image = await loadSource(source);
  if (keptBytes + image.data.length <= MOST_KEPT_BYTES) {
    kept.set(key, image);
    keptBytes += image.data.length;
  }
  return image;
}

async function answer({ id, sources, random, preprocessing, normalisation }: LoadRequest): Promise<void> {
  try {
    const crops: Uint8Array[] = [];
    for (const [i, source] of sources.entries()) {
      const image = await load(source);
      crops.push(
        random
          ? randomResizedCrop(image, random.crop, new SeededRandom(random.seeds[i]!), preprocessing.filter)
          : preprocess(image, preprocessing),
      );
    }
    const side = preprocessing.crop;
    const { data } = toTensor(crops, normalisation, { width: side, height: side });
    const done: LoadAnswer = { id, data };
    port?.postMessage(done, [data.buffer as ArrayBuffer]);
  } catch (error) {
    const failed: LoadAnswer = { id, message: error instanceof Error ? error.message : String(error) };
    port?.postMessage(failed);
  }
}

let last: Promise<void> = Promise.resolve();
port.on("message", (request: LoadRequest) => {
  last = last.then(() => answer(request));
});

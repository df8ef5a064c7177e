/** Decoded images that a loading thread keeps: training reads each of them many times. */
import { workerData } from "node:worker_threads";
import { type ImageSource, loadSource } from "../datasets/source.ts";
import type { RgbImage } from "../images/index.ts";
import type { LoaderData } from "./loader.ts";

/** Decoded images are kept up to this many bytes, in all threads together. */
const MOST_KEPT_BYTES = 2 ** 30;
const ownShare = MOST_KEPT_BYTES / ((workerData as LoaderData | null)?.threads ?? 1);
const kept = new Map<string, RgbImage>();
let keptBytes = 0;

/** @throws ImageError naming the file */
export async function loadKept(source: ImageSource): Promise<RgbImage> {
  const key = JSON.stringify(source);
  const known = kept.get(key);
  if (known) return known;
  const image = await loadSource(source);
  if (keptBytes + image.data.length <= ownShare) {
    kept.set(key, image);
    keptBytes += image.data.length;
  }
  return image;
}

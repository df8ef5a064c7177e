/** Loads, crops and normalises the images of a batch, in a loading thread: a recipe of `training/loader.ts`. */
import type { ImageSource } from "../../datasets/source.ts";
import {
  type Normalisation,
  type Preprocessing,
  preprocess,
  type RandomCrop,
  randomResizedCrop,
  toTensor,
} from "../../images/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";

export interface CropRequest {
  readonly sources: readonly ImageSource[];
  /** How to crop at random, one seed an image; else the evaluation's crop. */
  readonly random?: { readonly crop: RandomCrop; readonly seeds: readonly number[] };
  readonly preprocessing: Preprocessing;
  readonly normalisation: Normalisation;
}

/** `input` [images, 3, crop, crop]. */
export async function prepare({
  sources,
  random,
  preprocessing,
  normalisation,
}: CropRequest): Promise<Feeds> {
  const crops: Uint8Array[] = [];
  for (const [i, source] of sources.entries()) {
    const image = await loadKept(source);
    crops.push(
      random
        ? randomResizedCrop(image, random.crop, new SeededRandom(random.seeds[i]!), preprocessing.filter)
        : preprocess(image, preprocessing),
    );
  }
  const side = preprocessing.crop;
  return { input: toTensor(crops, normalisation, { width: side, height: side }) };
}

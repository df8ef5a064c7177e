/** What the batches consist of: images of like orientation, one short size a batch, flips, masks for dropout. */
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import type { SeededRandom } from "../../tensor/index.ts";
import {
  type BatchSource,
  BucketedOrder,
  type Json,
  restoredStream,
  streamOf,
} from "../../training/index.ts";
import { canvasOf, type Size, scaledSize } from "./canvas.ts";
import { KEEP, type PixelRules, type PixelSettings } from "./settings.ts";

export interface PixelPlan {
  /** By their place in the split. */
  readonly images: readonly number[];
  /** What each is resized to. */
  readonly sizes: readonly Size[];
  readonly flips: readonly boolean[];
  readonly canvas: Size;
  /** images x channels, 0 or 1 / 0.9; empty without dropout. */
  readonly dropout: Float32Array;
}

export class PixelBatches implements BatchSource<PixelPlan> {
  readonly #images: readonly PixelImage[];
  readonly #settings: PixelSettings;
  readonly #rules: PixelRules;
  readonly #order: BucketedOrder;
  #augmentation: SeededRandom;
  #sampling: SeededRandom;

  constructor(images: readonly PixelImage[], settings: PixelSettings, rules: PixelRules, seed: number) {
    this.#images = images;
    this.#settings = settings;
    this.#rules = rules;
    const bucketOf = (i: number) => (images[i]!.height > images[i]!.width ? 0 : 1);
    this.#order = new BucketedOrder(images.length, settings.batch, bucketOf, streamOf(seed, "order"));
    this.#augmentation = streamOf(seed, "augmentation");
    this.#sampling = streamOf(seed, "sampling");
  }

  next(): PixelPlan {
    const { shortSizes, longest, width } = this.#settings;
    const { multiple, flip, dropout } = this.#rules;
    const images = this.#order.next();
    const short = shortSizes[this.#augmentation.below(shortSizes.length)]!;
    const flips = images.map(() => flip && this.#augmentation.below(2) === 1);
    const sizes = images.map((i) => scaledSize(this.#images[i]!, short, longest));
    const masks = dropout
      ? Float32Array.from({ length: images.length * width }, () =>
          this.#sampling.uniform() >= 1 - KEEP ? 1 / KEEP : 0,
        )
      : new Float32Array();
    return { images, sizes, flips, canvas: canvasOf(sizes, multiple), dropout: masks };
  }

  get state(): Json {
    return {
      order: this.#order.state,
      augmentation: [...this.#augmentation.state],
      sampling: [...this.#sampling.state],
    };
  }

  restore(state: Json): void {
    const { order, augmentation, sampling } = state as { order: Json; augmentation: Json; sampling: Json };
    this.#order.restore(order);
    this.#augmentation = restoredStream(augmentation);
    this.#sampling = restoredStream(sampling);
  }
}

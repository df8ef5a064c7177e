/** What the batches consist of: images of like orientation, each with a size and a side of its own. */
import type { DetectionImage } from "../../datasets/dense/voc-detection.ts";
import type { SeededRandom } from "../../tensor/index.ts";
import {
  type BatchSource,
  BucketedOrder,
  type Json,
  restoredStream,
  streamOf,
} from "../../training/index.ts";
import type { Size } from "../pixel-labels/canvas.ts";
import { canvasOf, type PlacedObjects, placeObjects, resizedShortestEdge } from "./inputs.ts";
import type { DetectionSchedule } from "./settings.ts";

export interface DetectionPlan {
  /** By their place among the images. */
  readonly images: readonly number[];
  readonly sizes: readonly Size[];
  readonly flips: readonly boolean[];
  readonly objects: readonly PlacedObjects[];
  readonly canvas: Size;
}

export class DetectionBatches implements BatchSource<DetectionPlan> {
  readonly #images: readonly DetectionImage[];
  readonly #schedule: Pick<DetectionSchedule, "batch" | "shortEdges" | "longest">;
  readonly #order: BucketedOrder;
  #augmentation: SeededRandom;

  /** @param images those with objects */
  constructor(
    images: readonly DetectionImage[],
    schedule: Pick<DetectionSchedule, "batch" | "shortEdges" | "longest">,
    seed: number,
  ) {
    this.#images = images;
    this.#schedule = schedule;
    const bucketOf = (i: number) => (images[i]!.width > images[i]!.height ? 0 : 1);
    this.#order = new BucketedOrder(images.length, schedule.batch, bucketOf, streamOf(seed, "order"));
    this.#augmentation = streamOf(seed, "augmentation");
  }

  next(): DetectionPlan {
    const { shortEdges, longest } = this.#schedule;
    const images = this.#order.next();
    const drawn = images.map((i) => {
      const image = this.#images[i]!;
      const short = shortEdges[this.#augmentation.below(shortEdges.length)]!;
      const flip = this.#augmentation.uniform() < 0.5;
      const size = resizedShortestEdge(image, short, longest);
      return { size, flip, objects: placeObjects(image.objects, image, size, flip) };
    });
    const sizes = drawn.map(({ size }) => size);
    return {
      images,
      sizes,
      flips: drawn.map(({ flip }) => flip),
      objects: drawn.map(({ objects }) => objects),
      canvas: canvasOf(sizes),
    };
  }

  get state(): Json {
    return { order: this.#order.state, augmentation: [...this.#augmentation.state] };
  }

  restore(state: Json): void {
    const { order, augmentation } = state as { order: Json; augmentation: Json };
    this.#order.restore(order);
    this.#augmentation = restoredStream(augmentation);
  }
}

/**
 * Batches of images of like orientation: images are drawn in a shuffled order, epoch after epoch, into two buckets, and
 * a bucket that is full is a batch. Buckets outlive epochs. (detectron2's aspect-ratio grouping; CSAIL's loader.)
 */
import type { SeededRandom } from "../tensor/index.ts";
import { restoredStream } from "./streams.ts";
import type { Json } from "./task.ts";

export class BucketedOrder {
  readonly #bucketOf: (image: number) => 0 | 1;
  readonly #count: number;
  readonly #batch: number;
  #random: SeededRandom;
  /** The stream before the epoch at hand was shuffled: with the place in it, all that the order is. */
  #epochState: Json;
  #order: Int32Array;
  #place = 0;
  #buckets: [number[], number[]] = [[], []];

  /**
   * @param count how many images there are, at least 1
   * @param bucketOf which of the two buckets an image belongs to
   * @param random the order stream; consumed here only
   */
  constructor(count: number, batch: number, bucketOf: (image: number) => 0 | 1, random: SeededRandom) {
    if (count < 1) throw new RangeError("there are no images to make batches of");
    this.#count = count;
    this.#batch = batch;
    this.#bucketOf = bucketOf;
    this.#random = random;
    this.#epochState = [...random.state];
    this.#order = random.permutation(count);
  }

  /** The images of the next batch, in the order drawn. */
  next(): number[] {
    for (;;) {
      if (this.#place === this.#count) {
        this.#epochState = [...this.#random.state];
        this.#order = this.#random.permutation(this.#count);
        this.#place = 0;
      }
      const image = this.#order[this.#place++]!;
      const bucket = this.#buckets[this.#bucketOf(image)];
      bucket.push(image);
      if (bucket.length === this.#batch) return bucket.splice(0);
    }
  }

  get state(): Json {
    const [first, second] = this.#buckets;
    return { epoch: this.#epochState, place: this.#place, buckets: [[...first], [...second]] };
  }

  /** @throws RangeError when the state is not of an order of as many images */
  restore(state: Json): void {
    const { epoch, place, buckets } = (state ?? {}) as { epoch?: Json; place?: Json; buckets?: Json };
    const isImage = (image: Json) =>
      Number.isInteger(image) && Number(image) >= 0 && Number(image) < this.#count;
    const fits =
      Number.isInteger(place) &&
      Number(place) >= 0 &&
      Number(place) <= this.#count &&
      Array.isArray(buckets) &&
      buckets.length === 2 &&
      buckets.every(
        (bucket) => Array.isArray(bucket) && bucket.length < this.#batch && bucket.every(isImage),
      );
    if (!fits || epoch === undefined)
      throw new RangeError(`the state of the batches' order does not fit ${this.#count} images`);
    this.#random = restoredStream(epoch);
    this.#epochState = epoch;
    this.#order = this.#random.permutation(this.#count);
    this.#place = Number(place);
    this.#buckets = (buckets as number[][]).map((bucket) => [...bucket]) as [number[], number[]];
  }
}

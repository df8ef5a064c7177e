/**
 * ROIAlign of a batch, forward and back, on worker threads beside the device: each takes some regions forward, some channels
 * back, so that none writes where another does and the sum's order is the same whatever their number.
 */
import { availableParallelism } from "node:os";
import { POOLED_SIDE } from "../../networks/index.ts";
import { LoaderPool } from "../../training/index.ts";
import { channelsLast, type LevelSize, type Regions, type Share } from "./boxes/roi-align.ts";
import { type ShareRequest, work } from "./region-share.ts";

/** More than these are never needed to keep up with the device. */
const MOST_THREADS = 8;

/** A level with its map as graphs have it: [images, channels, height, width]. */
export interface MapLevel extends LevelSize {
  readonly data: Float32Array;
}

export class RegionPool implements AsyncDisposable {
  /** Beside the caller's own thread, which takes a share too. */
  readonly #workers: LoaderPool<ShareRequest> | undefined;
  readonly #threads: number;
  /** Shared memory by purpose: maps of hundreds of megabytes are not asked for anew at every step. */
  readonly #memory = new Map<string, Float32Array>();

  constructor(threads = Math.min(MOST_THREADS, availableParallelism())) {
    this.#threads = threads;
    this.#workers =
      threads > 1
        ? new LoaderPool(new URL("./region-share.ts", import.meta.url), { threads: threads - 1 })
        : undefined;
  }

  /** Pooled regions [rows, channels, 7, 7], zero beyond those given; overwritten by the next call. */
  async pool(
    maps: readonly MapLevel[],
    regions: Regions,
    channels: number,
    canonical: number,
    rows: number,
  ): Promise<Float32Array> {
    const pooled = this.#memoryFor("pooled", rows * channels * POOLED_SIDE ** 2).fill(0);
    const levels = maps.map((level, i) => {
      const data = this.#memoryFor(`map ${i}`, level.data.length);
      channelsLast(level.data, channels, level.height * level.width, data);
      return { ...level, data };
    });
    const request = { what: "pool", levels, regions, channels, canonical, pooled } as const;
    await this.#divide(regions.image.length, (share) => ({ ...request, share }));
    return pooled;
  }

  /** The gradient by each level's map [images, channels, height, width]; overwritten by the next call. */
  async spread(
    sizes: readonly LevelSize[],
    images: number,
    regions: Regions,
    channels: number,
    canonical: number,
    gradient: Float32Array,
  ): Promise<Float32Array[]> {
    const levels = sizes.map((level, i) => {
      const length = images * channels * level.height * level.width;
      const data = this.#memoryFor(`map ${i}`, length).fill(0);
      return { ...level, data, answer: this.#memoryFor(`answer ${i}`, length) };
    });
    const pooled = this.#memoryFor("pooled", gradient.length);
    pooled.set(gradient);
    const request = { what: "spread", levels, regions, channels, canonical, pooled } as const;
    await this.#divide(channels, (share) => ({ ...request, share }));
    return levels.map(({ answer }) => answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers?.close();
    this.#memory.clear();
  }

  async #divide(count: number, requestOf: (share: Share) => ShareRequest): Promise<void> {
    const cut = (i: number) => Math.round((i * count) / this.#threads);
    const part = (i: number) => requestOf({ from: cut(i), to: cut(i + 1) });
    const others = Array.from({ length: this.#threads - 1 }, (_, i) => this.#workers!.load(part(i + 1)));
    work(part(0));
    await Promise.all(others);
  }

  /** Of this length, where all threads see it; what it holds is what was last written there. */
  #memoryFor(purpose: string, length: number): Float32Array {
    const known = this.#memory.get(purpose);
    if (known?.length === length) return known;
    const made = new Float32Array(new SharedArrayBuffer(length * 4));
    this.#memory.set(purpose, made);
    return made;
  }
}

/**
 * ROIAlign of a batch, forward and back, on worker threads beside the device: each takes some regions forward, some channels
 * back, so that none writes where another does and the sum's order is the same whatever their number.
 */
import { availableParallelism } from "node:os";
import { POOLED_SIDE } from "../../networks/index.ts";
import { LoaderPool } from "../../training/index.ts";
import type { PooledLevel, Regions } from "./boxes/roi-align.ts";
import { type ShareRequest, work } from "./region-share.ts";

type LevelSize = Omit<PooledLevel, "data">;

/** More than these are never needed to keep up with the device. */
const MOST_THREADS = 8;

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

  /**
   * Pooled regions [rows, channels, 7, 7], zero beyond those given; overwritten by the next call.
   * @param levels each [images, channels, height, width]
   */
  async pool(
    levels: readonly PooledLevel[],
    regions: Regions,
    channels: number,
    canonical: number,
    rows: number,
  ): Promise<Float32Array> {
    const pooled = this.#zeros("pooled", rows * channels * POOLED_SIDE ** 2);
    const shared = levels.map((level, i) => ({ ...level, data: this.#shared(`map ${i}`, level.data) }));
    await this.#divide(regions.image.length, {
      ...{ what: "pool", levels: shared, regions, channels, canonical, pooled },
    });
    return pooled;
  }

  /** The gradient by each level's map [images, channels, height, width]; overwritten by the next call. */
  async spread(
    levels: readonly LevelSize[],
    images: number,
    regions: Regions,
    channels: number,
    canonical: number,
    gradient: Float32Array,
  ): Promise<Float32Array[]> {
    const own = levels.map((level, i) => ({
      ...level,
      data: this.#zeros(`gradient ${i}`, images * channels * level.height * level.width),
    }));
    const pooled = this.#shared("pooled gradient", gradient);
    await this.#divide(channels, { what: "spread", levels: own, regions, channels, canonical, pooled });
    return own.map(({ data }) => data);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers?.close();
    this.#memory.clear();
  }

  async #divide(count: number, request: Omit<ShareRequest, "share">): Promise<void> {
    const cut = (i: number) => Math.round((i * count) / this.#threads);
    const shareOf = (i: number): ShareRequest => ({ ...request, share: { from: cut(i), to: cut(i + 1) } });
    const others = Array.from({ length: this.#threads - 1 }, (_, i) => this.#workers!.load(shareOf(i + 1)));
    work(shareOf(0));
    await Promise.all(others);
  }

  #zeros(purpose: string, length: number): Float32Array {
    const known = this.#memory.get(purpose);
    if (known?.length === length) return known.fill(0);
    const made = new Float32Array(new SharedArrayBuffer(length * 4));
    this.#memory.set(purpose, made);
    return made;
  }

  /** The same numbers where all threads see them; alone, the caller's own. */
  #shared(purpose: string, data: Float32Array): Float32Array {
    if (this.#threads === 1) return data;
    const known = this.#memory.get(purpose);
    const into =
      known?.length === data.length ? known : new Float32Array(new SharedArrayBuffer(data.length * 4));
    this.#memory.set(purpose, into);
    into.set(data);
    return into;
  }
}

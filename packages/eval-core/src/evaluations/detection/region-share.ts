/** A share of a batch's ROIAlign, on a worker thread and in shared memory: a recipe of `training/loader.ts`. */
import type { Feeds } from "../../training/task.ts";
import { type PooledLevel, poolRegions, type Regions, type Share, spreadRegions } from "./boxes/roi-align.ts";

export interface ShareRequest {
  readonly what: "pool" | "spread";
  /** Maps to pool from, or gradients to add to. */
  readonly levels: readonly PooledLevel[];
  readonly regions: Regions;
  readonly channels: number;
  readonly canonical: number;
  /** [R, channels, 7, 7]: written when pooling, read when spreading. */
  readonly pooled: Float32Array;
  /** Of the regions when pooling, of the channels when spreading. */
  readonly share: Share;
}

export function work({ what, levels, regions, channels, canonical, pooled, share }: ShareRequest): void {
  const run = what === "pool" ? poolRegions : spreadRegions;
  run(levels, regions, channels, canonical, pooled, share);
}

export async function prepare(request: ShareRequest): Promise<Feeds> {
  work(request);
  return {};
}

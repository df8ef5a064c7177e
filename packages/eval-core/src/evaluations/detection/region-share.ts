/** A share of a batch's ROIAlign, on a worker thread and in shared memory: a recipe of `training/loader.ts`. */
import type { Feeds } from "../../training/task.ts";
import {
  channelsFirst,
  type PooledLevel,
  poolRegions,
  type Regions,
  type Share,
  spreadRegions,
} from "./boxes/roi-align.ts";

interface Common {
  readonly regions: Regions;
  readonly channels: number;
  readonly canonical: number;
  /** [R, channels, 7, 7]: written when pooling, read when spreading. */
  readonly pooled: Float32Array;
  /** Of the regions when pooling, of the channels when spreading. */
  readonly share: Share;
}

export type ShareRequest = Common &
  (
    | { readonly what: "pool"; readonly levels: readonly PooledLevel[] }
    | {
        readonly what: "spread";
        /** Gradients, zero at first, and where they are answered with the channels first. */
        readonly levels: readonly (PooledLevel & { readonly answer: Float32Array })[];
      }
  );

export function work(request: ShareRequest): void {
  const { regions, channels, canonical, pooled, share } = request;
  if (request.what === "pool") {
    poolRegions(request.levels, regions, channels, canonical, pooled, share);
    return;
  }
  spreadRegions(request.levels, regions, channels, canonical, pooled, share);
  for (const { data, answer, height, width } of request.levels)
    channelsFirst(data, channels, height * width, answer, share);
}

export async function prepare(request: ShareRequest): Promise<Feeds> {
  work(request);
  return {};
}

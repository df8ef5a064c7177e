/** What of the data and its preparation is part of every protocol. */
import type { Spec } from "./kind.ts";

/** Images as they come in: preprocessing, and what is left out. */
export function imagesOrigin({ preprocessing, skipUnreadable, data }: Spec): Record<string, unknown> {
  const { missing } = data.origin;
  return {
    preprocessing: { ...preprocessing },
    ...(skipUnreadable ? { unreadable: "skipped" } : {}),
    // Results on a copy that is not whole are comparable with none on the whole dataset.
    ...(missing.length > 0 ? { partial: missing } : {}),
  };
}

/** The same, of features made from them. */
export function featuresOrigin(spec: Spec): Record<string, unknown> {
  const { features, readout } = spec.network;
  return { features, ...(readout === undefined ? {} : { readout }), ...imagesOrigin(spec) };
}

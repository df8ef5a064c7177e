/**
 * One evaluation from end to end: a checkpoint's backbone, a dataset, a protocol; features from the cache or made
 * now; values, record and identity out. Recording them is the caller's.
 */
import { join } from "node:path";
import type { Dataset } from "../datasets/index.ts";
import { trainingSplits } from "../datasets/index.ts";
import type { Extractor, ExtractProgress } from "../features/index.ts";
import type { Preprocessing } from "../images/index.ts";
import { linearArrays } from "./evaluate-arrays.ts";
import { evaluateLinear, linearProtocolDescription } from "./evaluate-linear.ts";
import { type Evaluation, identityOf, type ProtocolDescription, type Setting } from "./evaluation.ts";
import type { LinearMode, LinearProgress } from "./linear-record.ts";

export interface Preparation {
  readonly setting: Setting;
  readonly dataset: Dataset;
  /** The dataset's manifest hash. */
  readonly manifest: string;
  /** The checkpoint file's SHA-256. */
  readonly checkpoint: string;
  readonly preprocessing: Preprocessing;
  readonly mode: LinearMode;
  readonly seed: number;
  readonly skipUnreadable: boolean;
}

/** An evaluation that is fully described and not yet run. */
export interface Planned extends Preparation {
  readonly protocol: ProtocolDescription;
  /** The same for the same protocol, checkpoint, dataset and seed. */
  readonly identity: string;
}

export interface RunHooks {
  readonly onFeatures?: (progress: ExtractProgress) => void;
  readonly onFit?: (progress: LinearProgress) => void;
  readonly signal?: AbortSignal;
  /** Where unfinished work is kept; nowhere unless told. */
  readonly cacheFolder?: string;
}

/** Describes what would be done, so that it can be looked up before it is done. */
export function planEvaluation(preparation: Preparation): Planned {
  const { dataset, preprocessing, mode, checkpoint, manifest, seed, skipUnreadable } = preparation;
  const origin = {
    features: "global average of the last stage, evaluation mode",
    preprocessing: { ...preprocessing },
    splits: { rule: dataset.origin.splitRule, validation: trainingSplits(dataset).validationRule },
    ...(skipUnreadable ? { unreadable: "skipped" } : {}),
  };
  const protocol = linearProtocolDescription(dataset, mode, origin);
  const identity = identityOf({ protocol: protocol.fingerprint, checkpoint, manifest, seed });
  return { ...preparation, protocol, identity };
}

export async function runEvaluation(
  planned: Planned,
  extractor: Extractor,
  hooks: RunHooks = {},
): Promise<Evaluation> {
  const { dataset, manifest, preprocessing, mode, protocol, skipUnreadable, identity } = planned;
  const { onFeatures, onFit, signal, cacheFolder } = hooks;
  const features = await extractor.features(dataset, {
    preprocessing,
    manifest,
    skipUnreadable,
    ...(onFeatures ? { onProgress: onFeatures } : {}),
    ...(signal ? { signal } : {}),
  });
  const evaluation = await evaluateLinear(linearArrays(dataset, features), {
    dataset: dataset.name,
    protocol,
    mode,
    device: extractor.device,
    ...(cacheFolder === undefined ? {} : { stateFile: join(cacheFolder, "sweeps", `${identity}.state`) }),
    ...(onFit ? { onProgress: onFit } : {}),
    ...(signal ? { signal } : {}),
  });
  return { ...evaluation, record: { ...evaluation.record, unreadable: features.unreadable } };
}

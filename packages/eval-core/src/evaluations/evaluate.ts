/**
 * One evaluation from end to end: a checkpoint's backbone, a dataset, a setting; features from the cache or made
 * now; values, record and identity out. Recording them is the caller's.
 */
import { join } from "node:path";
import type { Checkpoint } from "../backbones/index.ts";
import { type Dataset, trainingSplits } from "../datasets/index.ts";
import type { Extractor, ExtractProgress } from "../features/index.ts";
import type { Preprocessing } from "../images/index.ts";
import { linearArrays, pooledArrays } from "./evaluate-arrays.ts";
import { type Evaluation, identityOf, type ProtocolDescription } from "./evaluation.ts";
import { evaluateFewShot, fewShotDescription } from "./few-shot/index.ts";
import { fingerprint } from "./fingerprint.ts";
import { evaluateFinetune, finetuneDescription } from "./many-shot-finetune/index.ts";
import type { FinetuneProgress } from "./many-shot-finetune/record.ts";
import { evaluateLinear, linearDescription, linearTeller } from "./many-shot-linear/index.ts";
import { ProtocolError, type Setting } from "./settings.ts";

export interface Preparation {
  readonly setting: Setting;
  readonly dataset: Dataset;
  /** The dataset's manifest hash. */
  readonly manifest: string;
  /** The network, as `networkName` names it. */
  readonly checkpoint: string;
  readonly preprocessing: Preprocessing;
  readonly seed: number;
  readonly skipUnreadable: boolean;
  /** Anything that tells a repetition from what is recorded already; it makes an identity of its own. */
  readonly again?: string;
}

/** An evaluation that is fully described and not yet run. */
export interface Planned extends Preparation {
  readonly protocol: ProtocolDescription;
  /** The same for the same protocol, checkpoint, dataset and seed. */
  readonly identity: string;
}

export interface RunHooks {
  readonly onFeatures?: (progress: ExtractProgress) => void;
  /** The fit or the episodes; the note says what comes after the last of them. */
  readonly onProgress?: (done: number, total: number, note?: string) => void;
  readonly signal?: AbortSignal;
  /** Where unfinished work is kept; nowhere unless told. */
  readonly cacheFolder?: string;
  /** The network, for settings that train it. */
  readonly checkpoint?: Checkpoint;
  /** CPU threads of one operator in training. */
  readonly threads?: number;
  readonly onFinetune?: (progress: FinetuneProgress) => void;
}

/**
 * Describes what would be done, so that it can be looked up before it is done.
 * @throws ProtocolError when the setting is not for such a dataset
 */
export function planEvaluation(preparation: Preparation): Planned {
  const { setting, dataset, preprocessing, checkpoint, manifest, seed, skipUnreadable } = preparation;
  const { splitRule, missing } = dataset.origin;
  const origin = {
    features: "global average of the last stage, evaluation mode",
    preprocessing: { ...preprocessing },
    ...(skipUnreadable ? { unreadable: "skipped" } : {}),
    // Results on a copy that is not whole are comparable with none on the whole dataset.
    ...(missing.length > 0 ? { partial: missing } : {}),
  };
  let protocol: ProtocolDescription;
  if (setting.kind === "linear") {
    const splits = { rule: splitRule, validation: trainingSplits(dataset).validationRule };
    protocol = linearDescription(dataset, setting.mode, { ...origin, splits });
  } else if (setting.kind === "finetune") {
    const splits = { rule: splitRule, validation: trainingSplits(dataset).validationRule };
    const { features: _, ...images } = origin;
    protocol = finetuneDescription(dataset, setting.finetune, preprocessing, { ...images, splits });
  } else {
    if (dataset.task !== "multi-class") {
      throw new ProtocolError(`${dataset.title} has several labels an image: few-shot episodes need one`);
    }
    protocol = fewShotDescription(setting.shot, setting.given, origin);
  }
  const identity = identityOf({ protocol: protocol.fingerprint, checkpoint, manifest, seed });
  const { again } = preparation;
  return {
    ...preparation,
    protocol,
    identity: again === undefined ? identity : fingerprint({ identity, again }),
  };
}

export async function runEvaluation(
  planned: Planned,
  extractor: Extractor,
  hooks: RunHooks = {},
): Promise<Evaluation> {
  const { setting, dataset, manifest, preprocessing, protocol, skipUnreadable, identity, seed } = planned;
  const { onFeatures, onProgress, signal, cacheFolder } = hooks;
  const stop = signal ? { signal } : {};
  if (setting.kind === "finetune") {
    if (!hooks.checkpoint)
      throw new ProtocolError("fine-tuning needs the checkpoint itself, not only its features");
    return evaluateFinetune({
      checkpoint: hooks.checkpoint,
      dataset,
      described: protocol,
      protocol: setting.finetune,
      preprocessing,
      seed,
      device: extractor.device,
      ...(hooks.threads === undefined ? {} : { threads: hooks.threads }),
      ...(cacheFolder === undefined ? {} : { workDir: join(cacheFolder, "finetune", identity) }),
      ...(hooks.onFinetune ? { onProgress: hooks.onFinetune } : {}),
      ...stop,
    });
  }
  const features = await extractor.features(dataset, {
    preprocessing,
    manifest,
    skipUnreadable,
    ...(onFeatures ? { onProgress: onFeatures } : {}),
    ...stop,
  });
  const common = { dataset: dataset.name, protocol, ...stop };
  const evaluate = (): Promise<Evaluation> => {
    if (setting.kind === "few-shot") {
      const { shot, given } = setting;
      return evaluateFewShot(pooledArrays(dataset, features), {
        ...common,
        shot,
        seed,
        ...(given ? { given } : {}),
        ...(onProgress ? { onProgress } : {}),
      });
    }
    return evaluateLinear(linearArrays(dataset, features), {
      ...common,
      mode: setting.mode,
      device: extractor.device,
      ...(cacheFolder === undefined ? {} : { stateFile: join(cacheFolder, "sweeps", `${identity}.state`) }),
      ...(onProgress
        ? {
            onProgress: linearTeller(onProgress),
          }
        : {}),
    });
  };
  const { protocol: described, values, record, warnings } = await evaluate();
  return { protocol: described, values, record: { ...record, unreadable: features.unreadable }, warnings };
}

/** An evaluation described in full before it is run, so that it can be looked up first. */
import { readoutsOf } from "../backbones/index.ts";
import { identityOf, type ProtocolDescription } from "./evaluation.ts";
import { fingerprint } from "./fingerprint.ts";
import type { AnyKind, NetworkFacts, Spec } from "./kind.ts";

/** Of every ResNet. What enters a fingerprint keeps its words. */
export const RESNET_FACTS: NetworkFacts = { features: "global average of the last stage, evaluation mode" };

/** For a protocol's description: other families' features are named by their readout. */
export function networkFacts(checkpoint: Parameters<typeof readoutsOf>[0]): NetworkFacts {
  if (checkpoint.family === "resnet") return RESNET_FACTS;
  return { features: `${readoutsOf(checkpoint)[0]!.slug}, evaluation mode` };
}

export interface Preparation {
  readonly kind: AnyKind;
  readonly spec: Spec;
  /** The dataset's manifest hash. */
  readonly manifest: string;
  /** The network, as `networkName` names it. */
  readonly checkpoint: string;
  /** Anything that tells a repetition from what is recorded already; it makes an identity of its own. */
  readonly again?: string;
}

/** An evaluation that is fully described and not yet run. */
export interface Planned extends Preparation {
  readonly protocol: ProtocolDescription;
  /** The same for the same protocol, checkpoint, dataset and seed. */
  readonly identity: string;
}

/** @throws ProtocolError when the setting is not for such a dataset */
export function planEvaluation(preparation: Preparation): Planned {
  const { kind, spec, manifest, checkpoint, again } = preparation;
  const protocol = kind.describe(spec);
  const identity = identityOf({ protocol: protocol.fingerprint, checkpoint, manifest, seed: spec.seed });
  return {
    ...preparation,
    protocol,
    identity: again === undefined ? identity : fingerprint({ identity, again }),
  };
}

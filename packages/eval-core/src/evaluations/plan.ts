/** An evaluation described in full before it is run, so that it can be looked up first. */
import { readoutsOf } from "../backbones/index.ts";
import { identityOf, type ProtocolDescription } from "./evaluation.ts";
import { fingerprint } from "./fingerprint.ts";
import type { AnyKind, NetworkFacts, Spec } from "./kind.ts";

/** Of every ResNet. What enters a fingerprint keeps its words. */
export const RESNET_FACTS: NetworkFacts = {
  features: "global average of the last stage, evaluation mode",
  lastMap: "layer4",
  patch: 1,
};

type Network = Parameters<typeof readoutsOf>[0];

/** Pixels a side of a patch; 1 where images of any size can be looked at. */
const patchOf = ({ architecture }: Network): number =>
  "patch" in architecture && typeof architecture.patch === "number" ? architecture.patch : 1;

/** The global average of any ResNet's last stage is comparable with any other's. */
const RESNETS = ["resnet", "resnext", "resnet-d"];

/**
 * For a protocol's description: features by the readout that is evaluated, the default one unless told. What was all
 * there was before readouts had names keeps its words.
 */
export function networkFacts(
  checkpoint: Network,
  readout: string = readoutsOf(checkpoint)[0]!.slug,
): NetworkFacts {
  if (RESNETS.includes(checkpoint.family) && readout === "pooled") return RESNET_FACTS;
  const lastMap = readoutsOf(checkpoint).findLast(({ kind }) => kind === "map")?.slug;
  return { features: `${readout}, evaluation mode`, readout, lastMap, patch: patchOf(checkpoint) };
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

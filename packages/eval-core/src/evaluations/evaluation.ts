/**
 * What every evaluation answers, whatever its setting: the values, how they came about, and the whole record.
 * A run's identity is the hash of what determines its numbers, so that the same evaluation is recorded once.
 */
import type { Checkpoint } from "../backbones/index.ts";
import { fingerprint } from "./fingerprint.ts";

export interface ProtocolDescription {
  /** SHA-256 of the body's canonical JSON. */
  readonly fingerprint: string;
  readonly setting: string;
  readonly title: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface MeasuredValue {
  /** setting/dataset/metric */
  readonly measure: string;
  readonly value: number;
  /** 95%; null where it cannot be told. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** What the interval is over: test images, or episodes. */
  readonly n: number | null;
  readonly protocol: ProtocolDescription;
}

export interface Evaluation {
  readonly protocol: ProtocolDescription;
  /** The setting's own value first. */
  readonly values: readonly MeasuredValue[];
  /** Plain JSON: everything that the protocol found out. */
  readonly record: Readonly<Record<string, unknown>>;
  /** What did not go as it should, a sentence each. */
  readonly warnings: readonly string[];
}

export function describeProtocol(
  setting: string,
  title: string,
  body: Readonly<Record<string, unknown>>,
): ProtocolDescription {
  return { setting, title, body, fingerprint: fingerprint(body) };
}

/** The file, which of its backbones, and how that wants its inputs: another network is another run. */
export function networkName({
  sha256,
  layout,
  normalisation: { mean, std },
}: Pick<Checkpoint, "sha256" | "layout" | "normalisation">): string {
  return fingerprint({ sha256, place: layout.place, normalisation: { mean, std } });
}

export interface Identity {
  /** The protocol's fingerprint. */
  readonly protocol: string;
  /** The network, as `networkName` names it. */
  readonly checkpoint: string;
  /** The dataset's manifest hash. */
  readonly manifest: string;
  readonly seed: number;
}

export function identityOf({ protocol, checkpoint, manifest, seed }: Identity): string {
  return fingerprint({ protocol, checkpoint, manifest, seed });
}

/** Of the run beside another, which records the same work's values under a protocol of their own. */
export function companionIdentity(of: string, protocol: string): string {
  return fingerprint({ of, protocol });
}

/**
 * What every evaluation answers, whatever its kind: the values, how they came about, and the whole record.
 * A run's identity is the hash of what determines its numbers, so that the same evaluation is recorded once.
 */
import type { Checkpoint } from "../backbones/index.ts";
import type { RgbImage } from "../images/index.ts";
import type { Predictions, TestSet } from "../record/predictions/predictions.ts";
import type { Artefact } from "./artefacts.ts";
import { fingerprint } from "./fingerprint.ts";

export interface ProtocolDescription {
  /** SHA-256 of the body's canonical JSON. */
  readonly fingerprint: string;
  readonly setting: string;
  readonly title: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Value {
  /** setting/dataset/metric */
  readonly measure: string;
  readonly value: number;
  /** 95%; null where it cannot be told. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** What the interval is over: test images, or episodes. */
  readonly n: number | null;
}

/** A value that says what it was measured under. */
export interface MeasuredValue extends Value {
  readonly protocol: ProtocolDescription;
}

/** Plain JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Values of the same work under a protocol of their own, such as a classifier's calibration: a run beside the main one. */
export interface Companion {
  readonly protocol: ProtocolDescription;
  readonly values: readonly Value[];
  readonly record: JsonRecord;
}

/** What was answered for every test image, to be kept. */
export interface TestPredictions {
  readonly predictions: Predictions;
  readonly testSet: Omit<TestSet, "dataset" | "manifest">;
  /** The measures whose values they give: of the evaluation's own values. */
  readonly measures: readonly string[];
  /** A test image's pixels by its place, for small pictures of those that are missed. */
  readonly load?: (image: number) => Promise<RgbImage>;
}

/** What a kind's `run` answers. */
export interface Result {
  /** Under the evaluation's own protocol; the one that ranks first. */
  readonly values: readonly Value[];
  /** Everything that the protocol found out. */
  readonly record: JsonRecord;
  /** What did not go as it should, a sentence each. */
  readonly warnings?: readonly string[];
  readonly companions?: readonly Companion[];
}

/** With what the artefacts keep of every test image, where the kind has such. */
export interface RunResult extends Result {
  readonly predictions?: TestPredictions | undefined;
}

export interface Evaluation extends Required<Result> {
  readonly protocol: ProtocolDescription;
  /** Pictures and predictions, by content; the record names them. */
  readonly artefacts: readonly Artefact[];
}

/** All that was measured, the companions' values after the main ones. */
export function measuredValues({
  protocol,
  values,
  companions,
}: Pick<Evaluation, "protocol" | "values" | "companions">): MeasuredValue[] {
  return [{ protocol, values }, ...companions].flatMap((one) =>
    one.values.map((value) => ({ ...value, protocol: one.protocol })),
  );
}

export function describeProtocol(setting: string, title: string, body: JsonRecord): ProtocolDescription {
  return { setting, title, body, fingerprint: fingerprint(body) };
}

/** The file, which of its backbones, and how that wants its inputs: another network is another run. */
export function networkName({
  sha256,
  layout,
  normalisation: { mean, std },
  choices = {},
}: Pick<Checkpoint, "sha256" | "layout" | "normalisation"> & Partial<Pick<Checkpoint, "choices">>): string {
  // What was chosen that the tensors do not say: other heads are another network. ResNets leave nothing to choose.
  const chosen = Object.entries(choices).map(([name, { value }]) => [name, value]);
  return fingerprint({
    sha256,
    place: layout.place,
    normalisation: { mean, std },
    ...(chosen.length === 0 ? {} : { choices: Object.fromEntries(chosen) }),
  });
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

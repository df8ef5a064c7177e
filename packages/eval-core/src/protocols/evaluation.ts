/**
 * What every evaluation answers, whatever its setting: the values, how they came about, and the whole record.
 * A run's identity is the hash of what determines its numbers, so that the same evaluation is recorded once.
 */
import { createHash } from "node:crypto";

/** The settings that this package can evaluate, as the record names them. */
export const SETTINGS = ["many-shot-linear"] as const;
export type Setting = (typeof SETTINGS)[number];

export interface MeasuredValue {
  /** setting/dataset/metric */
  readonly measure: string;
  readonly value: number;
  /** 95%; null where it cannot be told. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** What the interval is over: test images, or episodes. */
  readonly n: number | null;
}

export interface ProtocolDescription {
  /** SHA-256 of the body's canonical JSON. */
  readonly fingerprint: string;
  readonly setting: string;
  readonly title: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Evaluation {
  readonly protocol: ProtocolDescription;
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
  return { setting, title, body, fingerprint: sha256(canonicalJson(body)) };
}

export interface Identity {
  readonly protocol: string;
  /** The checkpoint file's SHA-256. */
  readonly checkpoint: string;
  /** The dataset's manifest hash. */
  readonly manifest: string;
  readonly seed: number;
}

export function identityOf({ protocol, checkpoint, manifest, seed }: Identity): string {
  return sha256(canonicalJson({ protocol, checkpoint, manifest, seed }));
}

/**
 * JSON with sorted keys and no spaces; numbers as JavaScript prints them, which is the shortest text that reads back.
 * @throws TypeError for what JSON cannot say: undefined, NaN, functions
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(",")}}`;
  }
  throw new TypeError(`canonical JSON cannot hold ${String(value)}`);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

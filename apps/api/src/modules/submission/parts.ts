/**
 * What can be read of a submission, part by part, whatever is wrong elsewhere in it: a missing source hides no wrong
 * protocol, and a misspelt field no value out of bounds. A part that is not of its shape is left out here; the
 * submission's schema says what is wrong with it.
 */
import { isDigest, isPosition } from "./body.ts";

export interface ReadValue {
  /** Its place among the values. */
  readonly at: number;
  readonly measure: string;
  readonly value: number | undefined;
  readonly interval: { readonly lower: number; readonly upper: number } | undefined;
  readonly sampleSize: number | undefined;
  readonly seeds: readonly number[] | undefined;
  readonly protocol: string | undefined;
  /** What stands for the protocol, whatever it is. */
  readonly under: string;
  readonly corrects: string | undefined;
  /** The hash of its predictions. */
  readonly predictions: string | undefined;
  /** Its own, or that of the whole. */
  readonly source: string | undefined;
}

export interface ReadProtocol {
  readonly at: number;
  readonly fingerprint: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Parts {
  readonly method: { readonly slug: string; readonly given: ReadonlySet<string> } | undefined;
  readonly checkpoint: { readonly sha256: string | undefined; readonly name: string | undefined };
  readonly protocols: readonly ReadProtocol[];
  readonly values: readonly ReadValue[];
  /** The fingerprints that values name, and those of the protocols that come along: malformed ones have theirs too. */
  readonly named: ReadonlySet<string>;
  readonly brought: ReadonlySet<string>;
}

/** As many as the schema takes: the rest is one fault. */
const MOST = { protocols: 200, values: 5_000, measure: 310, slug: 100 } as const;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown, most: number): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, most) : [];
const numberOf = (value: unknown) => (Number.isFinite(value) ? (value as number) : undefined);
const textOf = (value: unknown, is: (text: string) => boolean) =>
  typeof value === "string" && is(value) ? value : undefined;

export function partsOf(body: unknown): Parts {
  const { method, checkpoint, protocols, values, source } = fieldsOf(body);
  const named = fieldsOf(method);
  const slug = textOf(named.slug, (text) => text.length <= MOST.slug);
  const { sha256, name } = fieldsOf(checkpoint);
  return {
    method: slug === undefined ? undefined : { slug, given: new Set(Object.keys(named)) },
    checkpoint: { sha256: textOf(sha256, isDigest), name: textOf(name, (text) => text.length <= 300) },
    protocols: listOf(protocols, MOST.protocols).flatMap(readProtocol),
    values: listOf(values, MOST.values).flatMap((one, at) => readValue(one, at, source)),
    named: digestsOf(listOf(values, MOST.values), "protocol"),
    brought: digestsOf(listOf(protocols, MOST.protocols), "fingerprint"),
  };
}

const digestsOf = (list: readonly unknown[], field: string): ReadonlySet<string> =>
  new Set(list.flatMap((one) => textOf(fieldsOf(one)[field], isDigest) ?? []));

function readProtocol(one: unknown, at: number): ReadProtocol[] {
  const { fingerprint, body } = fieldsOf(one);
  const digest = textOf(fingerprint, isDigest);
  if (digest === undefined || typeof body !== "object" || body === null || Array.isArray(body)) return [];
  return [{ at, fingerprint: digest, body: fieldsOf(body) }];
}

function readValue(one: unknown, at: number, whole: unknown): ReadValue[] {
  const {
    measure,
    value,
    interval,
    sampleSize,
    seeds,
    protocol,
    corrects,
    predictions,
    source = whole,
  } = fieldsOf(one);
  const slug = textOf(measure, (text) => text.length <= MOST.measure);
  if (slug === undefined) return [];
  const ends = fieldsOf(interval);
  const [lower, upper] = [numberOf(ends.lower), numberOf(ends.upper)];
  return [
    {
      at,
      measure: slug,
      value: numberOf(value),
      interval: lower === undefined || upper === undefined ? undefined : { lower, upper },
      sampleSize: numberOf(sampleSize),
      seeds: Array.isArray(seeds) ? seeds.filter(Number.isInteger) : undefined,
      protocol: textOf(protocol, isDigest),
      under: String(protocol ?? ""),
      corrects: textOf(corrects, isPosition),
      predictions: textOf(predictions, isDigest),
      source: typeof source === "string" ? source : undefined,
    },
  ];
}

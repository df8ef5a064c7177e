/** What an evaluation hands over to be recorded: plain values, the shapes that `protocols` answers. */
import type { Family } from "@transferboard/prisma";

/** Plain JSON, as far as types can say it. */
export type JsonObject = { readonly [key: string]: unknown };

export interface MethodToRecord {
  /** Small letters and digits, parted by hyphens or dots. Of a known method, nothing else is looked at. */
  readonly slug: string;
  /** The slug unless told. */
  readonly name?: string;
  /** OTHER unless told. */
  readonly family?: Family;
  readonly year?: number;
  readonly paperTitle?: string;
  readonly paperUrl?: string;
  readonly bibtex?: string;
}

export interface CheckpointToRecord {
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  /** The file's name, say. */
  readonly name: string;
  /** In words: "resnet50, width 0.125". */
  readonly architecture: string;
  readonly featureDimension: number;
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** What was matched, dropped, converted, and chosen where the tensors do not say. */
  readonly loading?: JsonObject;
}

export interface DatasetToRecord {
  readonly slug: string;
  readonly title: string;
  /** What its images show. */
  readonly domain: string;
  /** Null for many datasets together. */
  readonly classCount: number | null;
  readonly sizes?: { readonly train?: number; readonly val?: number; readonly test?: number };
  /** SHA-256 over the images, labels and splits. */
  readonly manifest: string;
  /**
   * A folder of the user's own, which no one else knows by this name: a second one of the same name with other images
   * is refused, for one column of a board holds one dataset.
   */
  readonly own?: boolean;
}

export interface ProtocolToRecord {
  /** SHA-256 of the body's canonical JSON. */
  readonly fingerprint: string;
  readonly setting: string;
  /** For a setting that is not on record yet; without it, an unknown one is refused. */
  readonly settingTitle?: string;
  readonly title: string;
  readonly body: JsonObject;
}

/** Everything that is known of an evaluation before it runs. */
export interface RunToRecord {
  readonly method: MethodToRecord;
  readonly checkpoint: CheckpointToRecord;
  readonly dataset: DatasetToRecord;
  readonly protocol: ProtocolToRecord;
  readonly run: {
    /** SHA-256 over protocol, checkpoint, manifest and seed: the same evaluation is recorded once. */
    readonly identity: string;
    readonly seed: number | bigint;
    readonly device: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly startedAt: Date;
    readonly requestedById?: number;
    /** The run whose work this one's values came out of. */
    readonly parentRunId?: string;
  };
}

export interface ValueToRecord {
  /** setting/dataset/metric */
  readonly measure: string;
  readonly value: number;
  /** 95%. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** What the interval is over. */
  readonly sampleSize: number | null;
}

export interface EvaluationToRecord extends RunToRecord {
  readonly run: RunToRecord["run"] & {
    readonly finishedAt: Date;
    /** The protocol's whole record, as plain JSON. */
    readonly record: JsonObject;
  };
  readonly results: readonly ValueToRecord[];
  /** A suite that shall show the measures which no suite shows yet, such as "demo". */
  readonly suite?: string;
}

/** Values of an evaluation's work under a protocol of their own: a run beside the main one. */
export interface CompanionToRecord {
  readonly identity: string;
  readonly protocol: ProtocolToRecord;
  readonly record: JsonObject;
  readonly results: readonly ValueToRecord[];
}

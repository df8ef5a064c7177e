/**
 * What every format of results hands over and takes. A format is one file (or folder) of this room: it recognises its
 * files, reads them to rows with their places, and writes rows as that format has them. Nothing is dropped in silence: a
 * value is a row, or unmapped with a reason, or a fault; one fault and nothing is accepted.
 */

export interface TextFile {
  /** Its path inside what was given, such as "results-imagenet.csv" or "org__model/revision/DTD.json". */
  readonly name: string;
  readonly text: string;
}

/** What only the command line can tell of files that do not say it themselves. */
export interface ReadContext {
  /** A Hugging Face repo, where the files name none. */
  readonly model?: string | undefined;
  readonly revision?: string | undefined;
  /** The dataset of a file whose name does not tell it. */
  readonly dataset?: string | undefined;
  /** When the values were measured, where the files do not tell it: an ISO date. */
  readonly date?: string | undefined;
  /** "TASK" or "TASK METRIC" as the format writes them -> measure. */
  readonly map?: Readonly<Record<string, string>> | undefined;
  /** Only measures that this says yes to; the others are listed as unmapped. */
  readonly wanted?: ((measure: string) => boolean) | undefined;
  /** Which of two values of the same thing is taken; without it they are a fault. */
  readonly onDuplicate?: "first" | "last" | undefined;
}

export interface RowCheckpoint {
  readonly name: string;
  readonly revision: string | null;
  readonly sha256: string | null;
  readonly architecture: string | null;
  readonly featureDimension: number | null;
}

export type JsonObject = { readonly [key: string]: unknown };

/** One value of a file. */
export interface Row {
  readonly place: string;
  /** A slug; a known method is found by its alias only. */
  readonly method: string;
  readonly checkpoint: RowCheckpoint;
  /** Names by which the method may be known already: "hf:org/name", "timm:name" ... */
  readonly aliases: readonly string[];
  readonly measure: string;
  /** In the metric's unit. */
  readonly value: number;
  readonly unit: string;
  /** 95%. */
  readonly interval: readonly [number, number] | null;
  readonly n: number | null;
  readonly seeds: readonly number[];
  /** ISO 8601: a date, or a moment in UTC. */
  readonly evaluatedAt: string | null;
  readonly source: string;
  /** The body to fingerprint; empty where the format does not tell it. */
  readonly protocol: JsonObject;
  /** The fingerprint alone, in formats that carry only that. */
  readonly fingerprint: string | null;
  /** What has no place of its own; `raw` is the value as it stood. */
  readonly extra: JsonObject;
}

export type Reason =
  | "not-a-test-split"
  | "no-measure"
  | "metric-not-ours"
  | "not-a-score"
  | "not-measured"
  | "repeats"
  | "group-heading";

export interface Unmapped {
  readonly place: string;
  readonly what: string;
  readonly reason: Reason;
  /** Of what repeats: the first one's place. */
  readonly from?: string;
}

export interface Finding {
  readonly place: string;
  /** A stable word, such as "out-of-bounds". */
  readonly kind: string;
  /** One sentence for people. */
  readonly message: string;
  readonly from?: string;
}

/** Takes what is wrong with files while they are read. */
export interface FaultSink {
  fault(place: string, kind: string, message: string): void;
}

/** What a file says of a method beside its values. */
export interface MethodNote {
  readonly slug: string;
  readonly name: string;
  readonly family?: string;
}

export interface Reading {
  /** Empty where there is a fault. */
  readonly rows: readonly Row[];
  readonly unmapped: readonly Unmapped[];
  readonly warnings: readonly Finding[];
  readonly faults: readonly Finding[];
  readonly methods: readonly MethodNote[];
  /** What the files say of the whole. */
  readonly extra: JsonObject;
}

/** A row on its way out. */
export interface OutRow extends Row {
  readonly provenance?: string;
  /** Of the ledger. */
  readonly position?: string;
  /** Of its page. */
  readonly url?: string;
}

/** What only the one who asks can tell of files on their way out. */
export interface WriteContext {
  /** The Hub's benchmark that a value is filed under. */
  readonly datasetId?: string | undefined;
  /** The moment of writing. */
  readonly now?: Date | undefined;
}

export interface Written {
  readonly files: readonly TextFile[];
  /** Rows that the format cannot carry, with the reason in words. */
  readonly left: readonly { readonly row: OutRow; readonly why: string }[];
}

export interface Format {
  /** As the command names it. */
  readonly name: string;
  readonly title: string;
  /** Whether files look like this format: by their names and first letters, cheaply. */
  recognise(files: readonly TextFile[]): boolean;
  read(files: readonly TextFile[], context: ReadContext): Reading;
  write(rows: readonly OutRow[], context: WriteContext): Written;
}

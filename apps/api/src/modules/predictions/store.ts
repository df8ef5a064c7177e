/**
 * The files that evaluations keep, read by the hash of their content: predictions, test sets, pictures of missed images. A file
 * that is not what its name says, or is of another kind, is treated as not there. What was read last is remembered, up to a limit of memory.
 */
import type { ContentStore } from "@transferboard/eval-core/artefacts";
import {
  decodePictures,
  decodePredictions,
  decodeTestSet,
  type PredictionFile,
  PredictionsError,
  type TestSet,
} from "@transferboard/eval-core/record";
import { CallerError } from "../../errors.ts";

/** Bytes of files whose content is held in memory. */
const MOST_BYTES = 100_000_000;

/** Undefined for a file of another kind. */
function orNothing<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof PredictionsError) return undefined;
    throw error;
  }
}

export class PredictionStore {
  readonly #content: ContentStore | undefined;
  /** In order of last use. */
  readonly #known = new Map<string, { readonly bytes: number; readonly value: Promise<unknown> }>();
  #held = 0;

  /** @param content where they are kept; undefined where this server keeps none */
  constructor(content: ContentStore | undefined) {
    this.#content = content;
  }

  /** The bytes of a file; undefined where it is not here, or damaged. */
  async bytes(sha256: string): Promise<Buffer | undefined> {
    return this.#content?.bytes(sha256);
  }

  predictions(sha256: string): Promise<PredictionFile | undefined> {
    return this.#read(`predictions ${sha256}`, sha256, decodePredictions);
  }

  testSet(name: string): Promise<TestSet | undefined> {
    return this.#read(`test set ${name}`, name, decodeTestSet);
  }

  pictures(sha256: string): Promise<ReadonlyMap<number, Uint8Array> | undefined> {
    return this.#read(`pictures ${sha256}`, sha256, decodePictures);
  }

  /** Keeps a file. @returns its hash @throws CallerError where this server keeps none */
  async put(data: Uint8Array): Promise<string> {
    if (this.#content === undefined)
      throw new CallerError(
        "UNAVAILABLE",
        "This server keeps no files: it was started without ARTEFACTS_DIR and ARTEFACTS_BUCKET.",
      );
    return this.#content.put(data);
  }

  #read<T>(key: string, sha256: string, decode: (data: Uint8Array) => T): Promise<T | undefined> {
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known.value as Promise<T | undefined>;
    }
    const value = this.bytes(sha256).then((data) => {
      // What is not here now may be brought later.
      if (data === undefined) return undefined;
      const decoded = orNothing(() => decode(data));
      if (decoded !== undefined) this.#keep(key, data.length, value);
      return decoded;
    });
    return value;
  }

  #keep(key: string, bytes: number, value: Promise<unknown>): void {
    this.#known.set(key, { bytes, value });
    this.#held += bytes;
    for (const [oldest, { bytes: own }] of this.#known) {
      if (this.#held <= MOST_BYTES || oldest === key) break;
      this.#known.delete(oldest);
      this.#held -= own;
    }
  }
}

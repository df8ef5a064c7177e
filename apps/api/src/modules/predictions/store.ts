/**
 * The files that evaluations keep, read by the hash of their content: predictions, test sets, pictures of missed images. A file
 * that is not what its name says, or is of another kind, is treated as not there. What was read last is remembered, up to a limit of memory.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  decodePictures,
  decodePredictions,
  decodeTestSet,
  type PredictionFile,
  PredictionsError,
  type TestSet,
} from "@transferboard/eval-core/record";
import { writeFileAtomically } from "@transferboard/eval-core/tensor";
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

const isDigest = (text: string) => /^[0-9a-f]{64}$/.test(text);

export class PredictionStore {
  readonly #folder: string | undefined;
  /** In order of last use. */
  readonly #known = new Map<string, { readonly bytes: number; readonly value: Promise<unknown> }>();
  #held = 0;

  /** @param folder the folder `artefacts` of a cache; undefined where there is none */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** The bytes of a file; undefined where it is not here, or damaged. */
  async bytes(sha256: string): Promise<Buffer | undefined> {
    if (this.#folder === undefined || !isDigest(sha256)) return undefined;
    let data: Buffer;
    try {
      data = await readFile(join(this.#folder, sha256.slice(0, 2), sha256));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    return createHash("sha256").update(data).digest("hex") === sha256 ? data : undefined;
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
    if (this.#folder === undefined)
      throw new CallerError(
        "UNAVAILABLE",
        "This server keeps no files: it was started without ARTEFACTS_DIR.",
      );
    const sha256 = createHash("sha256").update(data).digest("hex");
    const path = join(this.#folder, sha256.slice(0, 2), sha256);
    if (!existsSync(path)) {
      await mkdir(dirname(path), { recursive: true });
      writeFileAtomically(path, [data]);
    }
    return sha256;
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

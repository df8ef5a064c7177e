/**
 * A dataset's identity: SHA-256 over everything that an evaluation reads of it. Two machines with the same images,
 * labels and splits get the same hash, wherever the files lie and whichever archive they come from.
 *
 * What is hashed, as lines of UTF-8: `transferboard-manifest-1`; the canonical JSON of the classes, what is missing,
 * name and task; then for each item, split by split in order, `split TAB id TAB label TAB sha256 of the image's content`.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { readSealedJson, writeSealedJson } from "../tensor/index.ts";
import {
  type Dataset,
  DatasetError,
  type Item,
  type Label,
  type ManifestOptions,
  SPLITS,
} from "./dataset.ts";
import { describeSource, type ImageSource, readPlanes } from "./source.ts";

export interface ManifestEntry {
  readonly split: (typeof SPLITS)[number];
  readonly item: Item;
}

/** Every item with its split, in the manifest's order. */
export function manifestEntries({ splits }: Pick<Dataset, "splits">): ManifestEntry[] {
  return SPLITS.flatMap((split) => (splits[split] ?? []).map((item) => ({ split, item })));
}

function labelText(label: Label): string {
  return typeof label === "number" ? String(label) : label.join("");
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Larger files are hashed as a stream; for smaller ones setting that up costs more than reading them. */
const STREAMED_BYTES = 2 ** 24;

async function hashFile(path: string, size: number): Promise<string> {
  try {
    if (size < STREAMED_BYTES) return sha256(await readFile(path));
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }))
      hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch (cause) {
    throw new DatasetError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

/** describeSource -> [size, modification time in ms, sha256]; a file that changed in either is read again. */
export type KnownHashes = Map<string, readonly [number, number, string]>;

export async function readKnown(file: string | undefined): Promise<KnownHashes> {
  if (file === undefined) return new Map();
  try {
    const parsed = readSealedJson(file);
    // A cache that is not there or not whole costs time, never a wrong hash: it is simply not used.
    return Array.isArray(parsed) ? new Map(parsed as [string, [number, number, string]][]) : new Map();
  } catch {
    return new Map();
  }
}

export async function contentHash(source: ImageSource, known: KnownHashes): Promise<string> {
  if (source.kind === "levels") return sha256(source.levels);
  const status = await stat(source.path).catch((cause: NodeJS.ErrnoException) => {
    throw new DatasetError(`${source.path} cannot be read (${cause.code})`, { cause });
  });
  const key = describeSource(source);
  const cached = known.get(key);
  if (cached && cached[0] === status.size && cached[1] === status.mtimeMs) return cached[2];
  const hash =
    source.kind === "planes" ? sha256(await readPlanes(source)) : await hashFile(source.path, status.size);
  known.set(key, [status.size, status.mtimeMs, hash]);
  return hash;
}

/** How many files are read at once: enough to keep a disk busy. */
const READ_AHEAD = 16;

function header(dataset: Omit<Dataset, "manifestHash">): string {
  const { name, task, classes, origin } = dataset;
  return JSON.stringify({ classes, missing: origin.missing, name, task });
}

function addEntries(hash: Hash, entries: readonly ManifestEntry[], contents: readonly string[]): void {
  entries.forEach(({ split, item }, i) => {
    hash.update(`${split}\t${item.id}\t${labelText(item.label)}\t${contents[i]}\n`);
  });
}

/**
 * @throws DatasetError naming a file that cannot be read
 * @throws the signal's reason when aborted; what was hashed until then is in the cache file
 */
export async function computeManifestHash(
  dataset: Omit<Dataset, "manifestHash">,
  { cacheFile, onProgress, signal }: ManifestOptions = {},
): Promise<string> {
  const known = await readKnown(cacheFile);
  const entries = manifestEntries(dataset);
  const hash = createHash("sha256");
  hash.update(`transferboard-manifest-1\n${header(dataset)}\n`);
  try {
    for (let start = 0; start < entries.length; start += READ_AHEAD) {
      signal?.throwIfAborted();
      const block = entries.slice(start, start + READ_AHEAD);
      const contents = await Promise.all(block.map(({ item }) => contentHash(item.source, known)));
      addEntries(hash, block, contents);
      onProgress?.(start + block.length, entries.length);
    }
  } finally {
    if (cacheFile !== undefined && known.size > 0) {
      writeSealedJson(cacheFile, [...known]);
    }
  }
  return hash.digest("hex");
}

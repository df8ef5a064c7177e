/**
 * Features on disk, by the content of everything they were made from.
 *
 * A folder a key, a file a block: `000012-<sha256 of its data>.f32`, raw little-endian float32. A block is
 * written under a temporary name, flushed and renamed, so one that has its name is whole, whenever the process
 * was killed; the hash in the name also finds what the disk has damaged. Listing the folder is all that
 * resuming takes.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../tensor/index.ts";

const BLOCK_NAME = /^(\d{6})-([0-9a-f]{64})\.f32$/;

export interface BlockStore {
  /** Numbers of the blocks that are there. */
  readonly present: ReadonlySet<number>;
  /** The block's data, or undefined when it is not there or is not what was written. */
  read(index: number): Promise<Float32Array | undefined>;
  write(index: number, data: Float32Array): void;
}

/** Where nothing is kept. */
export const noCache: BlockStore = {
  present: new Set(),
  read: async () => undefined,
  write: () => {},
};

export type MadeFrom = Readonly<Record<string, unknown>>;

/** A block as other machines can name it. */
export interface FeatureBlock {
  /** SHA-256 of what it was made from. */
  readonly key: string;
  readonly index: number;
  /** Of its data. */
  readonly sha256: string;
}

const folderOf = (folder: string, key: string) => join(folder, "features", key);

const fileOf = (index: number, hash: string) => `${String(index).padStart(6, "0")}-${hash}.f32`;

/** Where a cache keeps a block: one that is put there is found by whoever opens that cache afterwards. */
export const blockPath = (folder: string, { key, index, sha256 }: FeatureBlock): string =>
  join(folderOf(folder, key), fileOf(index, sha256));

/** The folder of a key, and the text that the key is the hash of. */
function homeOf(folder: string, madeFrom: MadeFrom): { home: string; text: string; key: string } {
  const text = JSON.stringify(madeFrom);
  const key = sha256(Buffer.from(text));
  return { home: folderOf(folder, key), text, key };
}

/** Numbers of the blocks that are kept; looks and writes nothing. */
export async function keptBlocks(folder: string, madeFrom: MadeFrom): Promise<Map<number, Kept>> {
  return keptIn(homeOf(folder, madeFrom).home);
}

/** The same as blocks that other machines can name. */
export async function namedBlocks(folder: string, madeFrom: MadeFrom): Promise<FeatureBlock[]> {
  const { home, key } = homeOf(folder, madeFrom);
  return [...(await keptIn(home))].map(([index, { hash }]) => ({ key, index, sha256: hash }));
}

async function keptIn(home: string): Promise<Map<number, Kept>> {
  const kept = new Map<number, Kept>();
  for (const file of await readdir(home).catch(() => [])) {
    const [, index, hash] = BLOCK_NAME.exec(file) ?? [];
    if (index !== undefined && hash !== undefined) kept.set(Number(index), { file, hash });
  }
  return kept;
}

interface Kept {
  readonly file: string;
  readonly hash: string;
}

/**
 * @param madeFrom everything that the features depend on, as plain data, its keys always in the same order;
 *   kept beside the blocks as `made-from.json`, for whoever wonders what a folder holds
 */
export async function openCache(folder: string, madeFrom: MadeFrom): Promise<BlockStore> {
  const { home, text } = homeOf(folder, madeFrom);
  await mkdir(home, { recursive: true });
  const present = await keptIn(home);
  writeFileAtomically(join(home, "made-from.json"), [Buffer.from(`${text}\n`)]);
  const numbers = new Set(present.keys());

  return {
    present: numbers,
    async read(index) {
      const entry = present.get(index);
      if (!entry) return undefined;
      const path = join(home, entry.file);
      const bytes = await readFile(path);
      if (sha256(bytes) === entry.hash) {
        // A copy of its own: small files come out of a shared pool, at offsets that floats cannot start at.
        return new Float32Array(new Uint8Array(bytes).buffer);
      }
      await rm(path, { force: true });
      present.delete(index);
      numbers.delete(index);
      return undefined;
    },
    write(index, data) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const hash = sha256(bytes);
      const file = fileOf(index, hash);
      writeFileAtomically(join(home, file), [bytes]);
      present.set(index, { file, hash });
      numbers.add(index);
    },
  };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

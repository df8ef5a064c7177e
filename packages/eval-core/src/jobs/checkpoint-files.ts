/**
 * Finds a file of weights by its SHA-256 in a folder. Hashing takes long, so what a file hashed to is kept for as long
 * as its path, size and time of change are the same.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { readSealedJson, writeSealedJson } from "../tensor/index.ts";

const ENDINGS = [".pth", ".pt", ".tar", ".safetensors", ".onnx"];

const known = z.record(
  z.string(),
  z.object({ bytes: z.number(), changedMs: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
);
type Known = z.infer<typeof known>;

export interface FindOptions {
  readonly signal: AbortSignal;
  /** Before a file is hashed. */
  readonly onHash?: (file: string, bytes: number) => void;
}

export interface CheckpointFiles {
  /** The path of a file with this hash, as it is now. */
  find(sha256: string, options: FindOptions): Promise<string | undefined>;
}

/** @param cacheFile where hashes are kept; one that cannot be read is made anew */
export function checkpointFiles(folder: string, cacheFile: string): CheckpointFiles {
  return {
    async find(sha256, { signal, onHash }) {
      const hashes = readKnown(cacheFile);
      for (const path of await filesIn(resolve(folder))) {
        signal.throwIfAborted();
        const { size: bytes, mtimeMs: changedMs } = await stat(path);
        const before = hashes[path];
        if (before?.bytes !== bytes || before.changedMs !== changedMs) {
          onHash?.(path, bytes);
          hashes[path] = { bytes, changedMs, sha256: await hashOf(path, signal) };
          writeSealedJson(cacheFile, hashes);
        }
        if (hashes[path]?.sha256 === sha256) return path;
      }
      return undefined;
    },
  };
}

function readKnown(cacheFile: string): Known {
  try {
    return known.parse(readSealedJson(cacheFile));
  } catch {
    return {};
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) => (entry.isFile() || entry.isSymbolicLink()) && ENDINGS.some((e) => entry.name.endsWith(e)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest("hex");
}

/**
 * Weights as they lie on disk: one file, a folder as the hubs lay it out, or the shards that an index names. What is
 * opened answers as one file would.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CheckpointError, listed, quoted } from "../checkpoints/errors.ts";
import { openSource, readBytes, type Source, sha256Of } from "../checkpoints/source.ts";
import type { Contents, StoredTensor } from "../checkpoints/stored.ts";

export interface OpenedWeights {
  readonly contents: Contents;
  /** Bytes, of all shards. */
  readonly size: number;
  /** Of the file; of shards, of their bytes one file after the other by name. */
  sha256(): Promise<string>;
  close(): void;
}

/** In a folder of the hub's, the first of these that is there. */
const USUAL = [
  "model.safetensors",
  "model.safetensors.index.json",
  "open_clip_model.safetensors",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
  "open_clip_pytorch_model.bin",
];
const WEIGHTS = /\.(safetensors|pth|pt|bin|onnx)$|\.pth\.tar$/;
const INDEX = /\.index\.json$/;
/** An index lists names, some megabytes of them in the largest models. */
const LARGEST_INDEX = 2 ** 26;

/**
 * The file to read: the path itself, or the one in a folder.
 * @throws CheckpointError where a folder holds none, or several of which none is usual
 */
export function locateWeights(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const usual = USUAL.find((name) => existsSync(join(path, name)));
  if (usual !== undefined) return join(path, usual);
  const found = readdirSync(path).filter((name) => WEIGHTS.test(name));
  if (found.length === 1) return join(path, found[0]!);
  throw new CheckpointError(
    found.length === 0
      ? `a folder without weights: expected ${USUAL[0]}, or one file of weights`
      : `a folder of several files of weights (${listed(found)}): give the path of one`,
  );
}

/** @param read makes the tree of one file */
export function openWeights(path: string, read: (source: Source) => Contents): OpenedWeights {
  return INDEX.test(path) ? openShards(path, read) : openOne(path, read);
}

function openOne(path: string, read: (source: Source) => Contents): OpenedWeights {
  const source = openSource(path);
  try {
    return {
      contents: read(source),
      size: source.size,
      sha256: () => sha256Of(source),
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** The shards by name, and the tensors that the index says each has. */
function readIndex(path: string): Map<string, string[]> {
  const source = openSource(path);
  let text: string;
  try {
    if (source.size > LARGEST_INDEX) throw new CheckpointError(`the index has ${source.size} bytes: damaged`);
    text = new TextDecoder().decode(readBytes(source, 0, source.size, "the index"));
  } finally {
    source.close();
  }
  let map: unknown;
  try {
    map = (JSON.parse(text) as { weight_map?: unknown }).weight_map;
  } catch {
    throw new CheckpointError("the index is not JSON");
  }
  if (typeof map !== "object" || map === null || Array.isArray(map)) {
    throw new CheckpointError("the index has no weight_map from tensors to files");
  }
  const shards = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(map)) {
    // A shard lies beside its index: a path to elsewhere is none.
    if (typeof file !== "string" || file !== basename(file) || !WEIGHTS.test(file)) {
      throw new CheckpointError(`the index names no file beside it for ${quoted(tensor)}`);
    }
    shards.set(file, [...(shards.get(file) ?? []), tensor]);
  }
  if (shards.size === 0) throw new CheckpointError("the index names no tensors");
  return shards;
}

function openShards(path: string, read: (source: Source) => Contents): OpenedWeights {
  const shards = [...readIndex(path)].sort(([a], [b]) => (a < b ? -1 : 1));
  const sources: Source[] = [];
  const close = () => {
    for (const source of sources) source.close();
  };
  try {
    const root = new Map<string, StoredTensor>();
    const metadata: Record<string, string> = {};
    let format: Contents["format"] = "safetensors";
    for (const [file, tensors] of shards) {
      const whole = join(dirname(path), file);
      if (!existsSync(whole)) throw new CheckpointError(`its shard ${file} is not beside it`);
      const source = openSource(whole);
      sources.push(source);
      const contents = read(source);
      format = contents.format;
      Object.assign(metadata, contents.metadata);
      const held = contents.root as ReadonlyMap<string, StoredTensor>;
      for (const tensor of tensors) {
        const stored = held instanceof Map ? held.get(tensor) : undefined;
        if (stored === undefined) {
          throw new CheckpointError(`its shard ${file} lacks ${quoted(tensor)}, which the index says it has`);
        }
        root.set(tensor, stored);
      }
    }
    return {
      contents: { format, root, metadata, converted: [`${shards.length} shards read as one file`] },
      size: sources.reduce((sum, { size }) => sum + size, 0),
      async sha256() {
        const hash = createHash("sha256");
        for (const source of sources) {
          for (let at = 0; at < source.size; at += 2 ** 22) {
            hash.update(readBytes(source, at, Math.min(2 ** 22, source.size - at), "a shard"));
          }
        }
        return hash.digest("hex");
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

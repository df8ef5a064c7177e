/**
 * Artefacts by the SHA-256 of their content: what is kept under a name is what the name says, or is treated as not there.
 * Large ones come in parts: each is hashed and kept as it comes, so that whoever was interrupted goes on where it stopped; the
 * whole is hashed when they are put together.
 */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { ObjectStore, StoredObject } from "./objects.ts";

/** What was sent is not what it was said to be. */
export class ArtefactError extends Error {
  override readonly name = "ArtefactError";
}

/** A part that has come, from 0 on. */
export interface Part {
  readonly part: number;
  readonly bytes: number;
}

export interface ContentStore {
  readonly place: string;
  /** Which of these are not here. */
  missing(sha256s: readonly string[]): Promise<readonly string[]>;
  /** Bytes of one; undefined where it is not here. */
  size(sha256: string): Promise<number | undefined>;
  /** Undefined where it is not here, damaged, or larger than `most`. */
  bytes(sha256: string, most?: number): Promise<Buffer | undefined>;
  /** Not looked at: whoever reads it to its end compares its hash. */
  stream(sha256: string): Promise<Readable | undefined>;
  /** @returns its hash */
  put(data: Uint8Array): Promise<string>;
  /** The parts that have come from this sender. */
  parts(sender: string, sha256: string): Promise<readonly Part[]>;
  putPart(sender: string, sha256: string, part: number, data: Uint8Array): Promise<void>;
  /** @throws ArtefactError where parts are missing, or are not what the name says: then they must come again */
  finish(sender: string, sha256: string, bytes: number): Promise<void>;
  /** All that are kept, as they come. */
  all(): AsyncIterable<Kept>;
  /** Parts of what was never finished. */
  unfinished(): AsyncIterable<StoredObject>;
  remove(sha256: string): Promise<void>;
  removePart(key: string): Promise<void>;
}

export interface Kept {
  readonly sha256: string;
  readonly bytes: number;
  readonly changedAt: Date;
}

const DIGEST = /^[0-9a-f]{64}$/;
const keyOf = (sha256: string): string => {
  if (!DIGEST.test(sha256)) throw new ArtefactError(`'${sha256.slice(0, 80)}' is no SHA-256`);
  return `${sha256.slice(0, 2)}/${sha256}`;
};
const UPLOADS = "uploads/";
/** Heads asked for at once. */
const AT_ONCE = 16;

const hashOf = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

export function contentStore(objects: ObjectStore): ContentStore {
  const folderOf = (sender: string, sha256: string) => {
    if (!/^[\w-]{1,64}$/.test(sender)) throw new ArtefactError(`'${sender}' is no sender`);
    return `${UPLOADS}${sender}/${keyOf(sha256).slice(3)}/`;
  };
  const partsOf = async (folder: string) => {
    const found: StoredObject[] = [];
    for await (const one of objects.list(folder)) found.push(one);
    return found
      .map(({ key, bytes }) => ({ key, bytes, part: Number(key.slice(folder.length)) }))
      .sort((a, b) => a.part - b.part);
  };
  return {
    place: objects.place,
    async missing(sha256s) {
      const missing: string[] = [];
      const waiting = [...new Set(sha256s)];
      const look = async () => {
        for (let one = waiting.pop(); one !== undefined; one = waiting.pop())
          if ((await objects.size(keyOf(one))) === undefined) missing.push(one);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, look));
      return missing;
    },
    size: async (sha256) => objects.size(keyOf(sha256)),
    async bytes(sha256, most) {
      if (!DIGEST.test(sha256)) return undefined;
      const key = keyOf(sha256);
      if (most !== undefined && ((await objects.size(key)) ?? 0) > most) return undefined;
      const data = await objects.read(key);
      return data !== undefined && hashOf(data) === sha256 ? data : undefined;
    },
    stream: async (sha256) => objects.stream(keyOf(sha256)),
    async put(data) {
      const sha256 = hashOf(data);
      await objects.write(keyOf(sha256), data);
      return sha256;
    },
    parts: async (sender, sha256) =>
      (await partsOf(folderOf(sender, sha256))).map(({ part, bytes }) => ({ part, bytes })),
    putPart: async (sender, sha256, part, data) =>
      objects.write(`${folderOf(sender, sha256)}${String(part).padStart(6, "0")}`, data),
    async finish(sender, sha256, bytes) {
      const folder = folderOf(sender, sha256);
      const parts = await partsOf(folder);
      const known = parts.reduce((sum, part) => sum + part.bytes, 0);
      if (known !== bytes || parts.some(({ part }, i) => part !== i)) {
        // Said twice, because the first answer was lost; or another of this sender has ended it, and taken its parts away.
        if ((await objects.size(keyOf(sha256))) === bytes) return;
        throw new ArtefactError(
          `${known} bytes in ${parts.length} parts have come of ${sha256}, not ${bytes} without a gap`,
        );
      }
      const hash = createHash("sha256");
      const pieces = async function* () {
        for (const { key } of parts) {
          const piece = await objects.read(key);
          if (piece === undefined) throw new ArtefactError(`a part of ${sha256} went while it was read`);
          hash.update(piece);
          yield piece;
        }
        const found = hash.digest("hex");
        if (found !== sha256)
          throw new ArtefactError(`what was sent as ${sha256} has the SHA-256 ${found}: send it again`);
      };
      try {
        await objects.assemble(keyOf(sha256), pieces());
      } catch (error) {
        if (error instanceof ArtefactError) for (const { key } of parts) await objects.remove(key);
        throw error;
      }
      for (const { key } of parts) await objects.remove(key);
    },
    async *all() {
      for await (const { key, bytes, changedAt } of objects.list("")) {
        const sha256 = /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(key)?.[1];
        if (sha256 !== undefined) yield { sha256, bytes, changedAt };
      }
    },
    unfinished: () => objects.list(UPLOADS),
    remove: async (sha256) => objects.remove(keyOf(sha256)),
    removePart: (key) => objects.remove(key),
  };
}

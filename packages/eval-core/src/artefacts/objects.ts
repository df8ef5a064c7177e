/** Where bytes are kept by a key: a folder or a bucket. An object is there whole or not at all. */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Readable } from "node:stream";

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written. */
  readonly changedAt: Date;
}

export interface ObjectStore {
  /** In words: a path, or a bucket's address. */
  readonly place: string;
  /** How large it is; undefined where it is not there. */
  size(key: string): Promise<number | undefined>;
  read(key: string): Promise<Buffer | undefined>;
  /** For what may be larger than memory. */
  stream(key: string): Promise<Readable | undefined>;
  write(key: string, data: Uint8Array): Promise<void>;
  /** Pieces as one object. It appears when the last is written; where `pieces` throws, it never does. */
  assemble(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** All whose keys begin so. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** What is not there is removed. */
  remove(key: string): Promise<void>;
}

const isMissing = (error: unknown) =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

const orMissing = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** A half-written file's name, which no key has. */
const UNFINISHED = /(^|\/)\.[^/]*[.]part$/;

export function folderObjects(folder: string): ObjectStore {
  const pathOf = (key: string) => join(folder, ...key.split("/"));
  const assemble: ObjectStore["assemble"] = async (key, pieces) => {
    const path = pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    const temporary = join(dirname(path), `.${randomUUID()}.part`);
    const file = await open(temporary, "wx");
    try {
      for await (const piece of pieces) await file.writeFile(piece);
      await file.sync();
      await file.close();
      await rename(temporary, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  };
  return {
    place: folder,
    size: (key) => orMissing(async () => (await stat(pathOf(key))).size),
    read: (key) => orMissing(() => readFile(pathOf(key))),
    stream: (key) =>
      orMissing(async () => {
        await stat(pathOf(key));
        return createReadStream(pathOf(key), { highWaterMark: 1 << 20 });
      }),
    write: (key, data) =>
      assemble(
        key,
        (async function* () {
          yield data;
        })(),
      ),
    assemble,
    async *list(prefix) {
      // What is below the last slash of the prefix is looked through.
      const under = prefix.includes("/") ? prefix.slice(0, prefix.lastIndexOf("/")) : "";
      const root = under === "" ? folder : pathOf(under);
      const entries = await orMissing(() => readdir(root, { recursive: true, withFileTypes: true }));
      for (const entry of entries ?? []) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const key = path.slice(folder.length).split(sep).filter(Boolean).join("/");
        if (!key.startsWith(prefix) || UNFINISHED.test(key)) continue;
        const found = await orMissing(() => stat(path));
        if (found) yield { key, bytes: found.size, changedAt: found.mtime };
      }
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}

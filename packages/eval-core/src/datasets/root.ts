/** A dataset's folder on disk: reading its lists and asking which of its files are there, cheaply for 100,000. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, type Item, type Label, makeItem } from "./dataset.ts";

const IMAGE_NAME = /^[^.].*\.(jpe?g|png|webp|bmp|gif|tiff?)$/i;

/** Names in code-unit order, which is the same on every machine (a locale's order is not). */
export function inOrder(names: Iterable<string>): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export class DatasetRoot {
  readonly path: string;
  readonly #listings = new Map<string, Promise<ReadonlyMap<string, "file" | "folder">>>();

  constructor(path: string) {
    this.path = path;
  }

  at(relative: string): string {
    return join(this.path, relative);
  }

  /** A folder inside this one, as a dataset of its own. */
  inside(relative: string): DatasetRoot {
    return new DatasetRoot(this.at(relative));
  }

  #listing(folder: string): Promise<ReadonlyMap<string, "file" | "folder">> {
    let found = this.#listings.get(folder);
    if (found === undefined) {
      found = this.#readFolder(folder);
      this.#listings.set(folder, found);
    }
    return found;
  }

  async #readFolder(folder: string): Promise<ReadonlyMap<string, "file" | "folder">> {
    const entries = await readdir(this.at(folder), { withFileTypes: true }).catch(() => []);
    const listing = new Map<string, "file" | "folder">();
    for (const entry of entries) {
      if (entry.isDirectory()) listing.set(entry.name, "folder");
      else if (entry.isFile()) listing.set(entry.name, "file");
      else if (entry.isSymbolicLink()) {
        const target = await stat(this.at(join(folder, entry.name))).catch(() => undefined);
        if (target) listing.set(entry.name, target.isDirectory() ? "folder" : "file");
      }
    }
    return listing;
  }

  /** Whether the file or folder is there; a listing is read once a folder. */
  async has(relative: string): Promise<boolean> {
    const cut = relative.lastIndexOf("/");
    const folder = cut < 0 ? "." : relative.slice(0, cut);
    return (await this.#listing(folder)).has(relative.slice(cut + 1));
  }

  async folders(folder = "."): Promise<string[]> {
    const listing = await this.#listing(folder);
    return inOrder(
      [...listing].filter(([name, kind]) => kind === "folder" && !name.startsWith(".")).map(([n]) => n),
    );
  }

  /** The names of the image files directly in `folder`. */
  async images(folder: string): Promise<string[]> {
    const listing = await this.#listing(folder);
    return inOrder(
      [...listing].filter(([name, kind]) => kind === "file" && IMAGE_NAME.test(name)).map(([n]) => n),
    );
  }

  /** @throws DatasetError naming the file when it is not there. */
  async bytes(relative: string): Promise<Uint8Array> {
    try {
      return await readFile(this.at(relative));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      throw new DatasetError(
        code === "ENOENT" || code === "ENOTDIR"
          ? `${this.at(relative)} is missing`
          : `${this.at(relative)} cannot be read (${code})`,
        { cause: error },
      );
    }
  }

  async text(relative: string): Promise<string> {
    return new TextDecoder().decode(await this.bytes(relative));
  }

  /** The lines that are not empty, without their ends. */
  async lines(relative: string): Promise<string[]> {
    return (await this.text(relative)).split(/\r?\n/).filter((line) => line.trim() !== "");
  }
}

/** The first of `candidates` under `folder` that holds one of the `markers`; undefined when none does. */
export async function findRoot(
  folder: string,
  candidates: readonly string[],
  markers: readonly string[],
): Promise<string | undefined> {
  for (const candidate of [".", ...candidates]) {
    for (const marker of markers) {
      if (await exists(join(folder, candidate, marker))) return join(folder, candidate);
    }
  }
  return undefined;
}

/** Gathers the items that a list names, and which of their files are missing. */
export class Gathering {
  readonly missing: string[] = [];
  readonly #root: DatasetRoot;

  constructor(root: DatasetRoot) {
    this.#root = root;
  }

  /** Turns a list of (path, label) into items; a path that is not there goes to `missing`. */
  async items(list: Iterable<readonly [path: string, label: Label]>): Promise<Item[]> {
    const items: Item[] = [];
    for (const [path, label] of list) {
      if (await this.#root.has(path)) {
        items.push(makeItem(path, label, { kind: "file", path: this.#root.at(path) }));
      } else this.missing.push(path);
    }
    return items;
  }
}

/** A dataset's folder on disk: reading its lists and asking which of its files are there, cheaply for 100,000. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { decodeUtf8 } from "../tensor/index.ts";
import { DatasetError, type Item, type Label, makeItem } from "./dataset.ts";

const IMAGE_NAME = /^[^.].*\.(jpe?g|jpe|jfif|pjpeg|pjp|png|webp|bmp|dib|gif|tiff?|ppm|pgm|pbm|pnm)$/i;
/** Images, too, of formats that are not read: whoever has them must hear of it. */
const UNREAD_IMAGE_NAME =
  /^[^.].*\.(jp2|j2k|jpf|jpx|jpm|j2c|jxl|jxr|heic|heif|avif|hif|psd|exr|hdr|tga|dds|svg|ico|pcx|xbm|xpm|dng|raw|cr2|nef|arw|dcm|dicom|nii|fits?|pfm|pam)$/i;
/** What systems and archives leave beside a dataset: no class and no split. */
const LITTER = new Set([
  "__MACOSX",
  "__pycache__",
  "@eaDir",
  "$RECYCLE.BIN",
  "System Volume Information",
  "lost+found",
]);
/** Folders in each other that are looked into for images: links that lead to each other would never end. */
const DEEPEST = 12;

/** A link whose target is not there is `broken`. */
type Kind = "file" | "folder" | "broken";

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
  readonly #listings = new Map<string, Promise<ReadonlyMap<string, Kind>>>();

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

  #listing(folder: string): Promise<ReadonlyMap<string, Kind>> {
    let found = this.#listings.get(folder);
    if (found === undefined) {
      found = this.#readFolder(folder);
      this.#listings.set(folder, found);
    }
    return found;
  }

  /** @throws DatasetError where the folder is there and cannot be read: its images would be left out */
  async #readFolder(folder: string): Promise<ReadonlyMap<string, Kind>> {
    const entries = await readdir(this.at(folder), { withFileTypes: true }).catch((error) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return [];
      throw new DatasetError(`the folder ${this.at(folder)} cannot be read (${code})`, { cause: error });
    });
    const listing = new Map<string, Kind>();
    for (const entry of entries) {
      if (entry.isDirectory()) listing.set(entry.name, "folder");
      else if (entry.isFile()) listing.set(entry.name, "file");
      else if (entry.isSymbolicLink()) {
        const kind = await this.#linked(folder, entry.name);
        if (kind) listing.set(entry.name, kind);
      }
    }
    return listing;
  }

  /** What a link leads to; nothing where it leads back to a folder that it is in, whose images are counted already. */
  async #linked(folder: string, name: string): Promise<Kind | undefined> {
    const path = this.at(join(folder, name));
    const target = await stat(path).catch(() => undefined);
    if (!target) return "broken";
    if (!target.isDirectory()) return "file";
    const [there, here] = await Promise.all([realpath(path), realpath(this.at(folder))]);
    return here === there || here.startsWith(there + sep) ? undefined : "folder";
  }

  /** Whether the file or folder is there, exactly so; a listing is read once a folder. */
  async #has(relative: string): Promise<boolean> {
    const cut = relative.lastIndexOf("/");
    const folder = cut < 0 ? "." : relative.slice(0, cut);
    const kind = (await this.#listing(folder)).get(relative.slice(cut + 1));
    return kind !== undefined && kind !== "broken";
  }

  /**
   * Where the file or folder is: at its published place, or one deeper, as archives of one folder unpack into a folder of
   * that name (`cars_train/cars_train/00001.jpg`). Undefined where it is in neither.
   */
  async find(relative: string): Promise<string | undefined> {
    if (await this.#has(relative)) return relative;
    const parts = relative.split("/");
    for (let i = 0; i < parts.length - 1; i++) {
      const deeper = [...parts.slice(0, i + 1), ...parts.slice(i)].join("/");
      if (await this.#has(deeper)) return deeper;
    }
    return undefined;
  }

  async has(relative: string): Promise<boolean> {
    return (await this.find(relative)) !== undefined;
  }

  /** `folder`, or the folder of the same name that is all it holds. */
  async innermost(folder: string): Promise<string> {
    const name = folder.slice(folder.lastIndexOf("/") + 1);
    const inner = `${folder}/${name}`;
    const only = folder !== "." && (await this.#folders(folder)).join("/") === name;
    return only && (await this.#named(folder, IMAGE_NAME)).length === 0 ? inner : folder;
  }

  async #folders(folder: string): Promise<string[]> {
    const listing = await this.#listing(folder);
    const isOwn = (name: string) => !name.startsWith(".") && !LITTER.has(name);
    return inOrder([...listing].filter(([name, kind]) => kind === "folder" && isOwn(name)).map(([n]) => n));
  }

  async #named(folder: string, pattern: RegExp, wanted: Kind = "file"): Promise<string[]> {
    const listing = await this.#listing(folder);
    return inOrder([...listing].filter(([n, kind]) => kind === wanted && pattern.test(n)).map(([n]) => n));
  }

  /** The names of the folders in `folder`; what systems and archives leave there is none. */
  async folders(folder = "."): Promise<string[]> {
    return this.#folders(await this.innermost(folder));
  }

  /** The names of the image files directly in `folder`. */
  async images(folder: string): Promise<string[]> {
    return this.#named(folder, IMAGE_NAME);
  }

  /** Paths of all images in `folder` and in the folders inside it: its own first, then folder by folder in order. */
  async imagesBelow(folder: string, depth = 0): Promise<string[]> {
    return this.#below(folder, IMAGE_NAME, depth);
  }

  /** Likewise those of formats that are not read. */
  async unreadImagesBelow(folder: string): Promise<string[]> {
    return this.#below(folder, UNREAD_IMAGE_NAME, 0);
  }

  /** Likewise links called as images and folders are, whose targets are not there. */
  async brokenLinksBelow(folder: string): Promise<string[]> {
    return this.#below(folder, /^[^.]/, 0, "broken");
  }

  async #below(folder: string, pattern: RegExp, depth: number, kind?: Kind): Promise<string[]> {
    const inside = (name: string) => (folder === "." ? name : `${folder}/${name}`);
    const found = (await this.#named(folder, pattern, kind)).map(inside);
    const deeper = await this.#folders(folder);
    if (depth === DEEPEST && deeper.length > 0) {
      throw new DatasetError(
        `folders lie more than ${DEEPEST} deep in each other at ${this.at(folder)}: move the images up, or take out links that lead to each other`,
      );
    }
    for (const name of deeper) {
      for (const path of await this.#below(inside(name), pattern, depth + 1, kind)) found.push(path);
    }
    return found;
  }

  /** @throws DatasetError naming the file when it is not there. */
  async bytes(relative: string): Promise<Uint8Array> {
    try {
      return await readFile(this.at((await this.find(relative)) ?? relative));
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

  /** @throws DatasetError where it is not UTF-8: a name with lost letters would be another's, or nobody's */
  async text(relative: string): Promise<string> {
    const decoded = decodeUtf8(await this.bytes(relative));
    if ("text" in decoded) return decoded.text;
    throw new DatasetError(`${this.at(relative)}: ${decoded.wrong.replace(/\.$/, "")}`);
  }

  /** The lines that are not empty, without their ends. */
  async lines(relative: string): Promise<string[]> {
    return (await this.text(relative)).split(/\r?\n/).filter((line) => line.trim() !== "");
  }
}

/**
 * The first of `candidates` under `folder` that holds one of the `markers`; undefined when none does. Where the folder
 * holds nothing but one other folder, as an archive unpacks, that one is looked into.
 */
export async function findRoot(
  folder: string,
  candidates: readonly string[],
  markers: readonly string[],
  depth = 0,
): Promise<string | undefined> {
  for (const candidate of [".", ...candidates]) {
    for (const marker of markers) {
      if (await exists(join(folder, candidate, marker))) return join(folder, candidate);
    }
  }
  const only = depth < 2 ? await onlyFolderOf(folder) : undefined;
  return only === undefined ? undefined : findRoot(join(folder, only), candidates, markers, depth + 1);
}

async function onlyFolderOf(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const own = entries.filter(({ name }) => !name.startsWith(".") && !LITTER.has(name));
  const [first] = own;
  return own.length === 1 && first?.isDirectory() ? first.name : undefined;
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
      const found = await this.#root.find(path);
      if (found !== undefined)
        items.push(makeItem(path, label, { kind: "file", path: this.#root.at(found) }));
      else this.missing.push(path);
    }
    return items;
  }
}

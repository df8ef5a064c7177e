/** The layout that most archives share: one folder a class, images inside, in folders of their own or not. */
import { type Item, makeItem } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";

/**
 * The images of `base/CLASS` for each class in order, those in folders inside it too (as torchvision's ImageFolder); ids are
 * paths inside the dataset.
 */
export async function imagesByClass(
  root: DatasetRoot,
  base: string,
  classes: readonly string[],
): Promise<Item[][]> {
  const groups: Item[][] = [];
  const from = await root.innermost(base);
  for (const [label, name] of classes.entries()) {
    const images = await root.imagesBelow(from === "." ? name : `${from}/${name}`);
    groups.push(images.map((path) => makeItem(path, label, { kind: "file", path: root.at(path) })));
  }
  return groups;
}

/**
 * The images of `folders` that are of formats which are not read, and links that lead nowhere, a sentence each with their
 * number; empty where there is none.
 */
export async function unreadIn(root: DatasetRoot, folders: readonly string[]): Promise<string[]> {
  const broken: string[] = [];
  for (const folder of folders) broken.push(...(await root.brokenLinksBelow(folder)));
  return [...(await unreadFormats(root, folders)), ...brokenLinks(broken)];
}

function brokenLinks(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const links = paths.length === 1 ? "1 link leads" : `${paths.length.toLocaleString("en")} links lead`;
  return [`${links} to what is not there: ${paths[0]}`];
}

async function unreadFormats(root: DatasetRoot, folders: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const folder of folders) all.push(...(await root.unreadImagesBelow(folder)));
  if (all.length === 0) return [];
  const endings = new Map<string, number>();
  for (const path of all) {
    const ending = path.slice(path.lastIndexOf(".")).toLowerCase();
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  const counts = [...endings].map(([ending, count]) => `${count} ${ending}`).join(", ");
  const files = all.length === 1 ? "1 file is" : `${all.length.toLocaleString("en")} files are`;
  return [`${files} of a format that is not read (${counts}; ${all[0]}): convert to JPEG or PNG`];
}

/** The first of `candidates` that is there: a file or folder inside the dataset. */
export async function firstThere(
  root: DatasetRoot,
  candidates: readonly string[],
): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (candidate === "." || (await root.has(candidate))) return candidate;
  }
  return undefined;
}

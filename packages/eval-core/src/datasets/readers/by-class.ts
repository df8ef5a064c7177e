/** The layout that most archives share: one folder a class, images inside. */
import { type Item, makeItem } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";

/** The images of `base/CLASS` for each class in order; ids are paths inside the dataset. */
export async function imagesByClass(
  root: DatasetRoot,
  base: string,
  classes: readonly string[],
): Promise<Item[][]> {
  const groups: Item[][] = [];
  for (const [label, name] of classes.entries()) {
    const folder = base === "." ? name : `${base}/${name}`;
    const images = await root.images(folder);
    groups.push(
      images.map((image) => {
        const path = `${folder}/${image}`;
        return makeItem(path, label, { kind: "file", path: root.at(path) });
      }),
    );
  }
  return groups;
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

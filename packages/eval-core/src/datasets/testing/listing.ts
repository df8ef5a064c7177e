/** A dataset's splits as lines, for tests to compare. */
import { allItems, type Dataset, SPLITS, type SplitName } from "../dataset.ts";
import { openDataset } from "../open.ts";
import { type Tree, temporaryTree } from "./tree.ts";

/** The splits as "id label" lines; every image is loaded, so that its path must be right. */
export async function listing({ splits }: Dataset): Promise<Record<SplitName, string[]>> {
  const out: Record<SplitName, string[]> = { train: [], val: [], test: [] };
  for (const split of SPLITS) {
    out[split] = (splits[split] ?? []).map(
      ({ id, label }) => `${id} ${typeof label === "number" ? label : label.join("")}`,
    );
  }
  for (const item of allItems({ splits })) {
    const { width, height } = await item.load();
    if (width !== 6 || height !== 4) throw new Error(`${item.id} loads as ${width} x ${height}`);
  }
  return out;
}

/** Opens the fixture as a partial dataset, which it is, and lists it. */
export async function readFixture(name: string, tree: Tree) {
  const folder = await temporaryTree(tree);
  const dataset = await openDataset(name, folder.path, { allowPartial: true });
  return { dataset, classes: dataset.classes, ...(await listing(dataset)) };
}

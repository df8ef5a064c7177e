/** Lists of (image, class name) to items: what Aircraft, DTD, Food and SUN397 have in common. */
import { DatasetError, type Item } from "../dataset.ts";
import { type DatasetRoot, Gathering, inOrder } from "../root.ts";

export type NamedImage = readonly [path: string, className: string];

/** The distinct class names of all lists, in code-unit order. */
export function classesOf(lists: Iterable<readonly NamedImage[]>): string[] {
  const names = new Set<string>();
  for (const list of lists) for (const [, name] of list) names.add(name);
  return inOrder(names);
}

/** @throws DatasetError when an image's class is not one of `classes` */
export async function labelledItems(
  gathering: Gathering,
  list: readonly NamedImage[],
  classes: readonly string[],
  where: string,
): Promise<Item[]> {
  const labels = new Map(classes.map((name, label) => [name, label]));
  return gathering.items(
    list.map(([path, name]) => {
      const label = labels.get(name);
      if (label === undefined) {
        throw new DatasetError(
          `${where} puts ${path} in the class "${name}", which the dataset does not have`,
        );
      }
      return [path, label] as const;
    }),
  );
}

export interface NamedLists {
  readonly train: readonly NamedImage[];
  readonly val?: readonly NamedImage[];
  readonly test: readonly NamedImage[];
}

/** Items of each split, and the listed files that are missing. */
export async function readLists(root: DatasetRoot, lists: NamedLists, classes: readonly string[]) {
  const gathering = new Gathering(root);
  const items = (list: readonly NamedImage[]) => labelledItems(gathering, list, classes, root.path);
  const train = await items(lists.train);
  const val = lists.val && (await items(lists.val));
  const test = await items(lists.test);
  return { splits: { train, ...(val ? { val } : {}), test }, missing: gathering.missing };
}

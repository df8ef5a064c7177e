/**
 * Caltech101 (Fei-Fei et al., 2004): `101_ObjectCategories/CLASS/image_0001.jpg`, 102 classes with the background.
 *
 * The split is the authors': `train.txt` and `test.txt` beside the images or in `caltech101-splits`, with lines
 * `CLASS/image_0001.jpg LABEL`, labels counting the classes in order. Without these files it is drawn as their
 * script drew it: NumPy seed 0, for each class 30 draws with replacement (so fewer than 30 distinct images),
 * train; everything else, test. On the whole archive that gives their files line by line.
 */
import { NumpyRandomState } from "../../tensor/index.ts";
import { DatasetError, type Item } from "../dataset.ts";
import { type DatasetRoot, Gathering } from "../root.ts";
import { firstThere, imagesByClass } from "./by-class.ts";
import type { Reader } from "./reader.ts";

const IMAGES = "101_ObjectCategories";
const DRAWS_PER_CLASS = 30;

/** Indices of 30 draws with replacement from each class, as `numpy.random.choice` after `numpy.random.seed(0)`. */
export function drawAuthorsSplit(classSizes: readonly number[]): ReadonlySet<number>[] {
  const random = new NumpyRandomState(0);
  return classSizes.map((size) => {
    const drawn = new Set<number>();
    for (let i = 0; i < DRAWS_PER_CLASS; i++) drawn.add(random.interval(size - 1));
    return drawn;
  });
}

/** Path and label of each line; a line that is there twice counts once, as an image can be trained on once. */
async function readList(
  root: DatasetRoot,
  file: string,
  base: string,
  classes: readonly string[],
): Promise<[string, number][]> {
  const found = new Map<string, number>();
  for (const line of await root.lines(file)) {
    const [, path, name, digits] = /^(([^/\s]+)\/\S+) (\d+)$/.exec(line.trim()) ?? [];
    if (path === undefined || name === undefined) {
      throw new DatasetError(`${root.at(file)} has the line "${line}": expected CLASS/image_0001.jpg LABEL`);
    }
    const label = Number(digits);
    if (classes[label] !== name) {
      throw new DatasetError(
        `${root.at(file)} gives ${path} the label ${label}, but "${name}" is class ${classes.indexOf(name)} of the ${classes.length} in ${base}`,
      );
    }
    found.set(`${base}/${path}`, label);
  }
  return [...found];
}

export const readCaltech101: Reader = async (root) => {
  const base = await firstThere(root, [IMAGES, `caltech101/${IMAGES}`, `caltech-101/${IMAGES}`]);
  if (base === undefined) throw new DatasetError(`${root.at(IMAGES)} is missing`);
  const classes = await root.folders(base);
  const train = await firstThere(root, ["train.txt", "caltech101-splits/train.txt"]);
  const test = await firstThere(root, ["test.txt", "caltech101-splits/test.txt"]);
  if ((train === undefined) !== (test === undefined)) {
    throw new DatasetError(`${root.path} has ${train ?? test} but not the other of train.txt and test.txt`);
  }
  if (train !== undefined && test !== undefined) {
    const gathering = new Gathering(root);
    const splits = {
      train: await gathering.items(await readList(root, train, base, classes)),
      test: await gathering.items(await readList(root, test, base, classes)),
    };
    return {
      layout: `${base} with split files`,
      splitRule: `published: ${train} and ${test}`,
      classes,
      splits,
      missing: gathering.missing,
    };
  }
  const groups = await imagesByClass(root, base, classes);
  const empty = groups.findIndex((group) => group.length === 0);
  if (empty >= 0) throw new DatasetError(`class "${classes[empty]}" of ${root.at(base)} has no image`);
  const drawn = drawAuthorsSplit(groups.map((group) => group.length));
  const part = (inTrain: boolean): Item[] =>
    groups.flatMap((group, label) => group.filter((_, index) => drawn[label]!.has(index) === inTrain));
  return {
    layout: `${base} without split files`,
    splitRule: "the authors' draw: NumPy seed 0, 30 draws a class with replacement are train, the rest test",
    classes,
    splits: { train: part(true), test: part(false) },
    missing: [],
  };
};

/**
 * Oxford-IIIT Pets (Parkhi et al., 2012): `images/Breed_1.jpg`, and `annotations/trainval.txt` and `test.txt` with
 * lines `IMAGE CLASS SPECIES BREED`, classes from 1. 37 breeds.
 */
import { DatasetError } from "../dataset.ts";
import { type DatasetRoot, Gathering } from "../root.ts";
import type { Reader } from "./reader.ts";

/** Path, label, and the breed's name, which is the file's without its number. */
async function readList(root: DatasetRoot, split: string): Promise<[string, number, string][]> {
  const file = `annotations/${split}.txt`;
  const lines = (await root.lines(file)).filter((line) => !line.startsWith("#"));
  return lines.map((line) => {
    const [, image, breed, id] = /^((\S+)_\d+) (\d+)( |$)/.exec(line) ?? [];
    if (image === undefined || breed === undefined || Number(id) < 1) {
      throw new DatasetError(
        `${root.at(file)} has the line "${line}": expected IMAGE CLASS SPECIES BREED, classes from 1`,
      );
    }
    return [`images/${image}.jpg`, Number(id) - 1, breed];
  });
}

export const readPets: Reader = async (root) => {
  const train = await readList(root, "trainval");
  const test = await readList(root, "test");
  const classes: string[] = [];
  for (const [path, label, breed] of [...train, ...test]) {
    classes[label] ??= breed;
    if (classes[label] !== breed) {
      throw new DatasetError(
        `${root.path}: ${path} is in class ${label + 1}, which is "${classes[label]}" elsewhere`,
      );
    }
  }
  const gathering = new Gathering(root);
  const items = (list: [string, number, string][]) =>
    gathering.items(list.map(([path, label]) => [path, label] as const));
  return {
    layout: "images with annotations lists",
    splitRule: "published: annotations/trainval and annotations/test",
    classes: Array.from(classes, (name, label) => name ?? `class ${label + 1}`),
    splits: { train: await items(train), test: await items(test) },
    missing: gathering.missing,
  };
};

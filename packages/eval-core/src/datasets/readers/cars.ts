/**
 * Stanford Cars (Krause et al., 2013): `cars_train/00001.jpg`, `cars_test/00001.jpg`, and the devkit's
 * `cars_meta.mat` (`class_names`), `cars_train_annos.mat` and `cars_test_annos_withlabels.mat` (`annotations`:
 * a struct array with `class`, from 1, and `fname`), in `devkit` or beside the images. 196 classes.
 */
import { DatasetError } from "../dataset.ts";
import { parseMat } from "../mat.ts";
import { type DatasetRoot, Gathering } from "../root.ts";
import { firstThere } from "./by-class.ts";
import type { Reader } from "./reader.ts";

async function readMat(root: DatasetRoot, name: string) {
  const file = (await firstThere(root, [`devkit/${name}`, name])) ?? `devkit/${name}`;
  return { variables: parseMat(await root.bytes(file), root.at(file)), where: root.at(file) };
}

async function readClasses(root: DatasetRoot): Promise<string[]> {
  const { variables, where } = await readMat(root, "cars_meta.mat");
  const names = variables.get("class_names");
  if (names?.kind !== "cells") throw new DatasetError(`${where} has no cell array named "class_names"`);
  return names.cells.map((cell) => (cell.kind === "text" ? cell.text : ""));
}

async function readAnnotations(root: DatasetRoot, name: string, folder: string): Promise<[string, number][]> {
  const { variables, where } = await readMat(root, name);
  const annotations = variables.get("annotations");
  if (annotations?.kind !== "structs")
    throw new DatasetError(`${where} has no struct array named "annotations"`);
  return annotations.records.map((record, index) => {
    const label = record.get("class");
    const image = record.get("fname");
    if (label?.kind !== "numbers" || label.data.length !== 1 || image?.kind !== "text") {
      throw new DatasetError(
        `${where}: annotation ${index + 1} has no class or no fname; the test labels are in cars_test_annos_withlabels.mat`,
      );
    }
    return [`${folder}/${image.text}`, label.data[0]! - 1];
  });
}

export const readCars: Reader = async (root) => {
  const gathering = new Gathering(root);
  const train = await readAnnotations(root, "cars_train_annos.mat", "cars_train");
  const test = await readAnnotations(root, "cars_test_annos_withlabels.mat", "cars_test");
  return {
    layout: "cars_train and cars_test with the devkit",
    splitRule: "published: cars_train and cars_test",
    classes: await readClasses(root),
    splits: { train: await gathering.items(train), test: await gathering.items(test) },
    missing: gathering.missing,
  };
};

/** Opening by name, and the sentence that each kind of damage gets. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkDataset } from "./check.ts";
import { openDataset } from "./open.ts";
import { DATASETS } from "./registry.ts";
import { listing } from "./testing/listing.ts";
import { images, type Tree, temporaryTree } from "./testing/tree.ts";

const split = images("train/a/1.jpg", "train/a/2.png", "train/b/1.jpg", "test/a/3.jpg", "test/b/2.jpg");

describe("a folder of images by class", () => {
  it("takes the splits from its folders", async () => {
    const folder = await temporaryTree({
      ...split,
      "train/a/notes.txt": "no image",
      ...images("val/b/9.jpg"),
    });
    const dataset = await openDataset("folder", folder.path, { name: "My Shapes" });
    expect(dataset).toMatchObject({
      name: "my-shapes",
      title: "My Shapes",
      classes: ["a", "b"],
      task: "multi-class",
    });
    expect(await listing(dataset)).toEqual({
      train: ["train/a/1.jpg 0", "train/a/2.png 0", "train/b/1.jpg 1"],
      val: ["val/b/9.jpg 1"],
      test: ["test/a/3.jpg 0", "test/b/2.jpg 1"],
    });
  });

  it("or draws a fifth of each class to test on, the same one every time", async () => {
    const tree = images(
      ...["a", "b"].flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}/${i}.jpg`)),
    );
    const one = await temporaryTree(tree);
    const two = await temporaryTree(tree);
    const first = await openDataset("folder", one.path, { name: "x" });
    const second = await openDataset("folder", two.path, { name: "x" });
    expect(first.splits.test.map(({ label }) => label)).toEqual([0, 0, 1, 1]);
    expect(first.splits.train).toHaveLength(16);
    expect(await listing(second)).toEqual(await listing(first));
    expect(first.origin.splitRule).toMatch(/seeded 20% of each class/);
  });
});

describe("what is refused, by a sentence", () => {
  const cases: [what: string, name: string, tree: Tree, message: RegExp][] = [
    [
      "a class with one image",
      "folder",
      images("a/1.jpg", "a/2.jpg", "b/1.jpg"),
      /class "b" of .* has one image: at least two are needed/,
    ],
    [
      "a class with none",
      "folder",
      { ...images("a/1.jpg", "a/2.jpg"), "b/notes.txt": "" },
      /class "b" of .* has no image: at least two/,
    ],
    [
      "one class only",
      "folder",
      images("a/1.jpg", "a/2.jpg"),
      /holds one class \("a"\): at least two are needed/,
    ],
    ["an empty folder", "folder", {}, /holds no folders: expected train\/CLASS and test\/CLASS, or CLASS/],
    ["a missing test folder", "folder", images("train/a/1.jpg", "train/b/1.jpg"), /has no folder "test"/],
    [
      "an empty test split",
      "folder",
      { ...images("train/a/1.jpg", "train/b/1.jpg"), "test/a/notes.txt": "" },
      /the test split of .* is empty/,
    ],
    [
      "a class without training images",
      "folder",
      { ...images("train/a/1.jpg", "test/b/1.jpg"), "train/b/x.txt": "" },
      /class "b" of .* has no image to train on/,
    ],
    [
      "a class that train lacks",
      "folder",
      images("train/a/1.jpg", "train/b/1.jpg", "test/c/1.jpg"),
      /has a class "c" that train does not have/,
    ],
    ["another dataset", "aircraft", images("train/a/1.jpg"), /^Aircraft is not in .*: expected data\/images/],
    [
      "a missing list",
      "aircraft",
      { "data/images_variant_train.txt": "1 A\n" },
      /data\/images_variant_val\.txt is missing$/,
    ],
    [
      "an image in two splits",
      "dtd",
      {
        ...images("images/a/1.jpg"),
        "labels/train1.txt": "a/1.jpg\n",
        "labels/val1.txt": "a/1.jpg\n",
        "labels/test1.txt": "a/1.jpg\n",
      },
      /images\/a\/1\.jpg is in train and in val/,
    ],
    [
      "cut-off digits",
      "digits",
      { "digits.csv.gz": new Uint8Array([31, 139, 8, 0]) },
      /digits\.csv\.gz is not a whole gzip file/,
    ],
  ];
  it.each(cases)("%s", async (_, name, tree, message) => {
    const folder = await temporaryTree(tree);
    await expect(openDataset(name, folder.path, { allowPartial: name !== "aircraft" })).rejects.toThrow(
      message,
    );
  });

  it("a folder that is not there, or not given", async () => {
    await expect(openDataset("folder", "/nowhere/at/all")).rejects.toThrow(
      /^there is no folder \/nowhere\/at\/all$/,
    );
    const file = fileURLToPath(import.meta.url);
    await expect(openDataset("folder", file)).rejects.toThrow(/open\.test\.ts is a file: unpack it/);
    await expect(openDataset("pets")).rejects.toThrow(
      /^Pets needs a folder: say where its files are \(Oxford-IIIT/,
    );
  });

  it("an unknown name, listing the known ones", async () => {
    await expect(openDataset("imagenette")).rejects.toThrow(
      /unknown dataset "imagenette": known are aircraft, .*voc2007/,
    );
  });

  it("a published dataset that is not whole, naming what is missing, unless a partial one is allowed", async () => {
    const tree = {
      ...images("images/Abyssinian_1.jpg"),
      "annotations/trainval.txt": "Abyssinian_1 1 1 1\nAbyssinian_2 1 1 1\n",
      "annotations/test.txt": "Abyssinian_3 1 1 1\n",
    };
    const folder = await temporaryTree(tree);
    await expect(openDataset("pets", folder.path)).rejects.toThrow(
      /Pets in .* is not whole: 2 listed files missing: images\/Abyssinian_2\.jpg, images\/Abyssinian_3\.jpg; 1 class found, 37 published; train has 1 image, 3,680 published; .*Complete it \(Oxford-IIIT Pet Dataset/,
    );
    await writeFile(join(folder.path, "images/Abyssinian_3.jpg"), "");
    const partial = await openDataset("pets", folder.path, { allowPartial: true });
    expect(partial.origin.missing).toContain("1 listed file missing: images/Abyssinian_2.jpg");
  });
});

describe("a damaged image", () => {
  it("is named when it is loaded", async () => {
    const folder = await temporaryTree(split);
    const dataset = await openDataset("folder", folder.path);
    const item = dataset.splits.train[2]!;
    await writeFile(join(folder.path, item.id), new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
    await expect(item.load()).rejects.toThrow(/train\/b\/1\.jpg: not a whole, readable image/);
    await rm(join(folder.path, item.id));
    await expect(item.load()).rejects.toThrow(/train\/b\/1\.jpg: no such file/);
  });
});

describe("finding a dataset", () => {
  it("looks into the folder, a folder of its name, and what the archive unpacks into", async () => {
    const list = {
      "images_variant_train.txt": "1 A\n",
      "images_variant_val.txt": "2 A\n",
      "images_variant_test.txt": "3 A\n",
    };
    for (const base of [
      "data",
      "fgvc-aircraft-2013b/data",
      "Aircraft/data",
      "aircraft/fgvc-aircraft-2013b/data",
    ]) {
      const folder = await temporaryTree({
        ...images(...[1, 2, 3].map((n) => `${base}/images/${n}.jpg`)),
        ...Object.fromEntries(Object.entries(list).map(([name, text]) => [`${base}/${name}`, text])),
      });
      const { splits } = await openDataset("aircraft", folder.path, { allowPartial: true });
      expect(splits.train.map(({ id }) => id)).toEqual(["data/images/1.jpg"]);
    }
  });
});

describe("checking", () => {
  it("reports the shipped digits as whole", async () => {
    expect(await checkDataset("digits")).toMatchObject({
      state: "whole",
      problems: [],
      counts: { train: 1197, test: 600, all: 1797 },
      published: DATASETS.digits.published,
    });
  });

  it("reports what is absent, with where to get it", async () => {
    const folder = await temporaryTree({});
    const report = await checkDataset("eurosat", folder.path);
    expect(report).toMatchObject({ state: "absent", root: undefined, expectedLayout: "2750/CLASS/*.jpg" });
    expect(report.source).toMatch(/EuroSAT/);
  });

  it("reports a partial copy against the published counts, and a damaged one by its fault", async () => {
    const files = ["a", "b"].flatMap((name) => [1, 2].map((n) => `2750/${name}/${n}.jpg`));
    const folder = await temporaryTree(images(...files));
    expect(await checkDataset("eurosat", folder.path)).toMatchObject({
      state: "partial",
      problems: ["2 classes found, 10 published", "4 images found, 27,000 published"],
    });
    await mkdir(join(folder.path, "2750/c"));
    const damaged = await checkDataset("eurosat", folder.path);
    expect(damaged.state).toBe("damaged");
    expect(damaged.problems[0]).toMatch(/class "c" of .* has no image/);
  });
});

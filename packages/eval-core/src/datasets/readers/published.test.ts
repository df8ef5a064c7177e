/** Every published layout, on a small fixture of exactly its form. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openDataset } from "../open.ts";
import { readFixture } from "../testing/listing.ts";
import { images, temporaryTree } from "../testing/tree.ts";
import { drawAuthorsSplit } from "./caltech101.ts";

const mat = async (name: string) =>
  new Uint8Array(await readFile(new URL(`../../../golden/mat/${name}`, import.meta.url)));

describe("Aircraft", () => {
  it("reads the variants' lists, names with spaces too", async () => {
    const found = await readFixture("aircraft", {
      ...images(...["1025794", "1340192", "0056978", "0034309"].map((id) => `data/images/${id}.jpg`)),
      "data/images_variant_train.txt": "1025794 707-320\n1340192 MD-80 (DC-9)\n",
      "data/images_variant_val.txt": "0056978 707-320\n",
      "data/images_variant_test.txt": "0034309 MD-80 (DC-9)\n",
    });
    expect(found.classes).toEqual(["707-320", "MD-80 (DC-9)"]);
    expect(found).toMatchObject({
      train: ["data/images/1025794.jpg 0", "data/images/1340192.jpg 1"],
      val: ["data/images/0056978.jpg 0"],
      test: ["data/images/0034309.jpg 1"],
    });
  });
});

describe("Caltech101", () => {
  const paths = ["BACKGROUND_Google", "Faces", "accordion"].flatMap((name) =>
    [1, 2, 3].map((n) => `${name}/image_000${n}.jpg`),
  );
  const tree = images(...paths.map((path) => `101_ObjectCategories/${path}`));

  it("reads the authors' split files, a repeated line once", async () => {
    const found = await readFixture("caltech101", {
      ...tree,
      "train.txt": "BACKGROUND_Google/image_0002.jpg 0\nFaces/image_0001.jpg 1\nFaces/image_0001.jpg 1\n",
      "test.txt": "Faces/image_0003.jpg 1\naccordion/image_0001.jpg 2\n",
    });
    expect(found.dataset.origin.splitRule).toBe("published: train.txt and test.txt");
    expect(found).toMatchObject({
      train: [
        "101_ObjectCategories/BACKGROUND_Google/image_0002.jpg 0",
        "101_ObjectCategories/Faces/image_0001.jpg 1",
      ],
      test: [
        "101_ObjectCategories/Faces/image_0003.jpg 1",
        "101_ObjectCategories/accordion/image_0001.jpg 2",
      ],
    });
  });

  it("without them, splits as the authors' script did", async () => {
    const many = Array.from({ length: 40 }, (_, i) => `image_${String(i + 1).padStart(4, "0")}.jpg`);
    const found = await readFixture(
      "caltech101",
      images(
        ...["Faces", "ant"].flatMap((name) => many.map((file) => `101_ObjectCategories/${name}/${file}`)),
      ),
    );
    expect(found.dataset.origin.splitRule).toMatch(/NumPy seed 0, 30 draws a class with replacement/);
    const train = found.dataset.splits.train.length;
    expect(train).toBeLessThan(60);
    expect(train + found.dataset.splits.test.length).toBe(80);
  });

  it("draws what the authors' published train.txt lists, given the archive's class sizes", () => {
    // The first eight of the archive's classes, and the first numbers that train.txt lists of each.
    const published: [size: number, count: number, first: number[]][] = [
      [467, 28, [10, 26, 40, 48]],
      [435, 27, [29, 32, 33, 100]],
      [435, 29, [32, 39, 43, 54]],
      [200, 30, [1, 7, 24, 37]],
      [798, 29, [24, 37, 42, 59]],
      [55, 22, [1, 3, 4, 9]],
      [800, 30, [26, 111, 118, 122]],
      [42, 22, [2, 4, 6, 8]],
    ];
    const drawn = drawAuthorsSplit(published.map(([size]) => size));
    published.forEach(([, count, first], i) => {
      const numbers = [...drawn[i]!].map((index) => index + 1).sort((a, b) => a - b);
      expect(numbers).toHaveLength(count);
      expect(numbers.slice(0, 4)).toEqual(first);
    });
  });
});

describe("Cars", () => {
  it("reads the devkit's struct arrays", async () => {
    const found = await readFixture("cars", {
      ...images("cars_train/00001.jpg", "cars_train/00002.jpg", "cars_train/00003.jpg"),
      ...images("cars_test/00001.jpg", "cars_test/00002.jpg"),
      "devkit/cars_meta.mat": await mat("cars_meta.mat"),
      "devkit/cars_train_annos.mat": await mat("cars_train_annos.mat"),
      "cars_test_annos_withlabels.mat": await mat("cars_test_annos_withlabels.mat"),
    });
    expect(found.classes).toEqual(["AM General Hummer SUV 2000", "Acura RL Sedan 2012"]);
    expect(found).toMatchObject({
      train: ["cars_train/00001.jpg 0", "cars_train/00002.jpg 1", "cars_train/00003.jpg 1"],
      test: ["cars_test/00001.jpg 1", "cars_test/00002.jpg 0"],
    });
  });

  it("says which file has the test labels when given the one without", async () => {
    const folder = await temporaryTree({
      ...images("cars_train/00001.jpg"),
      "devkit/cars_meta.mat": await mat("cars_meta.mat"),
      "devkit/cars_train_annos.mat": await mat("cars_train_annos.mat"),
      "devkit/cars_test_annos_withlabels.mat": await mat("cars_test_annos.mat"),
    });
    await expect(openDataset("cars", folder.path)).rejects.toThrow(/annotation 1 has no class or no fname/);
  });
});

describe("DTD", () => {
  it("reads split 1", async () => {
    const found = await readFixture("dtd", {
      ...images(
        ...["banded/banded_0001", "banded/banded_0002", "woven/woven_0001"].map((id) => `images/${id}.jpg`),
      ),
      "labels/train1.txt": "banded/banded_0001.jpg\n",
      "labels/val1.txt": "woven/woven_0001.jpg\n",
      "labels/test1.txt": "banded/banded_0002.jpg\n",
    });
    expect(found).toMatchObject({
      classes: ["banded", "woven"],
      train: ["images/banded/banded_0001.jpg 0"],
      val: ["images/woven/woven_0001.jpg 1"],
      test: ["images/banded/banded_0002.jpg 0"],
    });
  });
});

describe("Flowers", () => {
  it("reads labels and sets from the .mat files", async () => {
    const found = await readFixture("flowers", {
      ...images(...[1, 2, 3, 4, 5, 6].map((n) => `jpg/image_0000${n}.jpg`)),
      "imagelabels.mat": await mat("imagelabels.mat"),
      "setid.mat": await mat("setid.mat"),
    });
    expect(found.classes).toHaveLength(102);
    expect(found).toMatchObject({
      train: ["jpg/image_00001.jpg 2", "jpg/image_00002.jpg 0", "jpg/image_00003.jpg 1"],
      val: ["jpg/image_00006.jpg 2"],
      test: ["jpg/image_00005.jpg 1", "jpg/image_00004.jpg 0"],
    });
  });
});

describe("Food", () => {
  const tree = {
    ...images(...["apple_pie/1", "apple_pie/2", "waffles/3", "waffles/4"].map((id) => `images/${id}.jpg`)),
    "meta/classes.txt": "apple_pie\nwaffles\n",
  };
  const expected = {
    train: ["images/apple_pie/1.jpg 0", "images/waffles/3.jpg 1"],
    test: ["images/apple_pie/2.jpg 0", "images/waffles/4.jpg 1"],
  };

  it("reads the .txt lists", async () => {
    const lists = {
      "meta/train.txt": "apple_pie/1\nwaffles/3\n",
      "meta/test.txt": "apple_pie/2\nwaffles/4\n",
    };
    expect(await readFixture("food", { ...tree, ...lists })).toMatchObject(expected);
  });

  it("reads the .json lists", async () => {
    const lists = {
      "meta/train.json": '{"apple_pie": ["apple_pie/1"], "waffles": ["waffles/3"]}',
      "meta/test.json": '{"apple_pie": ["apple_pie/2"], "waffles": ["waffles/4"]}',
    };
    expect(await readFixture("food", { ...tree, ...lists })).toMatchObject(expected);
  });
});

describe("Pets", () => {
  it("reads classes from 1 and breeds with underscores", async () => {
    const found = await readFixture("pets", {
      ...images(
        ...["Abyssinian_1", "Abyssinian_2", "american_bulldog_1", "american_bulldog_2"].map(
          (id) => `images/${id}.jpg`,
        ),
      ),
      "annotations/trainval.txt":
        "#Image CLASS-ID SPECIES BREED ID\nAbyssinian_1 1 1 1\namerican_bulldog_2 2 2 1\n",
      "annotations/test.txt": "Abyssinian_2 1 1 1\namerican_bulldog_1 2 2 1\n",
    });
    expect(found).toMatchObject({
      classes: ["Abyssinian", "american_bulldog"],
      train: ["images/Abyssinian_1.jpg 0", "images/american_bulldog_2.jpg 1"],
      test: ["images/Abyssinian_2.jpg 0", "images/american_bulldog_1.jpg 1"],
    });
  });
});

describe("SUN397", () => {
  it("takes the class from the folder, also where one class's name is part of another's", async () => {
    const found = await readFixture("sun397", {
      ...images("b/bar/sun_a.jpg", "b/barn/sun_b.jpg", "c/church/indoor/sun_c.jpg", "b/barn/sun_d.jpg"),
      "ClassName.txt": "/b/bar\n/b/barn\n/c/church/indoor\n",
      "Partitions/Training_01.txt": "/b/bar/sun_a.jpg\n/b/barn/sun_b.jpg\n/c/church/indoor/sun_c.jpg\n",
      "Partitions/Testing_01.txt": "/b/barn/sun_d.jpg\n",
    });
    expect(found).toMatchObject({
      classes: ["bar", "barn", "church/indoor"],
      train: ["b/bar/sun_a.jpg 0", "b/barn/sun_b.jpg 1", "c/church/indoor/sun_c.jpg 2"],
      test: ["b/barn/sun_d.jpg 1"],
    });
  });
});

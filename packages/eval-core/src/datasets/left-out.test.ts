/** Nothing is left out without a word: splits by other names, folders in folders, other formats, archives' own folders. */
import { chmod, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataset } from "./open.ts";
import { listing } from "./testing/listing.ts";
import { images, type Tree, temporaryTree, tinyJpeg } from "./testing/tree.ts";

const opened = async (tree: Tree, options: Parameters<typeof openDataset>[2] = {}) => {
  const folder = await temporaryTree(tree);
  return openDataset("folder", folder.path, options);
};
const classes = (...names: string[]) => names.flatMap((name) => [1, 2].map((n) => `${name}/${n}.jpg`));
const inSplit = (split: string) => images(`${split}/a/1.jpg`, `${split}/b/1.jpg`);

describe("a split by another name", () => {
  it.each(["validation", "valid", "dev", "Validation"])("%s is val", async (name) => {
    const dataset = await opened({ ...inSplit("train"), ...inSplit(name), ...inSplit("test") });
    expect((await listing(dataset)).val).toEqual([`${name}/a/1.jpg 0`, `${name}/b/1.jpg 1`]);
  });

  it("training and testing, too", async () => {
    const dataset = await opened({ ...inSplit("training"), ...inSplit("testing") });
    expect(dataset.splits.train).toHaveLength(2);
    expect(dataset.splits.test).toHaveLength(2);
  });

  it("two of one meaning are a question, not a choice", async () => {
    const tree = { ...inSplit("train"), ...inSplit("val"), ...inSplit("valid"), ...inSplit("test") };
    await expect(opened(tree)).rejects.toThrow(/"val" and "valid", which are both the val split/);
  });

  it("one that is not known is named with its images, and allowed as a partial dataset", async () => {
    const tree = {
      ...inSplit("train"),
      ...inSplit("test"),
      ...images("unlabeled/x/1.jpg", "unlabeled/2.jpg"),
    };
    await expect(opened(tree)).rejects.toThrow(/the folder "unlabeled" holds 2 images and is no split/);
    const partial = await opened(tree, { allowPartial: true });
    expect(partial.origin.missing).toEqual([
      'the folder "unlabeled" holds 2 images and is no split that is known',
    ]);
    // A folder without an image takes nothing away.
    const notes = { ...inSplit("train"), ...inSplit("test"), "annotations/list.txt": "x" };
    expect((await opened(notes)).origin.missing).toEqual([]);
  });

  it("is a class where there are no splits", async () => {
    const dataset = await opened(images(...classes("dev", "valid")));
    expect(dataset.classes).toEqual(["dev", "valid"]);
  });
});

describe("folders in folders", () => {
  it("inside a class are of the class, at any depth", async () => {
    const tree = images(...classes("a", "b", "a/more", "b/x/y"));
    const { train, test } = await listing(await opened(tree));
    expect([...train, ...test].sort()).toEqual(
      ["a/1.jpg 0", "a/2.jpg 0", "a/more/1.jpg 0", "a/more/2.jpg 0"].concat([
        "b/1.jpg 1",
        "b/2.jpg 1",
        "b/x/y/1.jpg 1",
        "b/x/y/2.jpg 1",
      ]),
    );
  });

  it("deeper than any dataset are refused, not left out", async () => {
    const deep = Array.from({ length: 14 }, (_, i) => `d${i}`).join("/");
    await expect(opened(images(...classes("a", "b"), `a/${deep}/3.jpg`))).rejects.toThrow(
      /folders lie more than 12 deep in each other at .*d11: move the images up/,
    );
  });

  it("around the dataset are gone through, once or twice", async () => {
    for (const around of ["", "set/", "set/set/"]) {
      const tree = images(...classes("a", "b").map((path) => `${around}${path}`));
      expect((await opened(tree)).classes).toEqual(["a", "b"]);
    }
  });
});

describe("what systems and archives leave", () => {
  it.each(["__MACOSX", "@eaDir", "__pycache__", ".ipynb_checkpoints"])("%s is no class", async (litter) => {
    const tree = {
      ...images(...classes("a", "b"), `${litter}/a/._1.jpg`),
      "a/._1.jpg": "x",
      "a/Thumbs.db": "x",
    };
    const dataset = await opened(tree);
    expect(dataset.classes).toEqual(["a", "b"]);
    expect(dataset.splits.train.length + dataset.splits.test.length).toBe(4);
  });
});

describe("formats", () => {
  it.each(["jfif", "jpe", "JPG"])("a JPEG called .%s is read", async (ending) => {
    const folder = await temporaryTree(images(...classes("a", "b")));
    await writeFile(join(folder.path, `a/3.${ending}`), await tinyJpeg(9));
    const dataset = await openDataset("folder", folder.path);
    const ids = [...dataset.splits.train, ...dataset.splits.test].map(({ id }) => id);
    expect(ids).toContain(`a/3.${ending}`);
  });

  it("a .ppm is read", async () => {
    const folder = await temporaryTree(images(...classes("a", "b")));
    await writeFile(join(folder.path, "a/3.ppm"), `P3 6 4 255 ${"7 ".repeat(72)}`);
    const dataset = await openDataset("folder", folder.path);
    expect(Object.values(await listing(dataset)).flat()).toContain("a/3.ppm 0");
  });

  it("those that are not read are named with their number", async () => {
    const tree = { ...images(...classes("a", "b")), "a/3.jp2": "x", "b/3.heic": "x", "b/deep/4.jp2": "x" };
    await expect(opened(tree)).rejects.toThrow(
      /3 files are of a format that is not read \(2 \.jp2, 1 \.heic; a\/3\.jp2\): convert to JPEG or PNG/,
    );
    expect((await opened(tree, { allowPartial: true })).origin.missing).toHaveLength(1);
  });

  it("images beside the classes are named", async () => {
    await expect(opened(images(...classes("a", "b"), "9.jpg"))).rejects.toThrow(
      /1 images lie beside the folders/,
    );
    const tree = { ...inSplit("train"), ...inSplit("test"), ...images("train/9.jpg") };
    await expect(opened(tree)).rejects.toThrow(/1 images lie beside the classes of "train"/);
  });
});

describe("links", () => {
  it("to images and to folders are followed", async () => {
    const elsewhere = await temporaryTree(images("3.jpg", "more/4.jpg"));
    const folder = await temporaryTree(images(...classes("a", "b")));
    await symlink(join(elsewhere.path, "3.jpg"), join(folder.path, "a/3.jpg"));
    await symlink(join(elsewhere.path, "more"), join(folder.path, "b/more"));
    const found = Object.values(await listing(await openDataset("folder", folder.path))).flat();
    expect(found).toEqual(expect.arrayContaining(["a/3.jpg 0", "b/more/4.jpg 1"]));
  });

  it("that lead nowhere are named with their number", async () => {
    const folder = await temporaryTree(images(...classes("a", "b")));
    for (const name of ["a/3.jpg", "b/3.jpg", "b/more"])
      await symlink("/nowhere/there", join(folder.path, name));
    await expect(openDataset("folder", folder.path)).rejects.toThrow(
      /3 links lead to what is not there: a\/3\.jpg/,
    );
    const partial = await openDataset("folder", folder.path, { allowPartial: true });
    expect(Object.values(await listing(partial)).flat()).toHaveLength(4);
  });

  it("that lead to each other are refused: their images would count over and over", async () => {
    const folder = await temporaryTree(images(...classes("a", "b")));
    await symlink("../b", join(folder.path, "a/other"));
    await symlink("../a", join(folder.path, "b/other"));
    await expect(openDataset("folder", folder.path)).rejects.toThrow(/links that lead to each other/);
  });

  it("that lead back to a folder above count no image twice", async () => {
    const folder = await temporaryTree(images(...classes("a", "b")));
    await symlink("..", join(folder.path, "a/up"));
    await symlink(".", join(folder.path, "b/here"));
    const found = Object.values(await listing(await openDataset("folder", folder.path))).flat();
    expect(found).toHaveLength(4);
  });
});

// The superuser may read everything.
it.skipIf(process.getuid?.() === 0)("a folder that may not be read is named", async () => {
  const folder = await temporaryTree(images(...classes("a", "b", "c")));
  await chmod(join(folder.path, "c"), 0);
  await expect(openDataset("folder", folder.path)).rejects.toThrow(
    /the folder .*c cannot be read \(EACCES\)/,
  );
  await chmod(join(folder.path, "c"), 0o700);
});

describe("lists that are not UTF-8", () => {
  const lists = (bytes: Uint8Array) => ({
    ...images("images/Café_1.jpg", "images/Abyssinian_2.jpg"),
    "annotations/trainval.txt": bytes,
    "annotations/test.txt": "Abyssinian_2 1 1 1\n",
  });
  it.each<[string, Buffer]>([
    ["Latin-1", Buffer.from("Café_1 1 1 1\n", "latin1")],
    ["UTF-16", Buffer.from("\ufeffCafé_1 1 1 1\n", "utf16le")],
    ["cut in a letter", Buffer.from("Café_1 1 1 1\n").subarray(0, 4)],
  ])("%s are refused by name", async (_, bytes) => {
    const folder = await temporaryTree(lists(bytes));
    await expect(openDataset("pets", folder.path, { allowPartial: true })).rejects.toThrow(
      /trainval\.txt: The text is .*save it as UTF-8$/,
    );
  });
});

describe("a published dataset one folder deeper than published", () => {
  it("EuroSAT in 2750/2750", async () => {
    const folder = await temporaryTree(images(...classes("a", "b").map((path) => `2750/2750/${path}`)));
    const dataset = await openDataset("eurosat", folder.path, { allowPartial: true });
    expect(dataset.classes).toEqual(["a", "b"]);
  });

  it("Pets with images/images", async () => {
    const plain = await temporaryTree({
      ...images("images/images/Abyssinian_1.jpg", "images/images/Abyssinian_2.jpg"),
      "annotations/trainval.txt": "Abyssinian_1 1 1 1\n",
      "annotations/test.txt": "Abyssinian_2 1 1 1\n",
    });
    const dataset = await openDataset("pets", plain.path, { allowPartial: true });
    expect(dataset.splits.train.map(({ id }) => id)).toEqual(["images/Abyssinian_1.jpg"]);
    expect((await listing(dataset)).test).toEqual(["images/Abyssinian_2.jpg 0"]);
  });

  it("Aircraft inside one folder that holds nothing else", async () => {
    const lists = { train: "1 A\n", val: "2 A\n", test: "3 A\n" };
    const folder = await temporaryTree({
      ...images(...[1, 2, 3].map((n) => `download/archive/data/images/${n}.jpg`)),
      ...Object.fromEntries(
        Object.entries(lists).map(([split, text]) => [
          `download/archive/data/images_variant_${split}.txt`,
          text,
        ]),
      ),
    });
    const { splits } = await openDataset("aircraft", folder.path, { allowPartial: true });
    expect(splits.train.map(({ id }) => id)).toEqual(["data/images/1.jpg"]);
  });
});

describe("names that cannot be written with a to z", () => {
  it.each([
    ["Élan Vital", "elan-vital"],
    ["Straße", "strasse"],
    ["Русский набор", "russkii-nabor"],
    ["Ελλάδα", "ellada"],
    ["My Shapes", "my-shapes"],
  ])("%s is %s", async (name, slug) => {
    expect((await opened(images(...classes("a", "b")), { name })).name).toBe(slug);
  });

  it("keep names distinct that differ behind a slug's end, or by a plus", async () => {
    const long = "shapes ".repeat(20);
    const names = await Promise.all(
      [`${long}one`, `${long}two`, "shapes", "shapes+", "shapes++", "shapes + one"].map(
        async (name) => (await opened(images(...classes("a", "b")), { name })).name,
      ),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(100);
    expect(names.slice(2)).toEqual(["shapes", "shapes-plus", "shapes-plus-plus", "shapes-plus-one"]);
  });

  it("keep distinct names distinct", async () => {
    const names = await Promise.all(
      ["猫", "犬", "日本の花", "日本の鳥", "set 猫", "🐈"].map(
        async (name) => (await opened(images(...classes("a", "b")), { name })).name,
      ),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{8}$/);
  });
});

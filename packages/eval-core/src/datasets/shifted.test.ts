/** Test sets that share a source's classes, each layout on a tiny tree, and what is wrong with one in a sentence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Dataset, makeItem } from "./dataset.ts";
import { readShifted } from "./shifted.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shifted-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CLASSES = Array.from({ length: 12 }, (_, i) => `n${String(i).padStart(4, "0")}`);
const test = ["b/val_2.jpeg", "a/val_1.jpeg", "a/val_3.jpeg"].map((id) =>
  makeItem(id, 0, { kind: "file", path: id }),
);
const source = { title: "ImageNet", classes: CLASSES, splits: { train: [], test } } as unknown as Dataset;

const put = (file: string, content = "") => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
};
const read = (name = "imagenet-a", path = folder) => readShifted(name, path, source);

it("folders by class name hold some of the classes (ImageNet-A, -R, -Sketch)", async () => {
  for (const file of ["n0003/x.jpg", "n0003/y.jpg", "n0010/z.png"]) put(file);
  const { layout, mapping, items } = await read();
  expect([layout, mapping]).toEqual(["by class", [3, 10]]);
  expect(items.map(({ label }) => mapping[label as number])).toEqual([3, 3, 10]);
});

it("folders by class number stand in the order of their names, not of the numbers (ImageNet-V2)", async () => {
  for (const number of [0, 2, 10, 11]) put(`${number}/x.jpeg`);
  const { layout, mapping, items } = await read("imagenet-v2");
  expect([layout, mapping]).toEqual(["by number", [0, 10, 11, 2]]);
  expect(items.map(({ id, label }) => [id, mapping[label as number]])).toEqual([
    ["0/x.jpeg", 0],
    ["10/x.jpeg", 10],
    ["11/x.jpeg", 11],
    ["2/x.jpeg", 2],
  ]);
});

it("ReaL's answers are of the source's own test images in the order of their names; an image without one is left out", async () => {
  put("real.json", "[[4, 5], [], [11]]");
  const { layout, items, answers } = await read("imagenet-real", join(folder, "real.json"));
  expect(layout).toBe("answers");
  expect(items.map(({ id }) => id)).toEqual(["a/val_1.jpeg", "a/val_3.jpeg"]);
  expect(answers).toEqual([[4, 5], [11]]);
  expect((await read("imagenet-real")).answers).toEqual(answers);
});

it("corruptions stand as corruption/level/class (ImageNet-C)", async () => {
  for (const corruption of ["fog", "snow"])
    for (const level of [1, 5]) put(`${corruption}/${level}/n0007/x.jpg`);
  const { layout, parts, mapping } = await read("imagenet-c");
  expect([layout, mapping]).toEqual(["corruptions", [7]]);
  expect(parts).toEqual([
    { corruption: "fog", level: 1 },
    { corruption: "fog", level: 5 },
    { corruption: "snow", level: 1 },
    { corruption: "snow", level: 5 },
  ]);
});

it("what is wrong is one sentence", async () => {
  await expect(read("imagenet-a", join(folder, "none"))).rejects.toThrow(
    /^the test set imagenet-a is not at .*none: no such file or folder$/,
  );
  await expect(read()).rejects.toThrow("holds no folders: expected one a class");
  put("n0001/x.jpg");
  put("n9999/x.jpg");
  await expect(read()).rejects.toThrow(
    'has a folder "n9999", which is no class of ImageNet: every folder must be named like one of its classes',
  );
  put("real.json", "[[1]]");
  await expect(read()).rejects.toThrow(
    "must be a list of one entry for each of the 3 test images of ImageNet: found 1 entries",
  );
  put("real.json", "[[1], [2], [12]]");
  await expect(read()).rejects.toThrow("entry 2 of");
});

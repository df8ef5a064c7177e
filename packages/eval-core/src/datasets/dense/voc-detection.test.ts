/** PASCAL VOC's detection layout: the drawn dataset that ships, and what is said of damaged ones. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openVocDetection } from "./voc-detection.ts";

const SHIPPED = fileURLToPath(new URL("../../../data/voc-shapes", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voc-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (where: string) => openVocDetection(where, "voc-shapes", "VOC shapes");

/** A copy, some files changed (a function of their text) or left out (undefined). */
function unpack(changes: Readonly<Record<string, ((text: string) => string) | undefined>> = {}): void {
  cpSync(SHIPPED, folder, { recursive: true });
  for (const [path, change] of Object.entries(changes)) {
    const file = join(folder, path);
    if (change) writeFileSync(file, change(readFileSync(file, "utf8")));
    else rmSync(file);
  }
}
const edited = (from: string | RegExp, to: string) => (text: string) => {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return changed;
};

describe("voc-shapes", () => {
  const ANNOTATION = "VOCdevkit/VOC2007/Annotations/000001.xml";
  it("has 80 and 40 training images, 2007 first, and 40 test images", async () => {
    const { splits, classes } = await open(SHIPPED);
    const { train, test } = splits;
    expect([train.length, test.length, classes.length]).toEqual([120, 40, 20]);
    expect(train.map(({ id }) => id.slice(0, 7))).toEqual([
      ...Array(80).fill("VOC2007"),
      ...Array(40).fill("VOC2012"),
    ]);
    const names = [...train, ...test].flatMap(({ objects }) => objects.map((o) => classes[o.class]!));
    const count = (name: string) => names.filter((one) => one === name).length;
    expect([count("cat"), count("car"), count("bird")]).toEqual([141, 134, 112]);
  });
  it("has the same manifest wherever it lies, another when a box moves", async () => {
    const shipped = await (await open(SHIPPED)).manifestHash();
    unpack();
    expect(await (await open(folder)).manifestHash()).toBe(shipped);
    rmSync(join(folder, "VOCdevkit"), { recursive: true });
    unpack({ [ANNOTATION]: edited("<xmin>77", "<xmin>78") });
    expect(await (await open(folder)).manifestHash()).not.toBe(shipped);
  });
  it.each([
    ["without a size", edited(/<size>[\s\S]*<\/size>/, ""), "does not say how large its image is"],
    [
      "with a box outside",
      edited("<xmax>109", "<xmax>1090"),
      "has a box outside its image: cat from (77, 15) to (1090, 58) in 144 x 144 pixels",
    ],
    [
      "with a class of no VOC",
      edited("<name>cat", "<name>zebra"),
      'has an object of the unknown class "zebra": known are aeroplane, ',
    ],
    [
      "without a corner",
      edited(/<ymin>\d+<\/ymin>/, ""),
      "is not a VOC annotation: annotation/object/0/bndbox/ymin is missing or no number",
    ],
    ["that is no XML", () => "not XML at all", "is not a VOC annotation"],
  ])("refuses XML %s in a sentence that names the file", async (_, change, sentence) => {
    unpack({ [ANNOTATION]: change });
    await expect(open(folder)).rejects.toThrow(`${join(folder, ANNOTATION)} ${sentence}`);
  });
  it("refuses an empty split", async () => {
    unpack({ "VOCdevkit/VOC2007/ImageSets/Main/test.txt": () => "\n" });
    await expect(open(folder)).rejects.toThrow("the test split of VOC shapes is empty");
  });
  it("names a missing image, and goes on without it when that is allowed", async () => {
    const image = "VOCdevkit/VOC2007/JPEGImages/000001.jpg";
    unpack({ [image]: undefined });
    await expect(open(folder)).rejects.toThrow(`1 listed images are missing: ${image.slice(10)}`);
    const partial = await openVocDetection(folder, "voc-shapes", "VOC shapes", { allowPartial: true });
    expect(partial.origin.missing).not.toEqual([]);
  });
});

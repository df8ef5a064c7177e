/** Which files of a folder are its pictures, and when the first of them are a set of their own. */
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFolder } from "./folder.ts";

const golden = (name: string) => fileURLToPath(new URL(`../../../golden/decode/${name}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "pictures-")), "Two Pictures");
  mkdirSync(join(folder, "b"), { recursive: true });
  copyFileSync(golden("rgb.png"), join(folder, "b", "deep.png"));
  copyFileSync(golden("grey.jpg"), join(folder, "a.jpg"));
  writeFileSync(join(folder, "notes.txt"), "no picture");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const open = (limit = 0) => openFolder({ images: folder, limit, imagesPerDataset: 1 });

describe("openFolder", () => {
  it("takes what decodes, at any depth, by path, and says what does not", async () => {
    const data = await open();
    expect(data.pictures(0).map(({ id }) => id)).toEqual(["a.jpg", "b/deep.png"]);
    expect(data).toMatchObject({ name: "two-pictures", count: 2, isReduced: false });
    expect(data.notes.join()).toMatch(/^1 file of .* is no picture that can be read: notes.txt$/);
  });

  it("names the first of them apart only where there are more", async () => {
    expect(await open(1)).toMatchObject({ name: "two-pictures-first-1", count: 1, isReduced: true });
    const all = await open(2);
    expect(all).toMatchObject({ name: "two-pictures", count: 2, isReduced: false });
    expect(all.rule(0)).toEqual((await open()).rule(0));
    expect((await open(1)).rule(0)).not.toEqual(all.rule(0));
  });

  it("does not go on with a file that changed", async () => {
    const [first] = (await open()).pictures(0);
    await expect(first!.load()).resolves.toHaveProperty("width");
    appendFileSync(join(folder, "a.jpg"), "more");
    await expect(first!.load()).rejects.toThrow(/a\.jpg: it is not the file that it was/);
  });

  it("refuses a folder without pictures, naming what it takes", async () => {
    rmSync(join(folder, "a.jpg"));
    rmSync(join(folder, "b"), { recursive: true });
    await expect(
      openFolder({ images: join(folder, "notes.txt"), limit: 0, imagesPerDataset: 1 }),
    ).rejects.toThrow(/this is a file: give the folder that it is in/);
    await expect(open()).rejects.toThrow(/holds no picture that can be read \(1 other file\): expected JPEG/);
    rmSync(folder, { recursive: true });
    await expect(open()).rejects.toThrow(/there is no such folder/);
  });
});

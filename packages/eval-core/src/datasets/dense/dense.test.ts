/** The readers of label maps and normals: the shipped datasets as they are, and damaged in every way that has a sentence. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeLevels, resizeNearest } from "../../images/index.ts";
import { matWithCodebook } from "../testing/codebook.ts";
import { openAde20k } from "./ade20k.ts";
import { cutNormals, labelsFromNormals, readNormals } from "./normals-files.ts";
import { openNyuv2, readCodebook } from "./nyuv2.ts";
import { visitPickledArrays } from "./pickled-arrays.ts";

const shipped = (name: string) => fileURLToPath(new URL(`../../../data/${name}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dense-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const copyOf = (name: string): string => {
  cpSync(shipped(name), folder, { recursive: true });
  return folder;
};
const png = (path: string, width: number, height: number) =>
  sharp(new Uint8Array(width * height), { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toFile(path);

describe("ADE20K's layout", () => {
  it("is read by its lists, and the same images by its folders", async () => {
    const data = await openAde20k(copyOf("ade-shapes"), "ade-shapes", "ade-shapes");
    expect([data.splits.train.length, data.splits.test.length, data.classes.length]).toEqual([60, 20, 150]);
    const levels = await decodeLevels(data.splits.test[0]!.labels!);
    expect([...new Set(levels.data)].sort((a, b) => a - b)).toEqual(expect.arrayContaining([3, 10]));
    const hash = await data.manifestHash();
    rmSync(join(folder, "training.odgt"));
    const byFolder = await openAde20k(folder, "ade-shapes", "ade-shapes");
    expect(byFolder.splits).toEqual(data.splits);
    expect(await byFolder.manifestHash()).toBe(hash);
  });
  it("is refused in one sentence when it is damaged", async () => {
    const open = () => openAde20k(copyOf("ade-shapes"), "ade-shapes", "ade-shapes");
    const map = "ADEChallengeData2016/annotations/validation/ADE_val_00000001.png";
    copyOf("ade-shapes");
    await png(join(folder, map), 40, 30);
    await expect(openAde20k(folder, "ade-shapes", "ade-shapes")).rejects.toThrow(
      /^the label map .*ADE_val_00000001\.png is 40 x 30, but its image .*ADE_val_00000001\.jpg is \d+ x \d+: copy one of them again$/,
    );
    await open();
    writeFileSync(join(folder, "validation.odgt"), "\n");
    await expect(openAde20k(folder, "ade-shapes", "ade-shapes")).rejects.toThrow(
      "the test split of ade-shapes is empty: its list names no image",
    );
    writeFileSync(join(folder, "validation.odgt"), "{\n");
    await expect(openAde20k(folder, "ade-shapes", "ade-shapes")).rejects.toThrow(
      /^line 1 of .*validation\.odgt is no JSON/,
    );
    const empty = join(folder, "nothing");
    await expect(openAde20k(empty, "ade20k", "ADE20K")).rejects.toThrow(
      "holds no ADE20K: expected ADEChallengeData2016/images",
    );
  });
  it("is no label map when it has three channels", async () => {
    const path = join(folder, "rgb.png");
    await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
      .png()
      .toFile(path);
    await expect(decodeLevels(path)).rejects.toThrow("a label map has one channel of 8 bits, found 3");
  });
});

describe("NYUv2's normals", () => {
  it("are cut out of the pickle, and their nearest codewords are the published labels", async () => {
    const data = await openNyuv2(shipped("nyu-shapes"), "nyu-shapes", "nyu-shapes");
    expect([data.splits.train.length, data.splits.test.length]).toEqual([60, 20]);
    const some = [data.splits.train[0]!, data.splits.test[3]!];
    await cutNormals(data.truth, some, folder);
    for (const image of some) {
      const truth = readNormals(folder, image.id);
      expect(truth.normals).toHaveLength(image.width * image.height * 3);
      expect(Math.hypot(...truth.normals.slice(3000, 3003))).toBeCloseTo(1, 2);
      expect(labelsFromNormals(truth, data.codebook)).toEqual((await decodeLevels(image.labels!)).data);
    }
  });
  it("are refused in one sentence when the pickle is truncated or lacks an image", async () => {
    const pickle = join(copyOf("nyu-shapes"), "surfacenormal_metadata/all_normals.pklz");
    const data = await openNyuv2(folder, "nyu-shapes", "nyu-shapes");
    const whole = readFileSync(pickle);
    const cut = () => cutNormals(data.truth, data.splits.test, join(folder, "cut"));
    writeFileSync(pickle, whole.subarray(0, whole.length >> 1));
    await expect(cut()).rejects.toThrow(
      /^\S*all_normals\.pklz is truncated or damaged \(.+\); copy it again$/,
    );
    const plain = gunzipSync(whole);
    writeFileSync(pickle, gzipSync(plain.subarray(0, plain.length >> 1), { level: 1 }));
    await expect(cut()).rejects.toThrow(
      /^\S*all_normals\.pklz is truncated or damaged \(it ends after \d+ bytes\)/,
    );
    writeFileSync(pickle, gzipSync("ok"));
    await expect(cut()).rejects.toThrow(/is not the pickle of arrays that is expected: the opcode "o"/);
    writeFileSync(pickle, whole);
    const other = { ...data.splits.test[0]!, id: "999999" };
    await expect(cutNormals(data.truth, [other], join(folder, "cut"))).rejects.toThrow(
      /all_normals\.pklz has no normals of image 999999$/,
    );
  });
  it("are streamed in pieces, each array with its name and shape", async () => {
    const sizes: string[] = [];
    let bytes = 0;
    const values = await visitPickledArrays(
      join(shipped("nyu-shapes"), "surfacenormal_metadata/all_normals.pklz"),
      {
        array({ key, shape, dtype }) {
          sizes.push(`${key} ${dtype} ${shape}`);
          return (piece) => {
            bytes += piece.length;
          };
        },
      },
    );
    expect(sizes).toEqual(["all_normals f4 80,120,160,3", "all_valid_depth_masks f4 80,120,160"]);
    expect(bytes).toBe(80 * 120 * 160 * 4 * 4);
    expect(values.get("all_filenames")).toContain("000001");
  });
  it("need 40 codewords, a list that is not empty, and the truth", async () => {
    copyOf("nyu-shapes");
    const list = join(folder, "surfacenormal_metadata/train_SN40.json");
    writeFileSync(list, "[]");
    await expect(openNyuv2(folder, "nyu-shapes", "nyu-shapes")).rejects.toThrow(
      "the train split of nyu-shapes is empty",
    );
    writeFileSync(list, "[{}]");
    await expect(openNyuv2(folder, "nyu-shapes", "nyu-shapes")).rejects.toThrow(
      /entry 1 of .* must have img, segm, width and height/,
    );
    copyOf("nyu-shapes");
    const pickle = join(folder, "surfacenormal_metadata/all_normals.pklz");
    renameSync(pickle, `${pickle}.away`);
    await expect(openNyuv2(folder, "nyu-shapes", "nyu-shapes")).rejects.toThrow(
      /has neither all_normals\.pklz nor 000061\.mat/,
    );
  });
  it("have a codebook of 40 rows, and of no other number", () => {
    expect(() => readCodebook(matWithCodebook(39), "vocab40.mat")).toThrow(
      "the codebook of vocab40.mat is 39 x 3: expected 40 x 3",
    );
    expect(readCodebook(matWithCodebook(40), "vocab40.mat")).toHaveLength(120);
  });
});

describe("nearest resize", () => {
  it("reads floor((i + 0.5) in / out)", () => {
    const map = { width: 5, height: 1, data: Uint8Array.of(0, 1, 2, 3, 4) };
    expect([...resizeNearest(map, 3, 1).data]).toEqual([0, 2, 4]);
    expect([...resizeNearest(map, 7, 1).data]).toEqual([0, 1, 1, 2, 3, 3, 4]);
  });
});

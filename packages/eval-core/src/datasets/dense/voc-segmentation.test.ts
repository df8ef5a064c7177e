/** VOC2012's layout on a tiny tree: palettes, the extra annotations in each form of their list, and what is missing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterEach, beforeEach, expect, it } from "vitest";
import { decodeLevels } from "../../images/index.ts";
import { openVocSegmentation } from "./voc-segmentation.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voc-segmentation-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (file: string) => {
  const path = join(folder, "VOCdevkit/VOC2012", file);
  mkdirSync(dirname(path), { recursive: true });
  return path;
};
const WIDTH = 9;
const HEIGHT = 7;
const open = (options = {}) => openVocSegmentation(folder, "voc2012", "VOC2012", options);

/** A PNG of indices, each row under another of the five filters. */
function palettePng(indices: readonly number[], bits: 1 | 2 | 4 | 8, width = WIDTH): Buffer {
  const height = indices.length / width;
  const stride = Math.ceil((width * bits) / 8);
  const packed = new Uint8Array(height * stride);
  indices.forEach((value, i) => {
    const bit = (i % width) * bits;
    packed[Math.floor(i / width) * stride + (bit >> 3)]! |= value << (8 - bits - (bit & 7));
  });
  const raw = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    const filter = y % 5;
    raw[y * (stride + 1)] = filter;
    for (let x = 0; x < stride; x++) {
      const get = (dy: number, dx: number) => (y < dy || x < dx ? 0 : packed[(y - dy) * stride + x - dx]!);
      const [a, b, c] = [get(0, 1), get(1, 0), get(1, 1)];
      const p = a + b - c;
      const nearest = [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best), a);
      raw[y * (stride + 1) + 1 + x] = get(0, 0) - [0, a, b, Math.floor((a + b) / 2), nearest][filter]!;
    }
  }
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 3, 0, 0, 0], 8);
  // Every entry another colour, and none VOC's: only the places count.
  const palette = Uint8Array.from({ length: 3 * 2 ** bits }, (_, i) => (i * 7 + 3) % 256);
  const parts = [chunk("IHDR", header), chunk("PLTE", palette), chunk("IDAT", deflateSync(raw))];
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, ...parts, chunk("IEND", new Uint8Array(0))]);
}

const indicesOf = (seed: number, most: number) =>
  Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 5 + seed) % (most + 1));

async function image(id: string, labels = "SegmentationClass", indices = indicesOf(1, 20)): Promise<void> {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3).fill(90);
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg()
    .toFile(at(`JPEGImages/${id}.jpg`));
  writeFileSync(at(`${labels}/${id}.png`), palettePng(indices, 8));
}

const list = (name: string, lines: readonly string[]) =>
  writeFileSync(at(`ImageSets/Segmentation/${name}.txt`), `${lines.join("\n")}\n`);

async function devkit(): Promise<void> {
  for (const id of ["2007_000001", "2007_000002", "2008_000003"]) await image(id);
  list("train", ["2007_000001", "2007_000002"]);
  list("val", ["2008_000003"]);
}

it("label maps are indices into their palette, whatever the colours, bits and filters", async () => {
  await devkit();
  const withVoid = indicesOf(3, 20).map((value, i) => (i % 4 === 0 ? 255 : value));
  await image("2008_000003", "SegmentationClass", withVoid);
  const data = await open();
  expect([...(await decodeLevels(data.splits.test[0]!.labels!)).data]).toEqual(withVoid);
  for (const bits of [1, 2, 4] as const) {
    const indices = indicesOf(bits, 2 ** bits - 1);
    writeFileSync(at("few.png"), palettePng(indices, bits));
    expect([...(await decodeLevels(at("few.png"))).data]).toEqual(indices);
  }
});

it("VOC's own train and val, where the extra annotations are not there", async () => {
  await devkit();
  const data = await open();
  expect(data.splits.train.map(({ id }) => id)).toEqual(["2007_000001", "2007_000002"]);
  expect([data.classes.length, data.classes[0], data.levels]).toEqual([
    21,
    "background",
    { first: 0, void: 255 },
  ]);
  expect(data.origin.splitRule).toBe("train; val");
  expect(data.splits.test[0]).toMatchObject({ width: WIDTH, height: HEIGHT });
});

it.each([
  ["trainaug", ["2007_000001", "2009_000004"]],
  [
    "train_aug",
    [
      "/JPEGImages/2007_000001.jpg /SegmentationClassAug/2007_000001.png",
      "/JPEGImages/2009_000004.jpg /SegmentationClassAug/2009_000004.png",
    ],
  ],
  ["aug", ["2009_000004"]],
])("with the extra annotations, listed in %s.txt", async (name, lines) => {
  await devkit();
  for (const id of ["2007_000001", "2007_000002", "2009_000004"]) await image(id, "SegmentationClassAug");
  list(name, lines);
  const { splits, origin } = await open();
  const expected =
    name === "aug" ? ["2007_000001", "2007_000002", "2009_000004"] : ["2007_000001", "2009_000004"];
  expect(splits.train.map(({ id }) => id)).toEqual(expected);
  expect(splits.train[0]!.labels).toContain("SegmentationClassAug");
  expect(splits.test[0]!.labels).toContain("SegmentationClass/");
  expect(origin.splitRule).toBe("train with the extra annotations; val");
});

it("what is missing or damaged is one sentence", async () => {
  await expect(open()).rejects.toThrow(/holds no VOC2012 segmentation: expected VOCdevkit\/VOC2012 with/);
  await devkit();
  rmSync(at("SegmentationClass/2007_000002.png"));
  await expect(open()).rejects.toThrow(
    /is not whole: 1 listed files are missing: SegmentationClass\/2007_000002\.png/,
  );
  const partial = await open({ allowPartial: true });
  expect(partial.origin.missing).toEqual(["SegmentationClass/2007_000002.png"]);
  expect(partial.splits.train).toHaveLength(1);
  await image("2007_000002", "SegmentationClassAug");
  await expect(open({ allowPartial: true })).rejects.toThrow(
    /SegmentationClassAug is there, but no list of what to train on/,
  );
  writeFileSync(at("cut.png"), palettePng(indicesOf(0, 20), 8).subarray(0, 120));
  await expect(decodeLevels(at("cut.png"))).rejects.toThrow(
    /cut\.png.*not a whole, readable label map \(it ends in the middle\)/,
  );
});

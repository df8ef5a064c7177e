import { createHash } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSealedJson, writeSealedJson } from "../tensor/index.ts";
import { computeManifestHash } from "./manifest.ts";
import { openDataset } from "./open.ts";
import { images, temporaryTree, tinyJpeg } from "./testing/tree.ts";

const tree = images("train/a/1.jpg", "train/b/1.jpg", "test/a/2.jpg", "test/b/2.jpg");
const open = (path: string) => openDataset("folder", path, { name: "shapes" });

describe("a manifest's hash", () => {
  it("is that of the content: the same wherever the files lie", async () => {
    const one = await temporaryTree(tree);
    const two = await temporaryTree(tree);
    expect(await (await open(two.path)).manifestHash()).toBe(await (await open(one.path)).manifestHash());
  });

  it("changes with an image, a label, a split and a name", async () => {
    const folder = await temporaryTree(tree);
    const dataset = await open(folder.path);
    const { train, test } = dataset.splits;
    const variants = [
      dataset,
      { ...dataset, name: "other" },
      { ...dataset, classes: ["a", "c"] },
      { ...dataset, splits: { train: [{ ...train[0]!, label: 1 }, train[1]!], test } },
      { ...dataset, splits: { train: test, test: train } },
      { ...dataset, splits: { train: train.toReversed(), test } },
    ];
    const hashes = await Promise.all(variants.map((variant) => computeManifestHash(variant)));
    await writeFile(join(folder.path, train[0]!.id), await tinyJpeg(99));
    hashes.push(await dataset.manifestHash());
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("is remembered by path, size and time, and a changed file is read again", async () => {
    const folder = await temporaryTree(tree);
    const cacheFile = join(folder.path, "hashes.json");
    const dataset = await open(folder.path);
    const hash = await dataset.manifestHash({ cacheFile });
    const file = join(folder.path, "train/a/1.jpg");
    const known = readSealedJson(cacheFile);
    expect(known).toHaveLength(4);
    expect(await dataset.manifestHash({ cacheFile })).toBe(hash);

    // A hash that was remembered is used: a forged one changes the answer.
    writeSealedJson(cacheFile, JSON.parse(JSON.stringify(known).replace(/[0-9a-f]{64}/, "0".repeat(64))));
    expect(await dataset.manifestHash({ cacheFile })).not.toBe(hash);
    for (const id of ["train/a/1.jpg", "train/b/1.jpg", "test/a/2.jpg", "test/b/2.jpg"]) {
      await utimes(join(folder.path, id), new Date(0), new Date(0));
    }
    expect(await dataset.manifestHash({ cacheFile })).toBe(hash);

    await writeFile(file, await tinyJpeg(98));
    expect(await dataset.manifestHash({ cacheFile })).not.toBe(hash);
    await writeFile(cacheFile, "not json");
    expect(await dataset.manifestHash({ cacheFile })).toBe(await dataset.manifestHash());
  });

  it("hashes a large file, which is streamed, as a small one", async () => {
    const large = Buffer.alloc(2 ** 24 + 3, "large");
    const folder = await temporaryTree({ ...tree, "train/a/1.jpg": large });
    const cacheFile = join(folder.path, "hashes.json");
    await (await open(folder.path)).manifestHash({ cacheFile });
    const known = new Map(readSealedJson(cacheFile) as [string, [number, number, string]][]);
    const [size, , hash] = known.get(join(folder.path, "train/a/1.jpg"))!;
    expect([size, hash]).toEqual([large.length, createHash("sha256").update(large).digest("hex")]);
  });

  it("reports progress, stops when asked, and names a file that is gone", async () => {
    const folder = await temporaryTree(tree);
    const dataset = await open(folder.path);
    const seen: number[] = [];
    await dataset.manifestHash({ onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    await expect(dataset.manifestHash({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    const gone = {
      ...dataset.splits.test[0]!,
      source: { kind: "file" as const, path: join(folder.path, "gone.jpg") },
    };
    await expect(computeManifestHash({ ...dataset, splits: { train: [], test: [gone] } })).rejects.toThrow(
      /gone\.jpg cannot be read \(ENOENT\)/,
    );
  });
});

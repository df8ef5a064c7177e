import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type Item, makeItem } from "../datasets/index.ts";
import { NORMALISATIONS } from "../images/index.ts";
import { GraphBuilder, writeModel } from "../onnx/index.ts";
import { SeededRandom } from "../tensor/index.ts";
import type { Backbone } from "./backbone.ts";
import { type BlockStore, openCache } from "./cache.ts";
import { type ExtractOptions, extractReadouts } from "./extract.ts";
import { openNetwork } from "./network.ts";
import { PreprocessPool } from "./preprocess-pool.ts";
import { BLOCK, greys, meanBackbone, preprocessing, SIDE } from "./testing/means.ts";

/** The same, and the images themselves as a map. */
function twoReadouts(): Backbone {
  const g = new GraphBuilder("two");
  const x = g.input("x", "float32", ["N", 3, SIDE, SIDE]);
  g.op("Flatten", [g.op("GlobalAveragePool", [x], {})], {}, { output: "means" });
  g.op("Identity", [x], {}, { output: "map" });
  g.output("means", "float32", ["N", 3]);
  g.output("map", "float32", ["N", 3, SIDE, SIDE]);
  return {
    model: writeModel(g.build()),
    input: "x",
    readouts: [
      { slug: "means", kind: "vector", output: "means", size: 3, key: undefined },
      { slug: "map", kind: "map", output: "map", size: 3 * SIDE * SIDE, key: "map" },
    ],
    normalisation: NORMALISATIONS.none,
    hash: "two",
  };
}

const expected = (levels: readonly number[]) => levels.flatMap((level) => Array(3).fill(level / 255));

type Options = Partial<ExtractOptions> & { cache?: BlockStore };

// One for all: a thread of it takes longer to start than these images to prepare.
const pool = new PreprocessPool(1);
afterAll(() => pool.close());

async function extract(items: readonly Item[], { cache, ...more }: Options = {}) {
  const backbone = more.backbone ?? meanBackbone();
  const network = await openNetwork(backbone, { device: "cpu", threads: 1 });
  onTestFinished(() => network.close());
  const x = backbone.readouts.map(({ size }) => new Float32Array(items.length * size!));
  const { unreadable } = await extractReadouts({
    backbone,
    network,
    pool,
    items,
    preprocessing,
    ...(cache ? { caches: [cache] } : {}),
    onBlock: (first, rows) => {
      rows.forEach((data, i) => {
        x[i]!.set(data, first * backbone.readouts[i]!.size!);
      });
    },
    ...more,
  });
  return { x: x[0]!, all: x, unreadable };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "features-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The block files of the only key in a cache. */
function blocksOf(cache: string): { home: string; files: string[] } {
  const [key] = readdirSync(join(cache, "features"));
  const home = join(cache, "features", key!);
  return {
    home,
    files: readdirSync(home)
      .filter((file) => file.endsWith(".f32"))
      .sort(),
  };
}

describe("extractFeatures", () => {
  it("answers one row an image in the items' order, across batches and blocks", async () => {
    const { items, levels } = greys(2 * BLOCK + 5);
    const seen: number[] = [];
    const features = await extract(items, { onProgress: ({ done }) => seen.push(done) });
    expect(features.x.length).toBe(items.length * 3);
    expected(levels).forEach((value, i) => {
      expect(features.x[i]).toBeCloseTo(value, 6);
    });
    expect(seen.at(-1)).toBe(items.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it("answers nothing for no images", async () => {
    expect((await extract([])).x.length).toBe(0);
  });

  it("takes from the cache what is whole, and computes what is missing or damaged", async () => {
    const { items, levels } = greys(3 * BLOCK);
    const cacheFolder = folder();
    const cache = () => openCache(cacheFolder, { test: 1 });
    await extract(items, { cache: await cache() });
    const { home, files } = blocksOf(cacheFolder);
    expect(files.length).toBe(3);
    rmSync(join(home, files[0]!));
    truncateSync(join(home, files[1]!), 100);
    const rates: (number | undefined)[] = [];
    const again = await extract(items, {
      cache: await cache(),
      onProgress: ({ imagesPerSecond }) => rates.push(imagesPerSecond),
    });
    expect(rates[0]).toBeUndefined();
    expected(levels).forEach((value, i) => {
      expect(again.x[i]).toBeCloseTo(value, 6);
    });
    expect(blocksOf(cacheFolder).files).toEqual(files);
  });

  it("answers several readouts in one pass, and computes only what a cache lacks", async () => {
    const { items, levels } = greys(2 * BLOCK);
    const backbone = twoReadouts();
    const caches = () => Promise.all([1, 2].map((of) => openCache(cacheFolder, { of })));
    const cacheFolder = folder();
    const { all } = await extract(items, { backbone, caches: await caches() });
    expected(levels).forEach((value, i) => {
      expect(all[0]![i]).toBeCloseTo(value, 6);
    });
    expect(all[1]!.length).toBe(items.length * 3 * SIDE * SIDE);
    levels.forEach((level, i) => {
      expect(all[1]![i * 3 * SIDE * SIDE]).toBeCloseTo(level / 255, 6);
    });
    const [vectors, maps] = await caches();
    expect([vectors!.present.size, maps!.present.size]).toEqual([2, 2]);
    const fresh = await openCache(cacheFolder, { of: 3 });
    const again = await extract(items, { backbone, caches: [vectors!, fresh] });
    expect(again.all).toEqual(all);
    expect(fresh.present.size).toBe(2);
  });

  it("keeps apart what was made from different things", async () => {
    const cacheFolder = folder();
    const first = await openCache(cacheFolder, { backbone: "a" });
    first.write(0, Float32Array.of(1));
    expect((await openCache(cacheFolder, { backbone: "b" })).present.size).toBe(0);
    expect(await (await openCache(cacheFolder, { backbone: "a" })).read(0)).toEqual(Float32Array.of(1));
  });

  it("names an image that cannot be read, or leaves it out and says so, from the cache too", async () => {
    const { items, levels } = greys(5);
    const path = join(folder(), "broken.png");
    writeFileSync(path, "no picture");
    const broken = makeItem("broken.png", 0, { kind: "file", path });
    const mixed = [...items.slice(0, 2), broken, ...items.slice(2)];
    await expect(extract(mixed)).rejects.toThrow("broken.png");
    const cacheFolder = folder();
    const cache = () => openCache(cacheFolder, { test: 2 });
    for (let round = 0; round < 2; round++) {
      const features = await extract(mixed, { skipUnreadable: true, cache: await cache() });
      expect(features.unreadable).toEqual([2]);
      expect(features.x.subarray(6, 9)).toEqual(new Float32Array(3).fill(Number.NaN));
      expect(features.x[17]).toBeCloseTo(levels[4]! / 255, 6);
    }
    await expect(extract(mixed, { cache: await cache() })).rejects.toThrow("broken.png");
  });

  it("refuses a network that answers NaN, and caches nothing of it", async () => {
    const { items } = greys(3);
    const cacheFolder = folder();
    const cache = await openCache(cacheFolder, { test: 3 });
    const negative = { ...meanBackbone("Log"), normalisation: { mean: [2, 2, 2], std: [1, 1, 1] } } as const;
    await expect(extract(items, { backbone: negative, cache })).rejects.toThrow(
      "the backbone answers NaN for image 0",
    );
    expect(blocksOf(cacheFolder).files).toEqual([]);
  });

  it("stops when it is told to and goes on from there", async () => {
    const { items, levels } = greys(4 * BLOCK);
    const cacheFolder = folder();
    const stop = new AbortController();
    const running = extract(items, {
      cache: await openCache(cacheFolder, { test: 4 }),
      signal: stop.signal,
      onProgress: ({ done }) => done >= 2 * BLOCK && stop.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
    const kept = blocksOf(cacheFolder).files.length;
    expect(kept).toBeGreaterThanOrEqual(1);
    expect(kept).toBeLessThan(4);
    const features = await extract(items, { cache: await openCache(cacheFolder, { test: 4 }) });
    expect(features.x[4 * BLOCK * 3 - 1]).toBeCloseTo(levels.at(-1)! / 255, 6);
  });
});

describe("the cache under kill -9", () => {
  it("never holds a block that is not whole", async () => {
    const cacheFolder = folder();
    const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const writer = `
      import { openCache } from ${here("./cache.ts")};
      const cache = await openCache(${JSON.stringify(cacheFolder)}, { test: "kill" });
      for (let i = 0; ; i++) {
        cache.write(i, new Float32Array(50_000).fill(i));
        if (i === 0) console.log("ready");
      }`;
    const random = new SeededRandom(9);
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", writer]);
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, random.uniform(5, 45)));
      child.kill("SIGKILL");
      await once(child, "exit");
      const cache = await openCache(cacheFolder, { test: "kill" });
      expect(cache.present.size).toBeGreaterThan(0);
      for (const index of [...cache.present]) {
        expect(await cache.read(index)).toEqual(new Float32Array(50_000).fill(index));
      }
    }
    const { home } = blocksOf(cacheFolder);
    expect(JSON.parse(readFileSync(join(home, "made-from.json"), "utf8"))).toEqual({ test: "kill" });
  });
});

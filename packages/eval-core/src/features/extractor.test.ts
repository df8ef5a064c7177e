/** Shares of features, as several machines make them, are what one machine makes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Dataset, Item } from "../datasets/index.ts";
import { blockPath, type FeatureBlock } from "./cache.ts";
import { openExtractor } from "./extractor.ts";
import { BLOCK, greys, meanBackbone, preprocessing } from "./testing/means.ts";

const manifest = "0".repeat(64);

function datasetOf(train: readonly Item[], test: readonly Item[]): Dataset {
  return {
    ...{ name: "greys", title: "Greys", task: "multi-class", classes: ["grey"], metric: "accuracy" },
    splits: { train, test },
    origin: { source: "here", missing: [] } as unknown as Dataset["origin"],
    manifestHash: async () => manifest,
  };
}

async function extractor() {
  const cacheFolder = mkdtempSync(join(tmpdir(), "shares-"));
  const opened = await openExtractor(meanBackbone(), { device: "cpu", threads: 1, workers: 1, cacheFolder });
  onTestFinished(async () => {
    await opened.close();
    rmSync(cacheFolder, { recursive: true });
  });
  return { cacheFolder, opened };
}

const sorted = (blocks: readonly FeatureBlock[]) => blocks.map((one) => blockPath("", one)).sort();

it("are every block once, the same as of one machine", async () => {
  const { items } = greys(4 * BLOCK + 7);
  const dataset = datasetOf(items.slice(0, 3 * BLOCK + 2), items.slice(3 * BLOCK + 2));
  const options = { preprocessing, manifest };
  const { opened: one } = await extractor();
  const whole = await one.share(dataset, options, { share: 0, of: 1 });
  expect(whole).toHaveLength(6);
  // Splits do not end where shares do.
  const { opened: another } = await extractor();
  const parts: FeatureBlock[] = [];
  for (let share = 0; share < 4; share++) {
    const told: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => told.push(done / total);
    parts.push(...(await another.share(dataset, { ...options, onProgress }, { share, of: 4 })));
    expect(told.at(-1)).toBe(1);
  }
  expect(sorted(parts)).toEqual(sorted(whole));
});

/** Blocks of features on their way from one worker's cache to another's. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvaluationOutcome, JobFound, JobWork } from "@transferboard/prisma";
import { expect, it, onTestFinished } from "vitest";
import { contentStore, folderObjects } from "../../artefacts/index.ts";
import { blockPath, type FeatureBlock, namedBlocks, openCache } from "../../features/cache.ts";
import type { JobInHand } from "../../jobs/index.ts";
import { artefactsIn } from "../../jobs/lease-artefacts.ts";
import { fetchFeatures, sendFeatures } from "./share-features.ts";

const madeFrom = { test: "shares" };
const KEY = "a1a7f7bd2d4bd6ad7d1b37a98b1ee0bd0c3f5fcf0b28f5ea6f2ba9c5e2d1f6a7";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "share-features-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** What a job answers that extracted these blocks. */
function foundOf(blocks: readonly FeatureBlock[]): JobFound {
  const work: JobWork = { kind: "EXTRACTION", setting: "knn", dataset: "digits", share: 0, of: 2 };
  const result = { state: "done", identity: "run", found: blocks };
  const outcome: EvaluationOutcome = { state: "DONE", runs: [], notes: [], result };
  return { work, outcome } as unknown as JobFound;
}

async function setting() {
  const [from, to, store] = [folder(), folder(), folder()];
  const cache = await openCache(from, madeFrom);
  cache.write(3, Float32Array.of(1, 2, 3));
  cache.write(4, Float32Array.of(4, 5, 6));

  const blocks = await namedBlocks(from, madeFrom);
  const artefacts = artefactsIn(contentStore(folderObjects(store)), "worker");
  const { signal } = new AbortController();
  const job = { lease: { artefacts }, tell: () => {}, signal } as unknown as JobInHand;
  return { from, to, store, blocks, artefacts, job };
}

it("puts what another worker sent where a cache finds it", async () => {
  const { from, to, blocks, artefacts, job } = await setting();
  await sendFeatures(artefacts, from, blocks);
  await sendFeatures(artefacts, from, blocks);
  await fetchFeatures(job, to, [foundOf(blocks)]);
  const cache = await openCache(to, madeFrom);
  expect(await Promise.all([3, 4].map((index) => cache.read(index)))).toEqual([
    Float32Array.of(1, 2, 3),
    Float32Array.of(4, 5, 6),
  ]);
});

it("leaves out what nobody keeps, or keeps damaged: it is extracted again", async () => {
  const { from, to, store, blocks, artefacts, job } = await setting();
  await sendFeatures(artefacts, from, blocks);
  const damaged = blocks.find(({ index }) => index === 3)!;

  const kept = readdirSync(store, { recursive: true, encoding: "utf8" }).find((name) =>
    name.endsWith(damaged.sha256),
  );
  writeFileSync(join(store, kept!), "rot");
  const nowhere = { ...damaged, index: 5, sha256: KEY };
  await fetchFeatures(job, to, [foundOf([...blocks, nowhere])]);
  expect([...(await openCache(to, madeFrom)).present]).toEqual([4]);
});

it("takes no path from another worker", async () => {
  const { to, blocks, job } = await setting();
  const escaping = { ...blocks[0]!, key: "../../escaped" };
  await fetchFeatures(job, to, [foundOf([escaping])]);
  expect(blockPath(to, escaping)).not.toContain(`${to}/features`);
  expect([...(await openCache(to, madeFrom)).present]).toEqual([]);
});

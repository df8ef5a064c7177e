/**
 * Features that several workers extracted, by where artefacts are kept: whoever made a share sends its blocks, and whoever goes
 * on from them puts them into its own cache. What cannot be had is extracted again: nothing depends on it but time.
 */
import { existsSync } from "node:fs";
import type { JobFound } from "@transferboard/prisma";
import { ArtefactError } from "../../artefacts/index.ts";
import { blockPath, type FeatureBlock } from "../../features/index.ts";
import type { JobInHand, Lease } from "../../jobs/index.ts";
import { blocksOf } from "./found.ts";

/** @param cache the folder that the blocks are in */
export async function sendFeatures(
  artefacts: Lease["artefacts"],
  cache: string,
  blocks: readonly FeatureBlock[],
): Promise<void> {
  const missing = new Set(await artefacts.missing(blocks.map(({ sha256 }) => sha256)));
  for (const block of blocks) {
    if (missing.delete(block.sha256)) await artefacts.send(block.sha256, blockPath(cache, block));
  }
}

/** @param cache the folder that they are put into */
export async function fetchFeatures(
  { lease: { artefacts }, tell, signal }: JobInHand,
  cache: string,
  found: readonly JobFound[],
): Promise<void> {
  const absent = found
    .flatMap(({ work, outcome }) => blocksOf(work, outcome))
    .filter((block) => !existsSync(blockPath(cache, block)));
  for (const [done, block] of absent.entries()) {
    signal.throwIfAborted();
    tell({ what: "features of other workers", done, total: absent.length });
    try {
      await artefacts.fetch(block.sha256, blockPath(cache, block));
    } catch (error) {
      // What is kept there is damaged.
      if (!(error instanceof ArtefactError)) throw error;
    }
  }
}

/**
 * Removes artefacts that nothing names: what runs made that failed, what was sent and never recorded. What the ledger or the
 * queue names stays, and so does whatever is younger than it takes to record it.
 */
import type { Database } from "@transferboard/prisma";
import type { ContentStore, Kept } from "../artefacts/index.ts";
import { decodeTestSet } from "../record/index.ts";
import { namedAmong, whileNobodyRecords } from "../warehouse/index.ts";

/** Removed under one lock, during which nobody records. */
const AT_ONCE = 200;

export interface CollectOptions {
  readonly olderThanMs: number;
  /** Count only. */
  readonly dryRun: boolean;
  readonly now?: Date;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Collected {
  readonly kept: number;
  readonly removed: number;
  readonly removedBytes: number;
  /** Parts of what was never sent to its end. */
  readonly parts: number;
}

export async function collectArtefacts(
  db: Database,
  content: ContentStore,
  { olderThanMs, dryRun, now = new Date(), onProgress }: CollectOptions,
): Promise<Collected> {
  const isOld = (changedAt: Date) => now.getTime() - changedAt.getTime() > olderThanMs;
  const began = new Date();
  let kept = 0;
  const old: Kept[] = [];
  for await (const one of content.all()) {
    if (isOld(one.changedAt)) old.push(one);
    else kept++;
  }
  const named = await namedAmong(
    db,
    old.map(({ sha256 }) => sha256),
  );
  const garbage: Kept[] = [];
  for (const one of old) {
    if (named.has(one.sha256) || (await isTestSet(content, one))) kept++;
    else garbage.push(one);
  }
  let removed = 0;
  let removedBytes = 0;
  for (let i = 0; i < garbage.length; i += AT_ONCE) {
    const batch = garbage.slice(i, i + AT_ONCE);
    await whileNobodyRecords(db, async (tx) => {
      // What was recorded since we looked. A minute for clocks that differ.
      const since = new Date(began.getTime() - 60_000);
      const meanwhile = await namedAmong(
        tx,
        batch.map(({ sha256 }) => sha256),
        since,
      );
      for (const { sha256, bytes } of batch) {
        if (meanwhile.has(sha256)) {
          kept++;
          continue;
        }
        if (!dryRun) await content.remove(sha256);
        removed++;
        removedBytes += bytes;
      }
    });
    onProgress?.(Math.min(i + AT_ONCE, garbage.length), garbage.length);
  }
  let parts = 0;
  for await (const { key, changedAt } of content.unfinished()) {
    if (!isOld(changedAt)) continue;
    if (!dryRun) await content.removePart(key);
    parts++;
  }
  return { kept, removed, removedBytes, parts };
}

/** A file of predictions names its test set, inside: such a file is small, and stays. */
const MOST_TEST_SET_BYTES = 200_000_000;
async function isTestSet(content: ContentStore, { sha256, bytes }: Kept): Promise<boolean> {
  if (bytes > MOST_TEST_SET_BYTES) return false;
  const data = await content.bytes(sha256);
  if (data === undefined) return false;
  try {
    decodeTestSet(data);
    return true;
  } catch {
    return false;
  }
}

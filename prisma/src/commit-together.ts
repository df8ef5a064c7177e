/**
 * Many small commits a second, none lost. Events of the audit log are written in one order, so a commit that waits for
 * the disk while it holds its place makes all others wait too: one flush each, one after another. Here the commit does
 * not wait; the flush comes after it, outside the order, and one flush serves all who wait for it.
 */
import type { Database, TransactionClient } from "./client.ts";

/**
 * As `db.$transaction(work)`. When it resolves, what was written is on disk; until then nobody has been promised
 * anything. Whatever builds on it meanwhile is flushed after it, never without it: the log is written in order.
 */
export async function commitTogether<T>(
  db: Database,
  work: (tx: TransactionClient) => Promise<T>,
  options: { maxWait?: number; timeout?: number } = {},
): Promise<T> {
  const result = await db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL synchronous_commit = off`;
    return work(tx);
  }, options);
  // The smallest transaction that writes something, whose commit waits for the disk: the log up to here is on it then.
  await db.$executeRaw`SELECT pg_logical_emit_message(true, 'transferboard', '')`;
  return result;
}

/** A transaction in somebody's name: what it changes is in the audit log as theirs. */
import type { TransactionClient } from "@transferboard/prisma";
import type { Viewer } from "../modules/account/viewer.ts";
import type { Database } from "./database.ts";

export function transactAs<T>(
  { prisma }: Pick<Database, "prisma">,
  { accountId }: Pick<Viewer, "accountId">,
  work: (tx: TransactionClient) => Promise<T>,
  timeoutMs = 15_000,
): Promise<T> {
  return prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`select set_config('transferboard.account', ${String(accountId)}, true)`;
      return work(tx);
    },
    { timeout: timeoutMs, maxWait: 10_000 },
  );
}

/** Whether Postgres refused a second row with the same key. */
export function isDuplicate(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "P2002";
}

/**
 * Transactions that two processes may run at once: the one that lost a race tries again and finds the other's rows. A
 * guard runs first in each, and ends it where whoever writes may no longer.
 */
import { type Database, Prisma, type TransactionClient } from "@transferboard/prisma";

const UNIQUE_VIOLATION = "P2002";
const WRITE_CONFLICT = "P2034";

const isRace = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  (error.code === UNIQUE_VIOLATION || error.code === WRITE_CONFLICT);

/**
 * Throws where what is about to be written is not the writer's any more.
 * @param ending only that a run ended is written
 */
export type Guard = (tx: TransactionClient, ending: boolean) => Promise<void>;

export async function inTransaction<T>(
  db: Database,
  work: (tx: TransactionClient) => Promise<T>,
  guard?: Guard,
  ending = false,
): Promise<T> {
  const guardedWork = async (tx: TransactionClient) => {
    await guard?.(tx, ending);
    return work(tx);
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(guardedWork, { maxWait: 10_000, timeout: 60_000 });
    } catch (error) {
      if (!isRace(error) || attempt === 3) throw error;
    }
  }
}

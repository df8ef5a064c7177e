/** Transactions that two processes may run at once: the one that lost a race tries again and finds the other's rows. */
import { type Database, Prisma, type TransactionClient } from "@transferboard/prisma";

const UNIQUE_VIOLATION = "P2002";
const WRITE_CONFLICT = "P2034";

const isRace = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  (error.code === UNIQUE_VIOLATION || error.code === WRITE_CONFLICT);

export async function inTransaction<T>(
  db: Database,
  work: (tx: TransactionClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(work, { maxWait: 10_000, timeout: 60_000 });
    } catch (error) {
      if (!isRace(error) || attempt === 3) throw error;
    }
  }
}

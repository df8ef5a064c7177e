/**
 * What may be done to the ledger besides adding to it: correct a value by one that supersedes it, and retract a
 * value. Who may do it is the caller's to decide; verify.ts verifies that nobody did anything else.
 */
import { Prisma } from "../../generated/client/client.ts";
import type { Database, TransactionClient } from "../client.ts";

export type LedgerFault = "NOT_FOUND" | "ALREADY_CORRECTED" | "ALREADY_RETRACTED" | "REFUSED";

/** The ledger does not take it; `fault` says which kind of reason, the message which one. */
export class LedgerError extends Error {
  override name = "LedgerError";
  readonly fault: LedgerFault;

  constructor(fault: LedgerFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Names the acting account for every audit event of the transaction. */
export async function actAs(tx: TransactionClient, accountId: number): Promise<void> {
  await tx.$executeRaw`SELECT set_config('transferboard.account', ${String(accountId)}, true)`;
}

const isUnique = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** The sentence of a trigger or a check, without Prisma's frame around it. */
function refusal(error: unknown): string | null {
  const message = error instanceof Error ? error.message : "";
  return (
    /(result \d+ cannot [^`"\n]+|a value of [^`"\n]+ is out of the bounds [^`"\n]+)/.exec(message)?.[1] ??
    null
  );
}

export interface Correction {
  resultId: bigint;
  accountId: number;
  value: number;
  interval?: { lower: number; upper: number } | null;
  sampleSize?: number | null;
  /** Where the right value comes from: "Table 1, second printing". */
  source: string;
}

/** Adds the right value of a result; the wrong one stays, superseded. Returns the new entry's id. */
export async function correctResult(db: Database, correction: Correction): Promise<bigint> {
  const { resultId, accountId, value, interval = null, sampleSize = null, source } = correction;
  try {
    return await db.$transaction(async (tx) => {
      await actAs(tx, accountId);
      const old = await tx.result.findUnique({ where: { id: resultId }, include: { supersededBy: true } });
      if (!old) throw new LedgerError("NOT_FOUND", `There is no result ${resultId}.`);
      if (old.supersededBy) {
        throw new LedgerError(
          "ALREADY_CORRECTED",
          `Result ${resultId} was corrected by ${old.supersededBy.id}: correct that one.`,
        );
      }
      const {
        methodId,
        checkpointId,
        measureId,
        provenance,
        protocolFingerprint,
        runId,
        submissionId,
        seeds,
      } = old;
      const kept = {
        methodId,
        checkpointId,
        measureId,
        provenance,
        protocolFingerprint,
        runId,
        submissionId,
        seeds,
      };
      const bounds = { intervalLower: interval?.lower ?? null, intervalUpper: interval?.upper ?? null };
      const { id } = await tx.result.create({
        data: { ...kept, ...bounds, value, sampleSize, source, supersedesId: resultId },
        select: { id: true },
      });
      return id;
    });
  } catch (error) {
    if (isUnique(error)) {
      throw new LedgerError("ALREADY_CORRECTED", `Result ${resultId} was corrected by another just now.`, {
        cause: error,
      });
    }
    const sentence = refusal(error);
    if (sentence) throw new LedgerError("REFUSED", `${sentence}.`, { cause: error });
    throw error;
  }
}

/** Leaves a tombstone: who, why, and what replaces the result. */
export async function retractResult(
  db: Database,
  retraction: { resultId: bigint; accountId: number; reason: string; replacementId?: bigint | null },
): Promise<void> {
  const { resultId, accountId, reason, replacementId = null } = retraction;
  try {
    await db.$transaction(async (tx) => {
      await actAs(tx, accountId);
      if (!(await tx.result.findUnique({ where: { id: resultId }, select: { id: true } }))) {
        throw new LedgerError("NOT_FOUND", `There is no result ${resultId}.`);
      }
      await tx.retraction.create({
        data: { resultId, accountId, reason, replacementId },
        select: { resultId: true },
      });
    });
  } catch (error) {
    if (isUnique(error)) {
      throw new LedgerError("ALREADY_RETRACTED", `Result ${resultId} is retracted already.`, {
        cause: error,
      });
    }
    const sentence = refusal(error);
    if (sentence) throw new LedgerError("REFUSED", `${sentence}.`, { cause: error });
    throw error;
  }
}

/** Where the ledger stands: `position` grows with every change of it; a board as of `moment` never changes again. */
export async function ledgerPosition(db: Database): Promise<{ position: bigint; moment: Date | null }> {
  const [row] = await db.$queryRaw<{ position: bigint; moment: Date | null }[]>`
    SELECT ledger AS position, ledger_moment() AS moment FROM ledger_position`;
  return row ?? { position: 0n, moment: null };
}

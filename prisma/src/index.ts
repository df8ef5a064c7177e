/** The warehouse's database: client, migrations, seed, the embedded server. Nothing else imports @prisma/*. */

export { Prisma, PrismaClient } from "../generated/client/client.ts";
export * from "../generated/client/enums.ts";
export { type Dumped, dump } from "./backup/dump.ts";
export { type CheckedDump, checkDump } from "./backup/read.ts";
export { type Restored, restore } from "./backup/restore.ts";
export {
  applicationUrl,
  type ConnectOptions,
  connect,
  type Database,
  type TransactionClient,
} from "./client.ts";
export { commitTogether } from "./commit-together.ts";
export { type DatabaseLocation, databaseUrl, stateFile, stateFolder } from "./discover.ts";
export { DatabaseError } from "./error.ts";
export {
  actAs,
  type Correction,
  correctResult,
  LedgerError,
  type LedgerFault,
  ledgerPosition,
  retractResult,
} from "./ledger/ledger.ts";
export { type AuditReport, verifyAuditChain } from "./ledger/verify.ts";
export { migrate, migrationState } from "./migrate.ts";
export { applicationRole, databaseName, queueName, queueSchema } from "./names.ts";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres/index.ts";
export { type Attempt, type Claim, type End, type Hold, LeaseLost, type Taker } from "./queue/attempts.ts";
export {
  type DividedJob,
  dividedJob,
  type EvaluationOutcome,
  type EvaluationRequest,
  evaluationOutcome,
  evaluationRequest,
  type JobProgress,
  type JobWork,
  jobAsSent,
  jobProgress,
} from "./queue/payload.ts";
export type { EvaluationJob, JobFound, PlannedJob, Taken } from "./queue/plan.ts";
export {
  type EvaluationQueue,
  openQueue,
  type QueueOptions,
  type RequestedEvaluation,
} from "./queue/queue.ts";
export { type Seeded, seed } from "./seed/index.ts";
export { encodingFault } from "./server-fit.ts";
export { createToken, findToken, hashToken, newToken, type TokenRequest } from "./tokens.ts";

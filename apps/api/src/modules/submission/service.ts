/** Offering results, deciding on them, taking them back: the rules, and what is written. */
import type { Prisma, TransactionClient } from "@transferboard/prisma";
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import type { Context } from "../../context.ts";
import { isDuplicate, transactAs } from "../../database/transact.ts";
import { BadInput, Conflict, NotAuthorized, NotFound } from "../../errors.ts";
import { isUuid, uuidv7 } from "../../uuid.ts";
import { requireViewer } from "../account/require.ts";
import type { Viewer } from "../account/viewer.ts";
import type { SubmissionBody } from "./body.ts";
import type { RankChange } from "./changes.ts";
import { check } from "./check.ts";
import { type Fault, InvalidSubmission } from "./faults/fault.ts";
import { type Format, readDraft } from "./formats/index.ts";
import { changesBy } from "./pending.ts";
import { plausibilityOfTable } from "./plausibility/table.ts";
import { publish } from "./publish.ts";
import type { TableBody } from "./table/body.ts";
import { keepFiles } from "./table/keep.ts";
import { TABLE_MS } from "./table/publish.ts";
import { isMtebs, readTable, type Told } from "./table/read.ts";
import { warningsOfTable } from "./table/warnings.ts";

export type SubmissionRow = Prisma.SubmissionGetPayload<object>;

export interface Offer {
  readonly idempotencyKey: string;
  /** One of our own formats, or the name of one of the field's. */
  readonly format: Format | { readonly table: string };
  readonly content: string;
  readonly dryRun: boolean;
  /** Of a card with several models: the one that is meant. */
  readonly model?: string | null | undefined;
  /** Of a table: what its files do not say themselves. */
  readonly told?: Told;
  /** Of a table: whether it is somebody else's published one, which an operator brings. */
  readonly published?: boolean;
}

export interface Offered {
  readonly submission: SubmissionRow | null;
  readonly warnings: readonly Fault[];
  readonly changes: () => Promise<RankChange[]>;
  /** Whether this is the first answer to this key. */
  readonly created: boolean;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Checks and records a submission; with `dryRun` only checks. @throws InvalidSubmission, Conflict, NotAuthorized. */
export async function submit(offer: Offer, context: Context): Promise<Offered> {
  const viewer = await requireViewer(context, "SUBMIT");
  if (!KEY.test(offer.idempotencyKey)) {
    throw new BadInput("'idempotencyKey' must be 1 to 200 printable letters without spaces, such as a UUID.");
  }
  const { catalogue } = await context.snapshot();
  if (typeof offer.format === "object") return offerTable(offer, offer.format.table, viewer, context);
  if (offer.format === "MTEB" && isMtebs(offer.content)) return offerTable(offer, "mteb", viewer, context);
  const draft = readDraft(offer.format, offer.content, catalogue, {
    model: offer.model ?? undefined,
  });
  const { body, faults } = await check(draft, context);
  if (!body || faults.some(({ severity }) => severity === "ERROR")) throw new InvalidSubmission(faults);
  const answer = { warnings: faults, changes: () => changesBy(body, context) };
  if (offer.dryRun) return { ...answer, submission: null, created: false };
  return { ...answer, ...(await record(offer.idempotencyKey, body, viewer, context)) };
}

/** A table's body as it would be recorded, or recorded with its files. @throws InvalidSubmission */
async function offerTable(offer: Offer, format: string, viewer: Viewer, context: Context): Promise<Offered> {
  if (offer.published && !viewer.can("ADMIN")) {
    throw new NotAuthorized(
      "Somebody else's published table is brought by an operator: the scope ADMIN is needed.",
    );
  }
  const { catalogue } = await context.snapshot();
  const told = { ...offer.told, ...(offer.model != null && { model: offer.model }) };
  const provenance = offer.published ? "PUBLISHED" : "SELF_REPORTED";
  const { body, files } = readTable(format, offer.content, told, provenance, catalogue);
  const doubts = await plausibilityOfTable(body, context);
  const isWrong = ({ severity }: Fault) => severity === "ERROR";
  if (doubts.some(isWrong)) {
    throw new InvalidSubmission(doubts.toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a))));
  }
  const answer = { warnings: warningsOfTable(body, doubts), changes: () => Promise.resolve([]) };
  if (offer.dryRun) return { ...answer, submission: null, created: false };
  await keepFiles(files, context.db);
  return { ...answer, ...(await record(offer.idempotencyKey, body, viewer, context)) };
}

/**
 * Recording takes the audit log's order, which a commit that waits for the disk would hold until then. So this commit
 * does not wait, and the flush after it serves everybody who came meanwhile (as commitTogether does, in one statement
 * less); nothing is answered before it.
 */
const RECORD = `with unhurried as (select set_config('synchronous_commit', 'off', true))
  insert into submission (id, account_id, idempotency_key, body_hash, body)
  select $5::uuid, $1::int, $2, $3, $4::jsonb from unhurried
  on conflict (account_id, idempotency_key) do nothing returning id::text as id`;
const FLUSH = "select pg_logical_emit_message(true, 'transferboard', '')::text as flushed";

/** One row a key: a second one with the same key finds the first. */
async function record(key: string, body: SubmissionBody | TableBody, { accountId }: Viewer, { db }: Context) {
  // Through JSON, so that what has no value has no key: the hash is of the body as it is kept, in whatever order.
  const kept = JSON.stringify(body);
  const bodyHash = fingerprint(JSON.parse(kept));
  const values = [accountId, key, bodyHash, kept, uuidv7()];
  const [made] = await db.sql<{ id: string }>(RECORD, values);
  await db.sql(FLUSH);
  const submission = await db.prisma.submission.findUniqueOrThrow({
    where: made ? { id: made.id } : { accountId_idempotencyKey: { accountId, idempotencyKey: key } },
  });
  if (submission.bodyHash.trim() !== bodyHash) {
    throw new Conflict(
      "This idempotency key was used for another submission: choose a new key for a new one.",
    );
  }
  return { submission, created: made !== undefined };
}

/** Theirs to the submitter, all to reviewers. */
export const visibleTo = (viewer: Viewer): Prisma.SubmissionWhereInput =>
  viewer.can("REVIEW") ? {} : { accountId: viewer.accountId };

async function conflictOrMissing(id: string, viewer: Viewer, { db }: Context): Promise<never> {
  const submission = isUuid(id)
    ? await db.prisma.submission.findFirst({
        where: { id, ...visibleTo(viewer) },
        include: { decidedBy: { select: { name: true } } },
      })
    : null;
  if (!submission) throw new NotFound("There is no submission of yours with this id.");
  if (submission.status === "PENDING") throw new Conflict("Nobody decides on a submission of their own.");
  const by = submission.decidedBy ? ` by ${submission.decidedBy.name}` : "";
  throw new Conflict(`The submission is already ${submission.status.toLowerCase()}${by}.`);
}

export interface Decision {
  readonly id: string;
  readonly verdict: "ACCEPT" | "REJECT";
  readonly reason: string;
}

/** One reviewer wins; the others are told. Accepting writes the method, its checkpoint and the values, or nothing. */
export async function review({ id, verdict, reason }: Decision, context: Context): Promise<SubmissionRow> {
  const viewer = await requireViewer(context, "REVIEW");
  if (!isUuid(id)) throw new NotFound("There is no submission of yours with this id.");
  const decide = async (tx: TransactionClient) => {
    const { count } = await tx.submission.updateMany({
      where: { id, status: "PENDING", accountId: { not: viewer.accountId } },
      data: {
        status: verdict === "ACCEPT" ? "ACCEPTED" : "REJECTED",
        decidedAt: new Date(),
        decidedById: viewer.accountId,
        reason,
      },
    });
    if (count === 0) return null;
    const submission = await tx.submission.findUniqueOrThrow({ where: { id } });
    if (verdict === "ACCEPT") await publish(submission, tx);
    return submission;
  };
  const decided = await transactAs(context.db, viewer, decide, TABLE_MS).catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
    throw new Conflict(
      "Something that this submission adds was added by another one meanwhile: review it again.",
    );
  });
  return decided ?? (await conflictOrMissing(id, viewer, context));
}

/** The submitter's own, while it is pending. */
export async function withdraw(id: string, reason: string | null, context: Context): Promise<SubmissionRow> {
  const viewer = await requireViewer(context, "SUBMIT");
  if (!isUuid(id)) throw new NotFound("There is no submission of yours with this id.");
  const withdrawn = await transactAs(context.db, viewer, async (tx) => {
    const { count } = await tx.submission.updateMany({
      where: { id, status: "PENDING", accountId: viewer.accountId },
      data: { status: "WITHDRAWN", decidedAt: new Date(), decidedById: viewer.accountId, reason },
    });
    return count === 0 ? null : tx.submission.findUniqueOrThrow({ where: { id } });
  });
  return withdrawn ?? (await conflictOrMissing(id, viewer, context));
}

/** A tombstone for an entry of the ledger. */
export async function retract(
  input: { readonly id: string; readonly reason: string; readonly replacement: string | null },
  context: Context,
) {
  const viewer = await requireViewer(context, "REVIEW");
  const parse = (text: string) => (/^\d{1,18}$/.test(text) ? BigInt(text) : null);
  const id = parse(input.id);
  const found = id === null ? null : await context.db.prisma.result.findUnique({ where: { id } });
  if (id === null || !found) throw new NotFound("There is no entry of the ledger with this id.");
  const replacementId = input.replacement === null ? null : parse(input.replacement);
  const replacement =
    replacementId === null
      ? null
      : await context.db.prisma.result.findUnique({ where: { id: replacementId } });
  const fits = replacement?.measureId === found.measureId && replacement.methodId === found.methodId;
  if (input.replacement !== null && (!fits || replacementId === id)) {
    throw new NotFound("The replacement must be another entry of the same measure and method.");
  }
  const { count } = await transactAs(context.db, viewer, (tx) =>
    tx.retraction.createMany({
      data: [{ resultId: id, accountId: viewer.accountId, reason: input.reason, replacementId }],
      skipDuplicates: true,
    }),
  );
  if (count === 0) throw new Conflict("This entry is already retracted.");
  return found;
}

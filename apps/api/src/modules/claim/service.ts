/**
 * Stating claims, and finding out at which changes of the ledger their state changed. A state is a function of the ledger's
 * position: whoever asks first after a change evaluates it, and what was found is kept.
 */
import {
  type Assertion,
  assertionOf,
  ClaimError,
  type ClaimState,
  claimState,
  parseClaim,
  type Question,
} from "@transferboard/eval-core/record";
import type { Prisma } from "@transferboard/prisma";
import type { Context } from "../../context.ts";
import { isDuplicate, transactAs } from "../../database/transact.ts";
import { BadInput, Conflict } from "../../errors.ts";
import { uuidv7 } from "../../uuid.ts";
import { requireViewer } from "../account/require.ts";
import { answerQuestion, answerStored } from "./answer.ts";

export type ClaimRow = Prisma.ClaimGetPayload<{
  include: { account: true; events: { include: { event: true } } };
}>;

const INCLUDE = {
  account: true,
  events: { include: { event: true }, orderBy: { eventId: "asc" } },
} as const satisfies Prisma.ClaimInclude;

/** More claims than people could read are refused. */
const MOST_CLAIMS = 1_000;
/** Changes of the ledger that one request evaluates a claim at; the next one goes on. */
const MOST_AT_ONCE = 200;

export async function stateClaim(text: string, context: Context): Promise<ClaimRow> {
  const viewer = await requireViewer(context, "SUBMIT");
  const { db } = context;
  const { question, statement } = parsed(text);
  const { answer, reason } = await answerQuestion(question, null, context);
  const assertion = asserted(() => assertionOf(statement, answer), reason);
  if ((await db.prisma.claim.count()) >= MOST_CLAIMS) {
    throw new Conflict(`The record holds ${MOST_CLAIMS} claims, which is as many as it watches.`);
  }
  const id = uuidv7();
  const clean = text.trim().replace(/\s+/g, " ");
  try {
    await transactAs(db, viewer, (tx) =>
      tx.claim.create({
        data: {
          id,
          accountId: viewer.accountId,
          text: clean,
          question: { ...question },
          assertion: { ...assertion },
        },
      }),
    );
  } catch (error) {
    if (isDuplicate(error)) throw new Conflict("This claim is stated already.");
    throw error;
  }
  const row = await db.prisma.claim.findUniqueOrThrow({ where: { id }, include: INCLUDE });
  return (await caughtUp([row], context))[0]!;
}

function parsed(text: string) {
  try {
    return parseClaim(text);
  } catch (error) {
    throw error instanceof ClaimError ? new BadInput(error.message) : error;
  }
}

function asserted(make: () => Assertion, reason: string | null): Assertion {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ClaimError)) throw error;
    throw new BadInput(reason === null ? error.message : `${error.message} ${reason}`);
  }
}

/** All claims, the newest first, with every change of their state up to now. */
export async function allClaims(context: Context): Promise<ClaimRow[]> {
  const rows = await context.db.prisma.claim.findMany({ orderBy: { id: "desc" }, include: INCLUDE });
  return caughtUp(rows, context);
}

export async function oneClaim(id: string, context: Context): Promise<ClaimRow | null> {
  const row = await context.db.prisma.claim.findUnique({ where: { id }, include: INCLUDE });
  return row && (await caughtUp([row], context))[0]!;
}

interface LedgerEvent {
  readonly id: string;
  /** The event's moment, rounded up to a millisecond. */
  readonly at: Date;
}

/** The ledger's changes after an event, or the last one where that is 0: what a new claim begins with. */
const CHANGES = `with last as (select max(id) as id from audit_event where action in ('results.recorded', 'result.retracted'))
  select e.id::text, date_trunc('milliseconds', e.at) + interval '1 millisecond' as at
  from audit_event e, last
  where e.action in ('results.recorded', 'result.retracted')
    and case when $1::bigint = 0 then e.id = last.id else e.id > $1::bigint end
  order by e.id limit ${MOST_AT_ONCE}`;

/** What was found of a claim: the events that are new, and up to which change of the ledger. */
interface Found {
  readonly claimId: string;
  readonly changes: readonly Prisma.ClaimEventCreateManyInput[];
  readonly upTo: string;
}

/** A request that was slower than another takes nothing of it back. */
const PROGRESS = `insert into claim_progress (claim_id, event_id)
  select * from unnest($1::uuid[], $2::bigint[])
  on conflict (claim_id) do update set event_id = greatest(claim_progress.event_id, excluded.event_id)`;

/** Claims that were evaluated up to the same change read the ledger's changes once, and all are written at once. */
async function caughtUp(rows: readonly ClaimRow[], context: Context): Promise<ClaimRow[]> {
  const { db } = context;
  const { position } = await context.snapshot();
  const ids = rows.map(({ id }) => id);
  const stored = await db.prisma.claimProgress.findMany({ where: { claimId: { in: ids } } });
  const progress = new Map(stored.map(({ claimId, eventId }) => [claimId, eventId]));
  const behind = Map.groupBy(rows, ({ id }) => progress.get(id) ?? 0n);
  const found: Found[] = [];
  for (const [from, claims] of behind) {
    if (from >= BigInt(position)) continue;
    const events = await db.sql<LedgerEvent>(CHANGES, [String(from)]);
    if (events.length === 0) continue;
    for (const claim of claims) found.push(await evaluate(claim, events, context));
  }
  if (found.length === 0) return [...rows];
  // Two requests that evaluate at once find the same, and the second adds nothing.
  await db.prisma.$transaction([
    db.prisma.claimEvent.createMany({ data: found.flatMap(({ changes }) => changes), skipDuplicates: true }),
    db.prisma.$executeRawUnsafe(
      PROGRESS,
      found.map(({ claimId }) => claimId),
      found.map(({ upTo }) => upTo),
    ),
  ]);
  return db.prisma.claim.findMany({
    where: { id: { in: ids } },
    orderBy: { id: "desc" },
    include: INCLUDE,
  });
}

async function evaluate(row: ClaimRow, events: readonly LedgerEvent[], context: Context): Promise<Found> {
  let state: ClaimState | null = lowerState(row.events.at(-1)?.state);
  const changes: Prisma.ClaimEventCreateManyInput[] = [];
  for (const { id, at } of events) {
    const { answer, reason } = await answerStored(row.question as unknown as Question, new Date(at), context);
    const now = claimState(row.assertion as unknown as Assertion, answer);
    if (now === state) continue;
    state = now;
    changes.push({
      claimId: row.id,
      eventId: BigInt(id),
      state: now.toUpperCase() as Uppercase<ClaimState>,
      value: answer?.value ?? null,
      lower: answer?.interval?.lower ?? null,
      upper: answer?.interval?.upper ?? null,
      reason,
    });
  }
  return { claimId: row.id, changes, upTo: events.at(-1)!.id };
}

const lowerState = (state: string | undefined): ClaimState | null =>
  state === undefined ? null : (state.toLowerCase() as ClaimState);

/**
 * Whether the record is as it was written: the audit chain by its hashes, every row against its events, and what
 * stands for itself by a hash of its own. What this cannot find is told in docs/tutorial.md.
 */
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import type { Database, TransactionClient } from "../client.ts";

export interface AuditReport {
  /** How many events the chain holds. */
  events: bigint;
  /** The last event's hash: kept elsewhere, it shows later whether events were cut off the end. */
  head: string | null;
  /** What does not agree, a sentence each; empty where all is well. */
  faults: string[];
}

/** So many are told of each kind. */
const MOST_FAULTS = 100;
/** Bodies of submissions can be megabytes: so many are held at once. */
const BODIES_AT_ONCE = 20;
const PROTOCOLS_AT_ONCE = 200;

/** Reads all of the record, in one snapshot. For `transferboard doctor`. */
export async function verifyAuditChain(db: Database): Promise<AuditReport> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      const last = await tx.auditEvent.findFirst({ orderBy: { id: "desc" }, select: { hash: true } });
      const events = await tx.auditEvent.count();
      return { events: BigInt(events), head: last?.hash ?? null, faults: await recordFaults(tx) };
    },
    { isolationLevel: "RepeatableRead", timeout: 3_600_000 },
  );
}

/** What does not agree, as the transaction sees it. */
export async function recordFaults(tx: TransactionClient): Promise<string[]> {
  const chain = await tx.$queryRaw<
    { fault: string }[]
  >`SELECT fault FROM audit_faults() LIMIT ${MOST_FAULTS}`;
  const rows = await tx.$queryRaw<
    { fault: string }[]
  >`SELECT fault FROM record_faults() LIMIT ${MOST_FAULTS}`;
  const told = [...chain, ...rows].map(({ fault }) => fault);
  return [...told, ...(await protocolFaults(tx)), ...(await submissionFaults(tx))];
}

/** A protocol's name is the hash of what it says. */
async function protocolFaults(tx: TransactionClient): Promise<string[]> {
  const faults: string[] = [];
  let after = "";
  for (;;) {
    const page = await tx.protocol.findMany({
      where: { fingerprint: { gt: after } },
      orderBy: { fingerprint: "asc" },
      take: PROTOCOLS_AT_ONCE,
      select: { fingerprint: true, body: true },
    });
    for (const { fingerprint: named, body } of page) {
      if (fingerprint(body) !== named.trim())
        faults.push(`protocol ${named} was changed: its body has another fingerprint`);
    }
    const last = page.at(-1);
    if (!last || faults.length >= MOST_FAULTS) return faults;
    after = last.fingerprint;
  }
}

async function submissionFaults(tx: TransactionClient): Promise<string[]> {
  const faults: string[] = [];
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const page = await tx.submission.findMany({
      where: { id: { gt: after } },
      orderBy: { id: "asc" },
      take: BODIES_AT_ONCE,
      select: { id: true, bodyHash: true, body: true },
    });
    for (const { id, bodyHash, body } of page) {
      if (fingerprint(body) !== bodyHash.trim())
        faults.push(`the body of submission ${id} was changed: its hash is another`);
    }
    const last = page.at(-1);
    if (!last || faults.length >= MOST_FAULTS) return faults;
    after = last.id;
  }
}

/** Implausible values of the ledger, and what reviewers decided of them: for the command, which asks no server. */
import type { Database } from "@transferboard/prisma";
import {
  findingKey,
  type LedgerFinding,
  type LedgerRow,
  type LedgerTable,
  ledgerFindings,
  ledgerTableOf,
} from "../record/index.ts";

/** The values that boards show, with what the catalogue knows of measures and datasets. */
async function readTable(db: Database): Promise<LedgerTable> {
  const rows = await db.$queryRaw<
    LedgerRow[]
  >`SELECT * FROM plausible_value ORDER BY method_id, place, measure`;
  const measures = await db.measure.findMany({
    select: { slug: true, metric: { select: { lower: true, upper: true } } },
    orderBy: [{ position: "asc" }, { id: "asc" }],
  });
  const datasets = await db.dataset.findMany({ select: { slug: true, testSize: true, classCount: true } });
  return ledgerTableOf(rows, measures, datasets);
}

/** Findings that no reviewer has decided of, and how many others there are. */
export async function openFindings(
  db: Database,
  onMethod?: (done: number, total: number) => void,
): Promise<{ readonly open: readonly LedgerFinding[]; readonly decided: number }> {
  const table = await readTable(db);
  const decisions = await db.findingDecision.findMany();
  const settled = new Set(decisions.map(findingKey));
  const all = ledgerFindings(table, onMethod);
  const open = all.filter((finding) => !settled.has(findingKey(finding)));
  return { open, decided: all.length - open.length };
}

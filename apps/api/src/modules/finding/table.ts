/** The values that boards show as plain data, for a thread that holds each method's against all others'. */
import { type LedgerRow, type LedgerTable, ledgerTableOf } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";

const TEXT = "select * from plausible_value order by method_id, place, measure";

export async function ledgerTable(context: Context): Promise<LedgerTable> {
  const { catalogue } = await context.snapshot();
  const rows = await context.db.sql<LedgerRow>(TEXT, []);
  return ledgerTableOf(rows, catalogue.measures, catalogue.datasets);
}

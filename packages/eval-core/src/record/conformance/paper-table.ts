/** The paper's 14 methods by 86 measures: the ledger that the goldens of this room were made against. */
import { fileURLToPath } from "node:url";
import { GoldenFolder } from "../../conformance/index.ts";

export const SHIPPED = new URL("../../../golden/record/", import.meta.url);

export interface PaperTable {
  readonly methods: readonly string[];
  readonly measures: readonly string[];
  /** [method, measure] in the metrics' units. */
  readonly values: readonly (readonly number[])[];
}

/** A folder of goldens may bring its own table; the published one ships. */
export function paperTable(folder: GoldenFolder): PaperTable {
  const from = folder.has("paper_table.json") ? folder : new GoldenFolder(fileURLToPath(SHIPPED));
  return from.json<PaperTable>("paper_table.json");
}

/**
 * Where a board's numbers come from. A small warehouse is read whole, entries and all, once a position; of a large one
 * only the values are, by the column, and the entries of a page when somebody looks at it.
 */
import type { Measure, Method } from "../catalogue/entities.ts";
import type { Snapshot } from "../catalogue/load.ts";
import type { LedgerCache } from "./cache.ts";
import { type CellFilter, type Cells, toCells } from "./cells.ts";
import { type Columns, columnsOf, type Protocols, protocolsOf } from "./columns.ts";
import { byReadout, comparedUnder, type ReadoutChoice, type RowMethod } from "./readouts.ts";

/** Methods times measures of the warehouse up to which all entries are read. */
const MOST_CELLS_WHOLE = 20_000;

export interface SourceQuestion {
  readonly measures: readonly Measure[];
  readonly filter?: CellFilter | null | undefined;
  readonly asOf?: Date | null | undefined;
  /** Which of a method's readouts are shown; the newest value unless told. */
  readonly readouts?: ReadoutChoice | null | undefined;
}

export interface Source {
  readonly columns: Columns;
  /** The rows, by name, where a method has several of them. */
  readonly rows: readonly RowMethod[] | null;
  /** The cells of these methods, with everything that is known of them. At most one statement. */
  readonly cells: (methods: readonly Method[]) => Promise<Cells>;
  /** The protocols of all shown values. At most one statement. */
  readonly protocols: () => Protocols | Promise<Protocols>;
}

/** At most one statement. */
export async function openSource(
  ledger: LedgerCache,
  at: Snapshot,
  question: SourceQuestion,
): Promise<Source> {
  const { measures, asOf, readouts } = question;
  const filter = question.filter ?? {};
  const ids = measures.map(({ id }) => id);
  const { catalogue } = at;
  if (readouts || catalogue.methods.length * catalogue.measures.length <= MOST_CELLS_WHOLE) {
    const all = await ledger.entries(at, measures, asOf);
    const { entries, rows } = readouts ? byReadout(all, readouts, catalogue) : { entries: all, rows: null };
    const cells = toCells(entries, filter);
    // Readouts that are chosen from, or stand side by side, are there to be compared.
    const protocols = protocolsOf(cells, ids, ...(readouts ? [comparedUnder(entries)] : []));
    return {
      columns: columnsOf(cells, ids),
      rows,
      cells: async () => cells,
      protocols: () => protocols,
    };
  }
  return {
    columns: await ledger.columns(at, measures, { filter, asOf }),
    rows: null,
    cells: async (methods) => toCells(await ledger.entriesOf(at, measures, methods, asOf), filter),
    protocols: () => ledger.protocols(at, measures, { filter, asOf }),
  };
}

/**
 * From live entries to cells: one value a method and measure. Of several live entries the one of the highest
 * standing is shown (REPRODUCED, then PUBLISHED, then SELF_REPORTED), of equals the newest; a claim stays visible
 * beside its reproduction.
 */
import type { Provenance } from "../catalogue/entities.ts";
import type { Entry } from "./entries.ts";

export interface CellFilter {
  readonly provenance?: readonly Provenance[] | null | undefined;
  readonly protocol?: readonly string[] | null | undefined;
}

export interface CellValue {
  readonly entry: Entry;
  /** The newest published or self-reported entry. */
  readonly claim: Entry | null;
  /** The newest entry that a run of our own measured. */
  readonly reproduction: Entry | null;
}

/** measure id -> method id -> cell. */
export type Cells = ReadonlyMap<number, ReadonlyMap<number, CellValue>>;

const PREFERENCE: Readonly<Record<Provenance, number>> = { REPRODUCED: 2, PUBLISHED: 1, SELF_REPORTED: 0 };

/** Ledger positions are bigints: the longer text is the later one. */
const isNewer = (a: Entry, b: Entry) =>
  a.id.length !== b.id.length ? a.id.length > b.id.length : a.id > b.id;

function better(a: Entry, b: Entry): boolean {
  const preference = PREFERENCE[a.provenance] - PREFERENCE[b.provenance];
  return preference === 0 ? isNewer(a, b) : preference > 0;
}

/** Chooses among the entries that pass the filter. */
export function toCells(entries: readonly Entry[], filter: CellFilter = {}): Cells {
  const provenance = filter.provenance && new Set(filter.provenance);
  const protocol = filter.protocol && new Set(filter.protocol);
  const cells = new Map<number, Map<number, CellValue>>();
  for (const entry of entries) {
    if (provenance && !provenance.has(entry.provenance)) continue;
    if (protocol && !(entry.fingerprint && protocol.has(entry.fingerprint))) continue;
    const column = cells.get(entry.measureId) ?? new Map<number, CellValue>();
    cells.set(entry.measureId, column);
    const reproduced = entry.provenance === "REPRODUCED";
    const before = column.get(entry.methodId);
    if (!before) {
      column.set(entry.methodId, {
        entry,
        claim: reproduced ? null : entry,
        reproduction: reproduced ? entry : null,
      });
      continue;
    }
    const { claim, reproduction } = before;
    column.set(entry.methodId, {
      entry: better(entry, before.entry) ? entry : before.entry,
      claim: !reproduced && (!claim || better(entry, claim)) ? entry : claim,
      reproduction: reproduced && (!reproduction || isNewer(entry, reproduction)) ? entry : reproduction,
    });
  }
  return cells;
}

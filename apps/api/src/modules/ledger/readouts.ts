/**
 * A method's values by how its features were read out of the backbone: the best readout of each, each method's own
 * default, or a row for each. Without a choice a board shows the newest value, whatever its readout.
 */
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Method } from "../catalogue/entities.ts";
import type { Entry } from "./entries.ts";

export const READOUT_CHOICES = ["BEST", "DEFAULT", "EACH"] as const;
export type ReadoutChoice = (typeof READOUT_CHOICES)[number];

/** One row of a board: a method, or a method by one of its readouts. Its id is the row's own, where it is of a readout. */
export interface RowMethod extends Method {
  /** The method that the row is of. */
  readonly of: Method;
  /** Null for values whose protocol says nothing of a readout. */
  readonly readout: string | null;
}

export interface Chosen {
  readonly entries: readonly Entry[];
  /** In place of the catalogue's methods, where a method has several rows; sorted by name, then by readout. */
  readonly rows: readonly RowMethod[] | null;
}

export function byReadout(entries: readonly Entry[], choice: ReadoutChoice, catalogue: Catalogue): Chosen {
  switch (choice) {
    case "BEST":
      return { entries: bestOf(entries, catalogue), rows: null };
    case "DEFAULT":
      return {
        entries: entries.filter(
          ({ readout, usualReadout }) =>
            readout === null || usualReadout === null || readout === usualReadout,
        ),
        rows: null,
      };
    case "EACH":
      return apart(entries, catalogue);
  }
}

/** Of entries that differ in their readout alone, the best by the measure; those of no readout stay. */
function bestOf(entries: readonly Entry[], catalogue: Catalogue): Entry[] {
  const directions = new Map(catalogue.measures.map(({ id, metric }) => [id, metric.direction]));
  const best = new Map<string, Entry>();
  const others: Entry[] = [];
  for (const entry of entries) {
    const direction = directions.get(entry.measureId);
    if (entry.readout === null || direction === undefined || direction === "NEITHER") {
      others.push(entry);
      continue;
    }
    const key = `${entry.measureId} ${entry.methodId} ${entry.provenance}`;
    const known = best.get(key);
    const merit = (one: Entry) => (direction === "HIGHER" ? one.value : -one.value);
    if (known === undefined || merit(entry) > merit(known)) best.set(key, entry);
  }
  return [...others, ...best.values()];
}

/**
 * The protocol that a value is compared under where readouts are what differs: of those that differ in nothing else, the
 * first by fingerprint.
 */
export function comparedUnder(entries: readonly Entry[]): (entry: Entry) => string | null {
  const first = new Map<string, string>();
  for (const { basis, fingerprint } of entries) {
    if (basis === null || fingerprint === null) continue;
    const known = first.get(basis);
    if (known === undefined || fingerprint < known) first.set(basis, fingerprint);
  }
  return ({ basis, fingerprint }) => (basis === null ? fingerprint : (first.get(basis) ?? fingerprint));
}

function apart(entries: readonly Entry[], catalogue: Catalogue): Chosen {
  const rows = new Map<string, RowMethod>();
  const known = new Map(catalogue.methods.map((method) => [method.id, method]));
  const moved = entries.flatMap((entry): Entry[] => {
    const method = known.get(entry.methodId);
    if (method === undefined) return [];
    const key = `${entry.methodId} ${entry.readout ?? ""}`;
    const row = rows.get(key) ?? { ...method, id: rows.size + 1, of: method, readout: entry.readout };
    rows.set(key, row);
    return [{ ...entry, methodId: row.id }];
  });
  const place = (row: RowMethod) => catalogue.placeByName(row.of);
  const sorted = [...rows.values()].sort(
    (a, b) => place(a) - place(b) || (a.readout ?? "").localeCompare(b.readout ?? ""),
  );
  return { entries: moved, rows: sorted };
}

/**
 * Which values of a board can be compared: in each ranked column those under the protocol that most of its shown values
 * have. A row with any other value there is listed, and ranked only where the reader asks for all values.
 */
import type { Measure } from "../catalogue/entities.ts";
import type { Protocols } from "../ledger/columns.ts";
import type { Grid } from "./grid.ts";

export class Comparability {
  /** 1 for each row that may be ranked: every value that it has in a ranked column is comparable. */
  readonly ranked: Uint8Array;
  /** Whether a row is kept out of the ranking. */
  readonly excludesAny: boolean;
  readonly #grid: Grid;
  readonly #protocols: Protocols | null;
  /** Of each measure the number of its usual protocol; 0 where none is known. */
  readonly #usual: Uint32Array;
  /** The places of the ranked measures among all. */
  readonly #rankedColumns: readonly number[];

  /** `kept` marks the rows that are shown with 1. Without protocols everything is compared. */
  constructor(grid: Grid, kept: Uint8Array, protocols: Protocols | null) {
    this.#grid = grid;
    this.#protocols = protocols;
    const rankedBy = new Set(grid.rankedBy);
    this.#rankedColumns = [...grid.measures.entries()].flatMap(([j, one]) => (rankedBy.has(one) ? [j] : []));
    this.#usual = Uint32Array.from(grid.measures, (_, column) => this.#usualOf(column, kept));
    this.ranked = Uint8Array.from(kept);
    let excluded = false;
    for (const column of protocols ? this.#rankedColumns : []) {
      const values = grid.values[column]!;
      for (let row = 0; row < kept.length; row++) {
        if (!kept[row] || Number.isNaN(values[row]!) || this.isComparable(column, row)) continue;
        this.ranked[row] = 0;
        excluded = true;
      }
    }
    this.excludesAny = excluded;
  }

  isComparable(column: number, row: number): boolean {
    const usual = this.#usual[column]!;
    return this.#protocols === null || usual === 0 || this.#protocolOf(column, row) === usual;
  }

  incomparableOf(row: number): Measure[] {
    if (!this.excludesAny) return [];
    const { measures, values } = this.#grid;
    return this.#rankedColumns
      .filter((column) => !Number.isNaN(values[column]![row]!) && !this.isComparable(column, row))
      .map((column) => measures[column]!);
  }

  #protocolOf(column: number, row: number): number {
    const { measures, methods } = this.#grid;
    return this.#protocols?.columns.get(measures[column]!.id)?.[methods[row]!.id] || 0;
  }

  /** The most frequent one, of equals the one whose name comes first, as the column's own list has it. */
  #usualOf(column: number, kept: Uint8Array): number {
    const names = this.#protocols?.names ?? [];
    if (names.length === 0) return 0;
    const counts = new Uint32Array(names.length + 1);
    const values = this.#grid.values[column]!;
    for (let row = 0; row < kept.length; row++) {
      if (kept[row] && !Number.isNaN(values[row]!)) counts[this.#protocolOf(column, row)]! += 1;
    }
    let usual = 0;
    for (let i = 1; i <= names.length; i++) {
      if (counts[i] === 0) continue;
      const first = usual > 0 && names[i - 1]!.localeCompare(names[usual - 1]!) < 0;
      if (usual === 0 || counts[i]! > counts[usual]! || (counts[i] === counts[usual] && first)) usual = i;
    }
    return usual;
  }
}

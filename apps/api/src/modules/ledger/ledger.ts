/**
 * Live entries, remembered by the ledger's position: the same question at the same position is read once, and an
 * answer of an older position is never given again.
 */
import type { Sql } from "../../database/sql.ts";
import type { Measure } from "../catalogue/entities.ts";
import { type Entry, readEntries } from "./entries.ts";

/** Entries kept in memory, over all questions. */
const MAX_ENTRIES = 2_000_000;

export class Ledger {
  readonly #sql: Sql;
  /** In order of last use. */
  readonly #known = new Map<string, Promise<readonly Entry[]>>();
  readonly #sizes = new Map<string, number>();
  #position = "";

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The live entries of `measures` at `asOf`, or now: at most one statement. */
  entries(position: string, measures: readonly Measure[], asOf?: Date | null): Promise<readonly Entry[]> {
    if (position !== this.#position) {
      this.#known.clear();
      this.#sizes.clear();
      this.#position = position;
    }
    const ids = measures.map(({ id }) => id).sort((a, b) => a - b);
    const key = `${asOf?.toISOString() ?? ""}|${ids.join(",")}`;
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    const reading = readEntries(this.#sql, ids, asOf);
    this.#known.set(key, reading);
    reading.then(
      (entries) => this.#keep(key, reading, entries.length),
      () => this.#forget(key, reading),
    );
    return reading;
  }

  #forget(key: string, reading: Promise<readonly Entry[]>): void {
    if (this.#known.get(key) !== reading) return;
    this.#known.delete(key);
    this.#sizes.delete(key);
  }

  #keep(key: string, reading: Promise<readonly Entry[]>, size: number): void {
    if (this.#known.get(key) !== reading) return;
    this.#sizes.set(key, size);
    let total = [...this.#sizes.values()].reduce((sum, count) => sum + count, 0);
    for (const [oldest, count] of this.#sizes) {
      if (total <= MAX_ENTRIES || oldest === key) break;
      this.#known.delete(oldest);
      this.#sizes.delete(oldest);
      total -= count;
    }
  }
}

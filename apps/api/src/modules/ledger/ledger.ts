/**
 * What was read of the ledger, remembered by its position: the same question at the same position is read once, and an
 * answer of an older position is never given again.
 */
import type { Sql } from "../../database/sql.ts";
import type { Measure } from "../catalogue/entities.ts";
import { type Entry, readEntries } from "./entries.ts";
import { readValues, type Values } from "./values.ts";

/** Kept in memory over all questions, in numbers: an entry holds about ten, a value is one. */
const MOST_NUMBERS = 20_000_000;
const NUMBERS_AN_ENTRY = 10;

interface Kept {
  readonly reading: Promise<unknown>;
  /** 0 until it is read. */
  numbers: number;
}

export class Ledger {
  readonly #sql: Sql;
  /** In order of last use. */
  readonly #known = new Map<string, Kept>();
  #position = "";

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The live entries of `measures` at `asOf`, or now: at most one statement. */
  entries(position: string, measures: readonly Measure[], asOf?: Date | null): Promise<readonly Entry[]> {
    const ids = idsOf(measures);
    const key = `entries|${asOf?.toISOString() ?? ""}|${ids.join(",")}`;
    const size = (entries: readonly Entry[]) => entries.length * NUMBERS_AN_ENTRY;
    return this.#remembered(position, key, () => readEntries(this.#sql, ids, asOf), size);
  }

  /** The values that boards show in `measures`: at most one statement, and a fraction of the memory of their entries. */
  values(position: string, measures: readonly Measure[], asOf?: Date | null): Promise<Values> {
    const ids = idsOf(measures);
    const key = `values|${asOf?.toISOString() ?? ""}|${ids.join(",")}`;
    const size = (values: Values) => [...values.values()].reduce((sum, column) => sum + column.size, 0);
    return this.#remembered(position, key, () => readValues(this.#sql, ids, asOf), size);
  }

  #remembered<T>(
    position: string,
    key: string,
    read: () => Promise<T>,
    size: (read: T) => number,
  ): Promise<T> {
    if (position !== this.#position) {
      this.#known.clear();
      this.#position = position;
    }
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known.reading as Promise<T>;
    }
    const reading = read();
    const kept: Kept = { reading, numbers: 0 };
    this.#known.set(key, kept);
    reading.then(
      (result) => {
        kept.numbers = size(result);
        this.#makeRoom(kept);
      },
      () => {
        if (this.#known.get(key) === kept) this.#known.delete(key);
      },
    );
    return reading;
  }

  #makeRoom(newest: Kept): void {
    let total = [...this.#known.values()].reduce((sum, { numbers }) => sum + numbers, 0);
    for (const [key, kept] of this.#known) {
      if (total <= MOST_NUMBERS) break;
      if (kept === newest) continue;
      this.#known.delete(key);
      total -= kept.numbers;
    }
  }
}

const idsOf = (measures: readonly Measure[]) => measures.map(({ id }) => id).sort((a, b) => a - b);

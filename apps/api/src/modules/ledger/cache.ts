/**
 * What was read of the ledger, remembered by its position: the same question at the same position is read once, and an
 * answer of an older position is never given again.
 */
import type { Sql } from "../../database/sql.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import type { Snapshot } from "../catalogue/load.ts";
import {
  type Column,
  type Columns,
  type ColumnsQuestion,
  type Protocols,
  readColumns,
  readProtocols,
} from "./columns.ts";
import { type Entry, readEntries } from "./entries.ts";

/** Kept in memory over all questions, in numbers: an entry holds about ten. */
const MOST_NUMBERS = 20_000_000;
const NUMBERS_AN_ENTRY = 10;

interface Kept {
  readonly reading: Promise<unknown>;
  /** 0 until it is read. */
  numbers: number;
  /** Those who wait for it; one who cannot leave keeps it for good. */
  askers: number;
  readonly unwanted: AbortController;
}

export class LedgerCache {
  readonly #sql: Sql;
  /** In order of last use. */
  readonly #known = new Map<string, Kept>();
  #numbers = 0;
  #position = "";
  #catalogue: object | null = null;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** All live entries of `measures` at `asOf`, or now: at most one statement, for those not read before. */
  async entries(at: Snapshot, measures: readonly Measure[], asOf?: Date | null): Promise<readonly Entry[]> {
    const read = async (ids: readonly number[]) =>
      Map.groupBy(await readEntries(this.#sql, ids, { asOf }), ({ measureId }) => measureId);
    const size = (entries: readonly Entry[]) => entries.length * NUMBERS_AN_ENTRY;
    const none: readonly Entry[] = [];
    const found = await this.#byMeasure(
      at,
      `entries|${asOf?.toISOString() ?? ""}`,
      measures,
      read,
      none,
      size,
    );
    return [...found.values()].flat();
  }

  /** The live entries of these methods alone: at most one statement. */
  entriesOf(
    at: Snapshot,
    measures: readonly Measure[],
    methods: readonly Method[],
    asOf?: Date | null,
  ): Promise<readonly Entry[]> {
    const [ids, methodIds] = [idsOf(measures), idsOf(methods)];
    const key = JSON.stringify(["entries of", asOf, ids, methodIds]);
    const size = (entries: readonly Entry[]) => entries.length * NUMBERS_AN_ENTRY;
    return this.memoize(at, key, () => readEntries(this.#sql, ids, { asOf, methodIds }), size);
  }

  /** The values that boards show in `measures`: at most one statement, for those not read before. */
  columns(at: Snapshot, measures: readonly Measure[], question: ColumnsQuestion = {}): Promise<Columns> {
    const read = (ids: readonly number[]) => readColumns(this.#sql, ids, question);
    const size = (column: Column) => column.length;
    return this.#byMeasure(at, `columns|${scopeOf(question)}`, measures, read, new Float64Array(), size);
  }

  async #byMeasure<T>(
    at: Snapshot,
    what: string,
    measures: readonly Measure[],
    read: (ids: readonly number[]) => Promise<ReadonlyMap<number, T>>,
    none: T,
    size: (found: T) => number,
  ): Promise<ReadonlyMap<number, T>> {
    const ids = idsOf(measures);
    this.#moveTo(at);
    const unread = ids.filter((id) => !this.#known.has(`${what}|${id}`));
    const reading = unread.length > 0 ? read(unread) : null;
    const found = await Promise.all(
      ids.map((id) => {
        const one = async () => (await reading!).get(id) ?? none;
        return this.memoize(at, `${what}|${id}`, one, size);
      }),
    );
    return new Map(ids.map((id, i) => [id, found[i]!]));
  }

  /** The protocols of the values that boards show in `measures`: at most one statement. */
  protocols(at: Snapshot, measures: readonly Measure[], question: ColumnsQuestion = {}): Promise<Protocols> {
    const ids = idsOf(measures);
    const key = `protocols|${scopeOf(question)}|${ids.join(",")}`;
    const size = () => ids.length * at.catalogue.methods.length;
    return this.memoize(at, key, () => readProtocols(this.#sql, ids, question), size);
  }

  /**
   * What `make` makes of the ledger as it stands; `numbers` says how much memory that takes. `make` is told when all
   * who asked, each by the signal they came with, are gone.
   */
  memoize<T>(
    at: Snapshot,
    key: string,
    make: (unwanted: AbortSignal) => Promise<T>,
    numbers: (made: T) => number,
    signal?: AbortSignal,
  ): Promise<T> {
    this.#moveTo(at);
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      this.#joined(key, known, signal);
      return known.reading as Promise<T>;
    }
    const unwanted = new AbortController();
    const reading = make(unwanted.signal);
    const kept: Kept = { reading, numbers: 0, askers: 0, unwanted };
    this.#known.set(key, kept);
    this.#joined(key, kept, signal);
    reading.then(
      (made) => {
        if (this.#known.get(key) !== kept) return;
        kept.numbers = numbers(made);
        this.#numbers += kept.numbers;
        this.#evict(kept);
      },
      () => {
        if (this.#known.get(key) === kept) this.#known.delete(key);
      },
    );
    return reading;
  }

  #joined(key: string, kept: Kept, signal: AbortSignal | undefined): void {
    kept.askers += 1;
    const left = () => {
      kept.askers -= 1;
      if (kept.askers > 0 || kept.numbers > 0) return;
      // Whoever asks from now on begins anew.
      if (this.#known.get(key) === kept) this.#known.delete(key);
      kept.unwanted.abort(signal?.reason);
    };
    signal?.addEventListener("abort", left, { once: true });
  }

  #moveTo({ position, catalogue }: Snapshot): void {
    if (position === this.#position && catalogue === this.#catalogue) return;
    this.#known.clear();
    this.#numbers = 0;
    this.#position = position;
    this.#catalogue = catalogue;
  }

  #evict(newest: Kept): void {
    for (const [key, kept] of this.#known) {
      if (this.#numbers <= MOST_NUMBERS) break;
      if (kept === newest || kept.numbers === 0) continue;
      this.#known.delete(key);
      this.#numbers -= kept.numbers;
    }
  }
}

/** Each once, in order. */
const idsOf = (items: readonly { readonly id: number }[]) =>
  [...new Set(items.map(({ id }) => id))].sort((a, b) => a - b);

const scopeOf = ({ filter, asOf }: ColumnsQuestion) =>
  JSON.stringify([
    asOf ?? null,
    filter?.provenance?.toSorted() ?? null,
    filter?.protocol?.toSorted() ?? null,
  ]);

/** A column of a board: what its reader needs to mark, over the rows that are shown. */
import type { Measure } from "../catalogue/entities.ts";

export interface BoardColumn {
  readonly measure: Measure;
  readonly ranked: boolean;
  /** The best value of all rows; null where the metric has no better side. */
  readonly best: number | null;
  readonly secondBest: number | null;
  /** Whether values under any protocol are marked; else only those under the most frequent one. */
  readonly comparesAll: boolean;
  /** Most frequent first; more than one: the cells are not strictly comparable. Throws before they are loaded. */
  readonly fingerprints: readonly string[];
  /** Calls `use` with the fingerprints, at once where they are known. */
  readonly withFingerprints: <T>(use: (fingerprints: readonly string[]) => T) => T | Promise<T>;
}

export interface ColumnInput {
  readonly measure: Measure;
  readonly ranked: boolean;
  /** Whether values under any protocol are marked and ranked. */
  readonly comparesAll?: boolean;
  /** Of the rows that are shown; NaN where there is none, or none that is comparable. */
  readonly values: () => Float64Array;
  /** How many shown values are under each protocol, where it is known. */
  readonly protocols: () => ProtocolCounts | Promise<ProtocolCounts>;
}

export type ProtocolCounts = ReadonlyMap<string, number>;

const frequentFirst = (counts: ProtocolCounts): string[] =>
  [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([name]) => name);

/** A reader sees some columns of perhaps hundreds: what marks one is made when it is asked for. */
export class Column implements BoardColumn {
  readonly measure: Measure;
  readonly ranked: boolean;
  readonly comparesAll: boolean;
  readonly #input: ColumnInput;
  #marked: readonly [number | null, number | null] | null = null;
  #fingerprints: readonly string[] | null = null;
  #loading: Promise<readonly string[]> | null = null;

  constructor(input: ColumnInput) {
    this.measure = input.measure;
    this.ranked = input.ranked;
    this.comparesAll = input.comparesAll ?? true;
    this.#input = input;
  }

  get best(): number | null {
    this.#marked ??= this.#bestTwo();
    return this.#marked[0];
  }

  get secondBest(): number | null {
    this.#marked ??= this.#bestTwo();
    return this.#marked[1];
  }

  #bestTwo(): readonly [number | null, number | null] {
    const { direction } = this.measure.metric;
    if (direction === "NEITHER") return [null, null];
    const sign = direction === "HIGHER" ? 1 : -1;
    let best = -Infinity;
    let second = -Infinity;
    for (const value of this.#input.values()) {
      const merit = sign * value;
      if (merit > best) [best, second] = [merit, best];
      else if (merit < best && merit > second) second = merit;
    }
    const [first, next] = [best, second].map((merit) => (merit === -Infinity ? null : sign * merit));
    return [first!, next!];
  }

  get fingerprints(): readonly string[] {
    const known = this.#fingerprints ?? this.withFingerprints((fingerprints) => fingerprints);
    if (known instanceof Promise) {
      throw new Error(`The protocols of ${this.measure.slug} are not loaded: use withFingerprints.`);
    }
    return known;
  }

  withFingerprints<T>(use: (fingerprints: readonly string[]) => T): T | Promise<T> {
    if (this.#fingerprints) return use(this.#fingerprints);
    const keep = (counts: ProtocolCounts) => {
      this.#fingerprints = frequentFirst(counts);
      return this.#fingerprints;
    };
    if (!this.#loading) {
      const counts = this.#input.protocols();
      if (!(counts instanceof Promise)) return use(keep(counts));
      this.#loading = counts.then(keep);
    }
    return this.#loading.then(use);
  }
}

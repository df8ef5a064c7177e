/** A column of a board: what its reader needs to mark, over the rows that are shown. */
import type { Measure } from "../catalogue/entities.ts";

export interface BoardColumn {
  readonly measure: Measure;
  readonly ranked: boolean;
  /** The best value of all rows; null where the metric has no better side. */
  readonly best: number | null;
  readonly secondBest: number | null;
  /** Most frequent first; more than one: the cells are not strictly comparable. Throws before they are loaded. */
  readonly fingerprints: readonly string[];
  /** Calls `use` with the fingerprints, at once where they are known. */
  readonly withFingerprints: <T>(use: (fingerprints: readonly string[]) => T) => T | Promise<T>;
}

export interface ColumnInput {
  readonly measure: Measure;
  readonly ranked: boolean;
  /** Of the rows that are shown; NaN where there is none. */
  readonly values: () => Iterable<number>;
  /** The protocols of the shown values, where each is known. */
  readonly protocols: () => Iterable<string> | Promise<Iterable<string>>;
}

function frequentFirst(values: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([value]) => value);
}

/** A reader sees some columns of perhaps hundreds: what marks one is made when it is asked for. */
export class Column implements BoardColumn {
  readonly measure: Measure;
  readonly ranked: boolean;
  readonly #input: ColumnInput;
  #marked: readonly [number | null, number | null] | null = null;
  #fingerprints: readonly string[] | null = null;
  #loading: Promise<readonly string[]> | null = null;

  constructor(input: ColumnInput) {
    this.measure = input.measure;
    this.ranked = input.ranked;
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
    const keep = (protocols: Iterable<string>) => {
      this.#fingerprints = frequentFirst(protocols);
      return this.#fingerprints;
    };
    const protocols = this.#loading ?? this.#input.protocols();
    if (!(protocols instanceof Promise)) return use(keep(protocols));
    this.#loading ??= (protocols as Promise<Iterable<string>>).then(keep);
    return this.#loading.then(use);
  }
}

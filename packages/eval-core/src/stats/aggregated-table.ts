/**
 * One table aggregated again and again over different choices of its rows, as a filtered leaderboard asks of one suite.
 * A score that a row has by itself (MEAN, MEAN_LOGIT) is made once, and the order with it; for MEAN_RANK and BORDA each
 * column is sorted once. A choice then walks these orders and sorts little or nothing. `aggregate` says the same plainly.
 */

import { type Aggregate, betterEnd, type Column, comparable, scorers, whyNot } from "./aggregate.ts";
import { StatisticsError } from "./input.ts";
import { sortOrder } from "./ranks.ts";

export interface RankedRows {
  /** NaN where a row has no score. */
  readonly scores: Float64Array;
  /** 1 is best, equal scores share the better rank; 0 where a row is not ranked. */
  readonly ranks: Uint32Array;
  readonly better: "higher" | "lower";
  /** Why nobody is ranked, where the columns do not allow this aggregate. */
  readonly reason?: string;
}

/** Rows with a score of their own, best first, and the number that their order is by. */
interface OwnScores {
  readonly scores: Float64Array;
  readonly order: Uint32Array;
  readonly keys: Float64Array;
}

/** The complete rows of one column, best first, and where each group of equal values ends. */
interface SortedColumn {
  readonly order: Uint32Array;
  readonly groupEnds: Uint32Array;
}

export class AggregatedTable {
  /** 1 where a row has a value in every column. */
  readonly complete: Uint8Array;
  readonly #values: readonly Float64Array[];
  readonly #columns: readonly Column[];
  readonly #completeRows: Uint32Array;
  readonly #own = new Map<Aggregate, OwnScores>();
  #sorted: readonly SortedColumn[] | null = null;

  /**
   * `values[j][i]` is row i in column j, NaN where it is missing.
   * @throws StatisticsError on columns of other lengths than `rows`, another number of them, or an infinity.
   */
  constructor(rows: number, values: readonly Float64Array[], columns: readonly Column[]) {
    if (values.length !== columns.length) {
      throw new StatisticsError(
        `There are ${values.length} columns of values for ${columns.length} columns.`,
      );
    }
    this.#values = values;
    this.#columns = columns;
    this.complete = new Uint8Array(rows).fill(1);
    for (const [j, column] of values.entries()) {
      if (column.length !== rows) {
        throw new StatisticsError(`${columns[j]!.name} has ${column.length} rows: expected ${rows}.`);
      }
      for (let i = 0; i < rows; i++) {
        const value = column[i]!;
        if (Number.isNaN(value)) this.complete[i] = 0;
        else if (!Number.isFinite(value)) {
          throw new StatisticsError(
            `Row ${i}, ${columns[j]!.name}: found ${value}, expected a finite number or NaN.`,
          );
        }
      }
    }
    this.#completeRows = Uint32Array.from(this.complete.keys()).filter((i) => this.complete[i] === 1);
  }

  /** Scores and ranks of the rows that `kept` marks with 1, among themselves. */
  rank(by: Aggregate, kept: Uint8Array): RankedRows {
    const rows = this.complete.length;
    const scores = new Float64Array(rows).fill(Number.NaN);
    const ranks = new Uint32Array(rows);
    const better = betterEnd(by, this.#columns);
    const reason = whyNot(by, this.#columns);
    if (reason) return { scores, ranks, better, reason };
    if (by === "MEAN" || by === "MEAN_LOGIT") {
      const own = this.#ownScores(by);
      for (const row of this.#completeRows) if (kept[row]) scores[row] = own.scores[row]!;
      giveRanks(own.order, own.keys, kept, ranks);
    } else {
      const sums = this.#doubledRankSums(kept);
      const chosen = this.#completeRows.filter((row) => kept[row] === 1);
      const columns = this.#columns.length;
      for (const row of chosen) {
        const sum = sums[row]! / 2;
        scores[row] = by === "MEAN_RANK" ? sum / columns : columns * chosen.length - sum;
      }
      // Both orders are that of the sums, which are whole numbers and so exact.
      const order = sortOrder(Float64Array.from(chosen, (row) => sums[row]!)).map((k) => chosen[k]!);
      giveRanks(order, sums, kept, ranks);
    }
    return { scores, ranks, better };
  }

  #ownScores(by: "MEAN" | "MEAN_LOGIT"): OwnScores {
    const known = this.#own.get(by);
    if (known) return known;
    const rows = this.complete.length;
    const plain = Array.from(this.#completeRows, (row) => this.#values.map((column) => column[row]!));
    const scored = scorers[by](plain, this.#columns);
    const sign = betterEnd(by, this.#columns) === "higher" ? -1 : 1;
    const scores = new Float64Array(rows).fill(Number.NaN);
    const keys = new Float64Array(rows);
    const rankable: number[] = [];
    for (const [k, { score }] of scored.entries()) {
      if (score === null) continue;
      const row = this.#completeRows[k]!;
      scores[row] = score;
      keys[row] = sign * comparable(score);
      rankable.push(row);
    }
    const order = sortOrder(rankable.map((row) => keys[row]!)).map((k) => rankable[k]!);
    const own = { scores, order, keys };
    this.#own.set(by, own);
    return own;
  }

  #sortedColumns(): readonly SortedColumn[] {
    this.#sorted ??= this.#values.map((column, j) => {
      const sign = this.#columns[j]!.direction === "higher" ? -1 : 1;
      const keys = Float64Array.from(this.#completeRows, (row) => sign * column[row]!);
      const sorted = sortOrder(keys);
      const ends: number[] = [];
      for (let k = 1; k <= sorted.length; k++) {
        if (k === sorted.length || keys[sorted[k]!] !== keys[sorted[k - 1]!]) ends.push(k);
      }
      return { order: sorted.map((k) => this.#completeRows[k]!), groupEnds: Uint32Array.from(ends) };
    });
    return this.#sorted;
  }

  /** Of each kept complete row, twice the sum of its average ranks over the columns, 1 being best. */
  #doubledRankSums(kept: Uint8Array): Float64Array {
    const sums = new Float64Array(this.complete.length);
    for (const { order, groupEnds } of this.#sortedColumns()) {
      let better = 0;
      let start = 0;
      for (const end of groupEnds) {
        let size = 0;
        for (let k = start; k < end; k++) size += kept[order[k]!]!;
        for (let k = start; k < end; k++) sums[order[k]!]! += 2 * better + size + 1;
        better += size;
        start = end;
      }
    }
    return sums;
  }
}

/** Ranks the kept rows of an order, equal keys sharing the better one. */
function giveRanks(order: Uint32Array, keys: Float64Array, kept: Uint8Array, ranks: Uint32Array): void {
  let place = 0;
  let rank = 0;
  let before = Number.NaN;
  for (let k = 0; k < order.length; k++) {
    const row = order[k]!;
    if (!kept[row]) continue;
    place++;
    if (keys[row] !== before) rank = place;
    before = keys[row]!;
    ranks[row] = rank;
  }
}

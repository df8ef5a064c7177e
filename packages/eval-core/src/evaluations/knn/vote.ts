/**
 * The weighted vote of k nearest neighbours (Wu et al. 2018; DINO's and DINOv3's evaluation):
 *
 *     V(c) = Σ exp((s_j - s_1) / T) over the k nearest rows j of class c          prediction: argmax V
 *
 * Dividing by exp(s_1 / T) changes no order, and keeps small temperatures from overflowing. Equal votes: the smaller class.
 */
import type { Nearest } from "../../probe/nearest/index.ts";

export interface Vote {
  readonly top: number;
  /** Whether the asked class is among the min(5, k) classes of most votes; one without a vote never is. */
  readonly inTop5: boolean;
}

/** Sums votes for one query after the other, its scratch space kept. */
export class Ballot {
  readonly #votes: Float64Array;
  readonly #labels: ArrayLike<number>;
  readonly #voted: number[] = [];

  constructor(labels: ArrayLike<number>, classes: number) {
    this.#labels = labels;
    this.#votes = new Float64Array(classes);
  }

  /** The vote of the first k of `nearest`, which are in their exact order. */
  count({ index, similarity }: Nearest, k: number, temperature: number, own: number): Vote {
    this.#clear();
    const n = Math.min(k, index.length);
    for (let j = 0; j < n; j++) {
      this.#add(this.#labels[index[j]!]!, Math.exp((similarity[j]! - similarity[0]!) / temperature));
    }
    const votes = this.#votes;
    let top = -1;
    let above = 0;
    for (const c of this.#voted) {
      if (top < 0 || votes[c]! > votes[top]! || (votes[c] === votes[top] && c < top)) top = c;
      if (c !== own && (votes[c]! > votes[own]! || (votes[c] === votes[own] && c < own))) above++;
    }
    return { top, inTop5: votes[own]! > 0 && above < Math.min(5, k) };
  }

  /**
   * The vote from similarities that are each off by at most `error`, or undefined where that leaves it open: who is
   * among the k, which class has most votes, or whether the asked one is among the five.
   * @param similarity descending, one more than k unless there are no more rows
   */
  decide(
    index: Int32Array,
    similarity: Float32Array,
    k: number,
    temperature: number,
    own: number,
    error: number,
  ): Vote | undefined {
    const n = Math.min(k, index.length);
    if (n < index.length && !(similarity[n - 1]! - similarity[n]! > 2 * error)) return undefined;
    this.#clear();
    for (let j = 0; j < n; j++) {
      this.#add(this.#labels[index[j]!]!, Math.exp((similarity[j]! - similarity[0]!) / temperature));
    }
    const votes = this.#votes;
    // Every difference to the nearest is off by two errors at most, so every vote by this factor; two votes, by its square.
    const factor = Math.exp((4 * error) / temperature) * (1 + 1e-9);
    let top = -1;
    for (const c of this.#voted) if (top < 0 || votes[c]! > votes[top]!) top = c;
    let above = 0;
    let open = 0;
    for (const c of this.#voted) {
      if (c !== top && votes[c]! * factor >= votes[top]!) return undefined;
      if (c === own) continue;
      if (votes[c]! > votes[own]! * factor) above++;
      else if (votes[c]! * factor >= votes[own]!) open++;
    }
    const seats = Math.min(5, k);
    if (votes[own]! > 0 && above < seats && above + open >= seats) return undefined;
    return { top, inTop5: votes[own]! > 0 && above < seats };
  }

  #add(label: number, weight: number): void {
    // A vote so far behind the nearest that it rounds to nothing is still one: a class with it counts.
    const vote = Math.max(weight, Number.MIN_VALUE);
    if (this.#votes[label] === 0) this.#voted.push(label);
    this.#votes[label] = this.#votes[label]! + vote;
  }

  #clear(): void {
    for (const c of this.#voted) this.#votes[c] = 0;
    this.#voted.length = 0;
  }
}

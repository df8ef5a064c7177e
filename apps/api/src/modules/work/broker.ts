/**
 * Hands waiting jobs to workers that wait for one: all that ask at the same time are served by one statement, and those for whom
 * there is nothing are kept waiting as long as they wish, first come first served.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, EvaluationQueue, Taker } from "@transferboard/prisma";

/** Workers served by one statement. */
const MOST_AT_ONCE = 100;
/** Between two looks into an empty queue, for those that wait. */
const POLL_MS = 250;

interface Waiter {
  readonly taker: Taker;
  readonly until: number;
  /** Its connection: aborted when it is gone. */
  readonly signal: AbortSignal;
  readonly resolve: (claim: Claim | null) => void;
  readonly reject: (error: unknown) => void;
}

export class LeaseBroker {
  readonly #queue: () => EvaluationQueue;
  #waiting: Waiter[] = [];
  #serving = false;
  /** Somebody came who has not been served yet. */
  #fresh = false;
  #wake: AbortController | undefined;

  constructor(queue: () => EvaluationQueue) {
    this.#queue = queue;
  }

  /** The oldest job that waits; null where none came in time. */
  ask(taker: Taker, waitMs: number, signal: AbortSignal): Promise<Claim | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ taker, until: performance.now() + waitMs, signal, resolve, reject });
      this.#fresh = true;
      this.#wake?.abort();
      if (this.#serving) return;
      this.#serving = true;
      setImmediate(() => void this.#serve());
    });
  }

  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#fresh = false;
      const asking = this.#waiting.splice(0, MOST_AT_ONCE).filter(({ signal }) => !signal.aborted);
      if (asking.length === 0) continue;
      let claims: readonly Claim[];
      try {
        claims = await this.#queue().takeFor(asking.map(({ taker }) => taker));
      } catch (error) {
        for (const { reject } of asking) reject(error);
        continue;
      }
      for (const [i, claim] of claims.entries()) give(asking[i]!, claim);
      const left = asking.slice(claims.length);
      if (left.length === 0) continue;
      const now = performance.now();
      for (const waiter of left) if (waiter.until <= now) waiter.resolve(null);
      this.#waiting.unshift(...left.filter(({ until }) => until > now));
      if (!this.#fresh && this.#waiting.length > 0) await this.#pause(now);
    }
    this.#serving = false;
  }

  /** Until the next look is due, somebody's time is over, or somebody new asks. */
  async #pause(now: number): Promise<void> {
    const wake = new AbortController();
    this.#wake = wake;
    const due = Math.min(POLL_MS, ...this.#waiting.map(({ until }) => until - now));
    await sleep(Math.max(0, due), undefined, { signal: wake.signal }).catch(() => undefined);
    this.#wake = undefined;
  }
}

/** A worker that is gone meanwhile never learns of its job: the next one shall not wait for its silence to be noticed. */
function give({ signal, resolve }: Waiter, claim: Claim): void {
  resolve(signal.aborted ? null : claim);
  if (signal.aborted) claim.giveBack("its worker was gone before it had the job").catch(() => undefined);
}

/** Points a minute for each of many, in windows of a minute. Whoever is over is charged nothing more until the next. */

export interface Taken {
  readonly isOver: boolean;
  readonly left: number;
  /** Until the window ends. */
  readonly seconds: number;
}

const WINDOW_MS = 60_000;
/** More addresses in a minute than that are an attack by itself: the oldest are forgotten. */
const MOST_KEYS = 100_000;

export class MinuteBudget {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, { used: number; endsAt: number }>();

  constructor(perMinute: number, now: () => number = Date.now) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  take(key: string, points: number): Taken {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (!window || window.endsAt <= now) {
      window = { used: 0, endsAt: now + WINDOW_MS };
      this.#windows.delete(key);
      this.#windows.set(key, window);
      this.#evict(now);
    }
    const seconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    // A single question may cost more than what is left, but not more than a whole minute's.
    const fits = window.used + Math.min(points, this.#perMinute) <= this.#perMinute;
    if (fits) window.used += points;
    return { isOver: !fits, left: Math.max(0, this.#perMinute - window.used), seconds };
  }

  /** Windows stand in the order in which they end. */
  #evict(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size <= MOST_KEYS) break;
      this.#windows.delete(key);
    }
  }
}

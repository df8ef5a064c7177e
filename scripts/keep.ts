/**
 * Keeps servers running: one that ends without having been asked to is started again, after a pause that doubles while it
 * keeps ending, with a line that says so.
 */

export interface Running {
  /** How it ended, in words, once it has. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Whoever ran so long was well: the pause is the first one again. */
const WELL_MS = 60_000;

/** The pause before a start, from the one before it and how long the server had run. */
export const pauseAfter = (before: number, ranMs: number): number =>
  ranMs >= WELL_MS || before === 0 ? FIRST_PAUSE_MS : Math.min(2 * before, LONGEST_PAUSE_MS);

export class Kept {
  readonly #name: string;
  readonly #start: () => Promise<Running>;
  readonly #say: (line: string) => void;
  readonly #stopping = new AbortController();
  #running: Running;
  #loop: Promise<void>;

  /** @param start starts it anew; what is running is given for the first time */
  constructor(name: string, running: Running, start: () => Promise<Running>, say: (line: string) => void) {
    this.#name = name;
    this.#running = running;
    this.#start = start;
    this.#say = say;
    this.#loop = this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running.stop();
    await this.#loop;
  }

  async #keep(): Promise<void> {
    let pause = 0;
    for (;;) {
      const began = performance.now();
      let how = await this.#running.exited;
      for (;;) {
        if (this.#stopping.signal.aborted) return;
        pause = pauseAfter(pause, performance.now() - began);
        this.#say(`The ${this.#name} ended (${how}): it is started again in ${pause / 1000} s.`);
        await this.#sleep(pause);
        if (this.#stopping.signal.aborted) return;
        try {
          this.#running = await this.#start();
          break;
        } catch (error) {
          how = `it did not start: ${(error as Error).message}`;
        }
      }
      // It may have been stopped while it started.
      if (this.#stopping.signal.aborted) return this.#running.stop();
      this.#say(`The ${this.#name} is up again.`);
    }
  }

  #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#stopping.signal.addEventListener("abort", () => resolve(), { once: true });
    return promise.finally(() => clearTimeout(timer));
  }
}

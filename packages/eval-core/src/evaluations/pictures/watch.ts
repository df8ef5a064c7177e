/** How far all pictures are, and how long the rest will take at the speed so far. */
import { duration, type Step } from "../progress.ts";

export class Watch {
  readonly #step: Step;
  readonly #total: number;
  readonly #what: string;
  readonly #began = performance.now();
  #done = 0;
  #here = 0;

  /** @param total of all pictures. @param what is counted, such as "iterations" */
  constructor(step: Step, total: number, what: string) {
    this.#step = step;
    this.#total = total;
    this.#what = what;
  }

  /** What an earlier attempt left done. */
  known(count: number): void {
    this.#done += count;
    this.#tell([]);
  }

  /** One more is done here. */
  did(...notes: readonly string[]): void {
    this.#done++;
    this.#here++;
    this.#tell(notes);
  }

  #tell(notes: readonly string[]): void {
    const each = (performance.now() - this.#began) / 1000 / this.#here;
    const left = this.#here === 0 ? [] : [`${duration(each * (this.#total - this.#done))} left`];
    this.#step.update(this.#done, this.#total, [this.#what, ...left, ...notes].join(", "));
  }

  /** @param pictures how many there were. */
  end(pictures: number): void {
    this.#step.end(pictures === 1 ? "1 picture" : `${pictures} pictures`);
  }
}

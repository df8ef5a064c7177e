/** Numbered requests and the promises that wait for their answers, whatever carries them. */

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WaitingRequests<Answer extends { readonly id: number }> {
  readonly #errorOf: (sentence: string) => Error;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #lastId = 0;
  #ended: string | undefined;

  /** @param errorOf what the end of the other side is thrown as */
  constructor(errorOf: (sentence: string) => Error) {
    this.#errorOf = errorOf;
  }

  /** How many answers are due. */
  get due(): number {
    return this.#waiting.size;
  }

  /** Sends a request under a number of its own. */
  ask(send: (id: number) => void): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#errorOf(this.#ended));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      send(id);
      this.#waiting.set(id, { resolve, reject });
    });
  }

  settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    waiting?.resolve(answer);
  }

  /** Rejects all that waits, and all that is asked from now on; the first reason stands. */
  end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#errorOf(this.#ended));
    this.#waiting.clear();
  }
}

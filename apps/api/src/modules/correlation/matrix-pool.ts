/**
 * Correlation matrices in threads of their own: one of 500 variables takes a second of computing, in which requests must
 * be answered. A matrix is divided among all threads; matrices are computed one after the other, and too many that wait
 * are refused.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Coefficient, correlationMatrix } from "@transferboard/eval-core/stats";
import { CallerError } from "../../errors.ts";
import type { PartOfMatrix } from "./matrix-worker.ts";

/** Row-major and symmetric; a coefficient that is not defined is NaN. */
export interface Matrix {
  readonly size: number;
  readonly coefficients: Float64Array;
  /** Of Kendall's alone, two-sided: those of the others follow from coefficient and count. */
  readonly pValues: Float64Array | null;
  readonly counts: Uint32Array;
}

const MOST_THREADS = 4;
const MOST_WAITING = 8;
/** Pairs times rows up to which no thread is worth its while: some milliseconds. */
const SMALL = 1_000_000;
/** A pair of tau takes about so many times as long. */
const WEIGHT = { PEARSON: 1, SPEARMAN: 3, KENDALL: 20 } as const satisfies Record<Coefficient, number>;

export class MatrixPool {
  readonly #threads: number;
  #workers: Worker[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(threads = Math.min(MOST_THREADS, availableParallelism())) {
    this.#threads = threads;
  }

  /**
   * Correlates columns of one length; NaN is missing.
   * @throws CallerError UNAVAILABLE where too many wait already.
   */
  async compute(columns: readonly Float64Array[], coefficient: Coefficient): Promise<Matrix> {
    const rows = columns[0]?.length ?? 0;
    const work = (columns.length ** 2 / 2) * rows * WEIGHT[coefficient];
    if (work <= SMALL) {
      const pValues = coefficient === "KENDALL";
      const matrix = correlationMatrix(columns, coefficient, { pValues });
      return { ...matrix, pValues: pValues ? matrix.pValues : null };
    }
    if (this.#waiting >= MOST_WAITING) {
      throw new CallerError(
        "UNAVAILABLE",
        "Too many correlation matrices are being computed. Try again in a few seconds.",
      );
    }
    this.#waiting += 1;
    const before = this.#last;
    const computing = before.then(() => this.#inThreads(columns, rows, coefficient));
    this.#last = computing.catch(() => undefined);
    try {
      return await computing;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#workers = [];
  }

  async #inThreads(
    columns: readonly Float64Array[],
    rows: number,
    coefficient: Coefficient,
  ): Promise<Matrix> {
    if (this.#closed)
      throw new CallerError("UNAVAILABLE", "The server is stopping. Try again in a few seconds.");
    const size = columns.length;
    const shared = {
      columns: new SharedArrayBuffer(8 * size * rows),
      coefficients: new SharedArrayBuffer(8 * size * size),
      pValues: new SharedArrayBuffer(coefficient === "KENDALL" ? 8 * size * size : 0),
      counts: new SharedArrayBuffer(4 * size * size),
    };
    const numbers = new Float64Array(shared.columns);
    for (const [i, column] of columns.entries()) numbers.set(column, i * rows);
    while (this.#workers.length < this.#threads) this.#workers.push(start());
    const of = this.#workers.length;
    try {
      await Promise.all(
        this.#workers.map((worker, index) =>
          computePart(worker, { size, rows, coefficient, part: { index, of }, ...shared }),
        ),
      );
    } catch (error) {
      // A thread that failed is not trusted again, and the others compute for nobody.
      const failed = this.#workers;
      this.#workers = [];
      await Promise.all(failed.map((worker) => worker.terminate()));
      throw error;
    }
    return {
      size,
      coefficients: new Float64Array(shared.coefficients),
      pValues: coefficient === "KENDALL" ? new Float64Array(shared.pValues) : null,
      counts: new Uint32Array(shared.counts),
    };
  }
}

/** It keeps no process alive. */
function start(): Worker {
  const worker = new Worker(new URL("./matrix-worker.ts", import.meta.url));
  worker.unref();
  return worker;
}

function computePart(worker: Worker, part: PartOfMatrix): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = () => resolve();
  const failed = (error: unknown) => reject(error);
  const ended = (code: number) => reject(new Error(`A thread of the correlation matrix ended with ${code}.`));
  worker.once("message", done).once("error", failed).once("exit", ended);
  worker.postMessage(part);
  return promise.finally(() => {
    worker.off("message", done).off("error", failed).off("exit", ended);
  });
}

/**
 * The linear probe as L-BFGS asks for it: logits are linear in the parameters, so a line costs one product and
 * its trials none, and the gradient where the search stops is the second product of the iteration.
 */
import type { Line, Objective, Point } from "../optim/lbfgs.ts";
import type { LinearProducts, LossAt } from "./loss.ts";

export class LinearObjective implements Objective {
  readonly #products: LinearProducts;
  readonly #loss: LossAt;
  readonly #weights: number;
  readonly #logits: Float64Array;
  readonly #residuals: Float64Array;
  #penalty: number;
  #x = new Float64Array();
  #direction: Float64Array = new Float64Array();
  #change: Float64Array | Float32Array = new Float64Array();
  #tried = { step: 0, objective: 0 };

  constructor(products: LinearProducts, loss: LossAt, penalty: number) {
    this.#products = products;
    this.#loss = loss;
    this.#penalty = penalty;
    this.#weights = products.features * products.classes;
    this.#logits = new Float64Array(products.samples * products.classes);
    this.#residuals = new Float64Array(this.#logits.length);
  }

  async start(x: Float64Array): Promise<Point> {
    this.#x = x.slice();
    this.#logits.set(await this.#products.logits(x));
    const { loss } = this.#loss(this.#logits, undefined, 0, this.#residuals);
    return this.#point(loss + (this.#penalty / 2) * this.#square(x, x));
  }

  async along(direction: Float64Array): Promise<Line> {
    this.#direction = direction;
    this.#change = await this.#products.logits(direction);
    const xx = this.#square(this.#x, this.#x);
    const xd = this.#square(this.#x, direction);
    const dd = this.#square(direction, direction);
    return {
      at: (step) => {
        const { loss, slope } = this.#loss(this.#logits, this.#change, step, this.#residuals);
        const value = loss + (this.#penalty / 2) * (xx + 2 * step * xd + step * step * dd);
        this.#tried = { step, objective: value };
        return { value, slope: slope + this.#penalty * (xd + step * dd) };
      },
    };
  }

  async accept(step: number): Promise<Point> {
    if (step !== this.#tried.step) throw new Error(`step ${step} was not the last one tried`);
    const logits = this.#logits;
    const change = this.#change;
    for (let i = 0; i < logits.length; i++) logits[i] = logits[i]! + step * change[i]!;
    const x = this.#x;
    for (let i = 0; i < x.length; i++) x[i] = x[i]! + step * this.#direction[i]!;
    return this.#point(this.#tried.objective);
  }

  async #point(objective: number): Promise<Point> {
    const gradient = await this.#products.gradient(this.#residuals);
    for (let i = 0; i < this.#weights; i++) gradient[i] = gradient[i]! + this.#penalty * this.#x[i]!;
    return { objective, gradient };
  }

  /** The inner product of the penalised parts: all but the intercept. */
  #square(a: Float64Array, b: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.#weights; i++) sum += a[i]! * b[i]!;
    return sum;
  }
}

/**
 * The correction pairs of L-BFGS and the two-loop recursion that turns a gradient into a direction
 * (Nocedal and Wright, algorithm 7.4).
 */
import { addScaled, dot } from "./lbfgs-vector.ts";

interface Pair {
  /** x_new - x_old */
  readonly s: Float64Array;
  /** g_new - g_old */
  readonly y: Float64Array;
  /** 1 / (s . y) */
  rho: number;
}

export class LbfgsMemory {
  readonly #limit: number;
  readonly #size: number;
  readonly #pairs: Pair[] = [];
  readonly #spare: Pair[] = [];
  /** (s . y) / (y . y) of the newest pair: the scale of the identity. */
  #scale = 1;

  constructor(limit: number, size: number) {
    this.#limit = limit;
    this.#size = size;
  }

  get pairs(): number {
    return this.#pairs.length;
  }

  clear(): void {
    this.#spare.push(...this.#pairs.splice(0));
    this.#scale = 1;
  }

  /** direction = -H gradient. */
  direction(gradient: Float64Array, direction: Float64Array): void {
    for (let i = 0; i < gradient.length; i++) direction[i] = -gradient[i]!;
    const alphas: number[] = [];
    for (const { s, y, rho } of this.#pairs.toReversed()) {
      const alpha = rho * dot(s, direction);
      alphas.push(alpha);
      addScaled(direction, -alpha, y);
    }
    if (this.#scale !== 1) for (let i = 0; i < direction.length; i++) direction[i]! *= this.#scale;
    for (const { s, y, rho } of this.#pairs) {
      addScaled(direction, alphas.pop()! - rho * dot(y, direction), s);
    }
  }

  /**
   * Remembers the step `step * direction`, unless its curvature is not positive beyond rounding (SciPy's rule).
   * @param slope the old gradient along `direction`
   */
  add(
    direction: Float64Array,
    step: number,
    oldGradient: Float64Array,
    newGradient: Float64Array,
    slope: number,
  ): void {
    const pair =
      this.#pairs.length === this.#limit
        ? this.#pairs.shift()!
        : (this.#spare.pop() ?? { s: new Float64Array(this.#size), y: new Float64Array(this.#size), rho: 0 });
    const { s, y } = pair;
    let curvature = 0;
    let square = 0;
    for (let i = 0; i < s.length; i++) {
      const si = step * direction[i]!;
      const yi = newGradient[i]! - oldGradient[i]!;
      s[i] = si;
      y[i] = yi;
      curvature += si * yi;
      square += yi * yi;
    }
    if (!(curvature > Number.EPSILON * -slope * step)) {
      this.#spare.push(pair);
      return;
    }
    pair.rho = 1 / curvature;
    this.#scale = curvature / square;
    this.#pairs.push(pair);
  }
}

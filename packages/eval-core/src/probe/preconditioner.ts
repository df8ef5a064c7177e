/**
 * An approximate inverse Hessian, so that L-BFGS needs tens of iterations, not hundreds. It moves no optimum.
 *
 * Class k's block of the Hessian is X' diag(p (1 - p)) X + penalty I. With p (1 - p) replaced by its mean c_k and
 * X'X by its strongest eigenpairs (U, lambda) and one value t for the rest,
 *
 *     inverse = 1 / (c_k t + penalty)  +  U [1 / (c_k lambda + penalty) - 1 / (c_k t + penalty)] U'
 *
 * which one decomposition serves for every class and every weight decay. Features are centred, so the intercept
 * is apart: its curvature is c_k n.
 */
import type { LinearProducts } from "./loss.ts";
import { type Spectrum, strongestDirections } from "./spectrum.ts";

/** inverse g = g * tail + U (scale * (U' g)) for a class's weights, and g * intercept for its intercept. */
export interface InverseHessian {
  /** classes x rank */
  readonly scale: Float32Array;
  readonly tail: Float32Array;
  readonly intercept: Float32Array;
}

const RANK = 128;
/** Of the largest eigenvalue. */
const SMALLEST_REST = 1e-5;

export class Preconditioner {
  readonly #spectrum: Spectrum;
  readonly #samples: number;
  readonly #rest: number;

  private constructor(spectrum: Spectrum, samples: number, rest: number) {
    this.#spectrum = spectrum;
    this.#samples = samples;
    this.#rest = rest;
  }

  /** @param total the sum of squares of all (centred) features: the trace of X'X */
  static async of(
    products: (rank: number) => Promise<LinearProducts>,
    { samples, features }: { readonly samples: number; readonly features: number },
    total: number,
  ): Promise<Preconditioner> {
    const rank = Math.min(RANK, features, samples);
    const spectrum = await strongestDirections(await products(rank));
    const found = spectrum.values.reduce((sum, value) => sum + value, 0);
    const rest = (total - found) / Math.max(1, features - rank);
    // Where nothing is left, 1 / penalty would be the tail, and float32 would lose the strong directions beside it.
    return new Preconditioner(spectrum, samples, Math.max(rest, SMALLEST_REST * spectrum.values[0]!));
  }

  /** U: features x rank. */
  get basis(): Float32Array {
    return this.#spectrum.basis;
  }

  get rank(): number {
    return this.#spectrum.values.length;
  }

  /** The inverse at these residuals (samples x classes, of any samples like those of the spectrum). */
  at(penalty: number, residuals: Float64Array, classes: number): InverseHessian {
    const { values } = this.#spectrum;
    const samples = residuals.length / classes;
    const curvature = new Float64Array(classes);
    for (let row = 0; row < residuals.length; row += classes) {
      for (let k = 0; k < classes; k++) {
        const r = Math.abs(residuals[row + k]!);
        curvature[k] = curvature[k]! + (r * (1 - r)) / samples;
      }
    }
    // X was that of train; with val beside it the spectrum grows with the samples.
    const grown = samples / this.#samples;
    const tail = Float32Array.from(curvature, (c) => 1 / (c * grown * this.#rest + penalty));
    const scale = new Float32Array(classes * values.length);
    for (let k = 0; k < classes; k++) {
      values.forEach((value, i) => {
        scale[k * values.length + i] = 1 / (curvature[k]! * grown * value + penalty) - tail[k]!;
      });
    }
    return { scale, tail, intercept: Float32Array.from(curvature, (c) => 1 / Math.max(c * samples, 1e-30)) };
  }
}

/** Makes every row (of parameters: every feature, and the intercept) sum to zero over the classes. */
export function subtractRowMeans(values: Float64Array, classes: number): void {
  for (let row = 0; row < values.length; row += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += values[row + k]!;
    for (let k = 0; k < classes; k++) values[row + k]! -= sum / classes;
  }
}

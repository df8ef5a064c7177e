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
import type { DeviceFeatures } from "./linear-device.ts";
import { type Spectrum, strongestDirections } from "./linear-spectrum.ts";

const RANK = 192;
/** Of the largest eigenvalue. */
const SMALLEST_REST = 1e-5;

export class Preconditioner {
  readonly #device: DeviceFeatures;
  readonly #spectrum: Spectrum;
  readonly #rest: number;

  private constructor(device: DeviceFeatures, spectrum: Spectrum, rest: number) {
    this.#device = device;
    this.#spectrum = spectrum;
    this.#rest = rest;
  }

  /** @param total the sum of squares of all (centred) features: the trace of X'X */
  static async of(device: DeviceFeatures, total: number): Promise<Preconditioner> {
    const rank = Math.min(RANK, device.features, device.samples);
    const spectrum = await strongestDirections(await device.products(rank, "single"));
    await device.setBasis(spectrum.basis, rank);
    const found = spectrum.values.reduce((sum, value) => sum + value, 0);
    const rest = (total - found) / Math.max(1, device.features - rank);
    // Where nothing is left, 1 / penalty would be the tail, and float32 would lose the strong directions beside it.
    return new Preconditioner(device, spectrum, Math.max(rest, SMALLEST_REST * spectrum.values[0]!));
  }

  /**
   * The inverse for residuals where the search starts; applied in place.
   * @param zeroSum for a softmax, which a constant added to all classes leaves as it is: the direction is then kept
   *   free of it, as gradients are
   */
  at(
    penalty: number,
    residuals: Float64Array,
    classes: number,
    zeroSum: boolean,
  ): (gradient: Float64Array) => Promise<void> {
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
    const grown = samples / this.#device.samples;
    const tail = Float32Array.from(curvature, (c) => 1 / (c * grown * this.#rest + penalty));
    const scale = new Float32Array(values.length * classes);
    values.forEach((value, i) => {
      for (let k = 0; k < classes; k++) {
        scale[i * classes + k] = 1 / (curvature[k]! * grown * value + penalty) - tail[k]!;
      }
    });
    const weights = this.#device.features * classes;
    return async (gradient) => {
      const spread = await this.#device.spread(Float32Array.from(gradient.subarray(0, weights)), scale, tail);
      gradient.set(spread);
      for (let k = 0; k < classes; k++) {
        gradient[weights + k] = gradient[weights + k]! / Math.max(curvature[k]! * samples, 1e-300);
      }
      if (zeroSum) subtractRowMeans(gradient, classes);
    };
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

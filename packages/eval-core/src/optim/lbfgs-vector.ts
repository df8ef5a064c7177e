/** The few vector operations that L-BFGS needs. */

/** a . b, in two chains so that the additions overlap. */
export function dot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return a.length % 2 === 1 ? even + odd + a[last]! * b[last]! : even + odd;
}

/** The largest absolute component. */
export function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** a += factor * b */
export function addScaled(a: Float64Array, factor: number, b: Float64Array | Float32Array): void {
  for (let i = 0; i < a.length; i++) a[i] = a[i]! + factor * b[i]!;
}

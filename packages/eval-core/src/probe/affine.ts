/**
 * Features (x - mean) * scale without making them: the products with x in float64, and the shift and the scale put into
 * the parameters and the gradient. Exact where features made so, in float32, would each be rounded.
 */
import type { LinearProducts, LossGradient } from "./loss.ts";

/** Of each feature. */
export interface Affine {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** (x - mean) * scale, rounded to float32. */
export function transformed(data: Float32Array, { mean, scale }: Affine): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += mean.length) {
    for (let j = 0; j < mean.length; j++) result[row + j] = (data[row + j]! - mean[j]!) * scale[j]!;
  }
  return result;
}

/** The products of (x - mean) * scale from those of x: x W' + b' with W' = scale W, b' = b - mean W'. */
export function affineProducts(raw: LinearProducts, affine: Affine): LinearProducts {
  const { features, classes, samples } = raw;
  return {
    samples,
    features,
    classes,
    logits: (parameters) => raw.logits(inner(parameters, classes, affine)),
    gradient: async (residuals) => outer(await raw.gradient(residuals), classes, affine),
  };
}

/** The gradient by the parameters of (x - mean) * scale from that of x. */
export function affineGradient(raw: LossGradient, classes: number, affine: Affine): LossGradient {
  return async (parameters) => {
    const { logits, gradient } = await raw(inner(parameters, classes, affine));
    return { logits, gradient: outer(gradient, classes, affine) };
  };
}

function inner(parameters: Float64Array, classes: number, { mean, scale }: Affine): Float64Array {
  const result = new Float64Array(parameters.length);
  const intercept = mean.length * classes;
  result.set(parameters.subarray(intercept), intercept);
  for (let j = 0, at = 0; j < mean.length; j++) {
    for (let k = 0; k < classes; k++, at++) {
      const weight = parameters[at]! * scale[j]!;
      result[at] = weight;
      result[intercept + k]! -= mean[j]! * weight;
    }
  }
  return result;
}

/** In place. */
function outer(gradient: Float64Array, classes: number, { mean, scale }: Affine): Float64Array {
  const intercept = mean.length * classes;
  for (let j = 0, at = 0; j < mean.length; j++) {
    for (let k = 0; k < classes; k++, at++) {
      gradient[at] = (gradient[at]! - mean[j]! * gradient[intercept + k]!) * scale[j]!;
    }
  }
  return gradient;
}

/** Mean and biased variance of each feature, the mean subtracted before squaring. */
export function momentsOf(
  data: Float32Array,
  features: number,
): { mean: Float64Array; variance: Float64Array } {
  const rows = data.length / features;
  const mean = new Float64Array(features);
  for (let row = 0; row < data.length; row += features) {
    for (let j = 0; j < features; j++) mean[j] = mean[j]! + data[row + j]!;
  }
  for (let j = 0; j < features; j++) mean[j] = mean[j]! / rows;
  const variance = new Float64Array(features);
  for (let row = 0; row < data.length; row += features) {
    for (let j = 0; j < features; j++) variance[j] = variance[j]! + (data[row + j]! - mean[j]!) ** 2;
  }
  for (let j = 0; j < features; j++) variance[j] = variance[j]! / rows;
  return { mean, variance };
}

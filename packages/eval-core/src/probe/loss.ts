/**
 * The linear probe's objective, stated once.
 *
 *     f(W, b) = sum_i loss(x_i W + b, y_i) + penalty/2 * ||W||^2            the intercept b is not penalised
 *
 *     multi-class   loss(z, y) = log sum_k exp z_k - z_y                    dloss/dz_k = softmax(z)_k - [k = y]
 *     multi-label   loss(z, t) = sum_k log(1 + exp z_k) - t_k z_k           dloss/dz_k = sigmoid(z_k) - t_k
 *
 * Layout: parameters are one flat array, W row-major (features x classes) and then b (classes); logits and
 * residuals (dloss/dz) are row-major (samples x classes). Sums, not means: scikit-learn's C is 1/penalty.
 *
 * Multi-label is one binary classifier a class. The paper's authors fit each as a softmax over two classes,
 * w1 = -w0 at the optimum, which is the sigmoid with z = 2 w1 x: in its terms the penalty is half the weight
 * decay, `penaltyOf` says so.
 *
 * `plainProducts` is the reference for the products on a device: float64, no tricks.
 */
import type { Tensor } from "../tensor/index.ts";

export type LinearTask = "multi-class" | "multi-label";

/** Class indices (n), or 0 and 1 (n x classes). */
export type LinearLabels = Int32Array | Uint8Array;

/** The penalty on ||W||^2 / 2 that a weight decay means. */
export function penaltyOf(weightDecay: number, task: LinearTask): number {
  return task === "multi-label" ? weightDecay / 2 : weightDecay;
}

/** The two matrix products that every iteration needs. */
export interface LinearProducts {
  readonly samples: number;
  readonly features: number;
  readonly classes: number;
  /** X W + 1 b' of flat parameters: samples x classes. */
  logits(parameters: Float64Array): Promise<Float64Array | Float32Array>;
  /** X' R, then the column sums of R: the gradient of the loss in the layout of the parameters. */
  gradient(residuals: Float64Array): Promise<Float64Array>;
}

/** At parameters: the logits (samples x classes), and the loss's gradient in the layout of the parameters. */
export type LossGradient = (
  parameters: Float64Array,
) => Promise<{ readonly logits: Float64Array; readonly gradient: Float64Array }>;

/** The products in plain float64 TypeScript. */
export function plainProducts(x: Tensor<"float32" | "float64">, classes: number): LinearProducts {
  const [samples = 0, features = 0] = x.shape;
  const { data } = x;
  return {
    samples,
    features,
    classes,
    logits: async (parameters) => {
      const logits = new Float64Array(samples * classes);
      for (let i = 0; i < samples; i++) {
        const row = i * classes;
        for (let k = 0; k < classes; k++) logits[row + k] = parameters[features * classes + k]!;
        for (let j = 0; j < features; j++) {
          const value = data[i * features + j]!;
          for (let k = 0; k < classes; k++) {
            logits[row + k] = logits[row + k]! + value * parameters[j * classes + k]!;
          }
        }
      }
      return logits;
    },
    gradient: async (residuals) => {
      const gradient = new Float64Array((features + 1) * classes);
      for (let i = 0; i < samples; i++) {
        const row = i * classes;
        for (let j = 0; j <= features; j++) {
          const value = j < features ? data[i * features + j]! : 1;
          for (let k = 0; k < classes; k++) {
            gradient[j * classes + k] = gradient[j * classes + k]! + value * residuals[row + k]!;
          }
        }
      }
      return gradient;
    },
  };
}

/** The loss at logits + step * change, its derivative by the step, and the residuals there. */
export type LossAt = (
  logits: Float64Array,
  change: Float64Array | Float32Array | undefined,
  step: number,
  residuals: Float64Array,
) => { loss: number; slope: number };

export function lossOf(task: LinearTask, labels: LinearLabels, classes: number): LossAt {
  return task === "multi-class" ? softmaxLoss(labels, classes) : sigmoidLoss(labels);
}

/**
 * Differences are taken to the label's own logit, so that a sample's loss keeps its relative precision however
 * small it is: at weak decay the whole objective is a sum of such.
 */
function softmaxLoss(labels: LinearLabels, classes: number): LossAt {
  return (logits, change, step, residuals) => {
    let loss = 0;
    let slope = 0;
    for (let i = 0, row = 0; row < logits.length; i++, row += classes) {
      const end = row + classes;
      const own = row + labels[i]!;
      let max = Number.NEGATIVE_INFINITY;
      for (let k = row; k < end; k++) {
        const z = change ? logits[k]! + step * change[k]! : logits[k]!;
        residuals[k] = z;
        if (z > max) max = z;
      }
      const margin = max - residuals[own]!;
      let others = 0;
      for (let k = row; k < end; k++) {
        if (k === own) continue;
        const e = Math.exp(residuals[k]! - max);
        residuals[k] = e;
        others += e;
      }
      const mine = Math.exp(-margin);
      loss += margin === 0 ? Math.log1p(others) : margin + Math.log(mine + others);
      const scale = 1 / (mine + others);
      residuals[own] = -others;
      if (change) {
        let along = 0;
        for (let k = row; k < end; k++) {
          const r = residuals[k]! * scale;
          residuals[k] = r;
          along += r * change[k]!;
        }
        slope += along;
      } else {
        for (let k = row; k < end; k++) residuals[k] = residuals[k]! * scale;
      }
    }
    return { loss, slope };
  };
}

function sigmoidLoss(labels: LinearLabels): LossAt {
  return (logits, change, step, residuals) => {
    let loss = 0;
    let slope = 0;
    for (let i = 0; i < logits.length; i++) {
      const direction = change ? change[i]! : 0;
      const z = logits[i]! + step * direction;
      // With the sign of the label, 1 and 0 are one case: loss = log(1 + exp(-signed)).
      const signed = labels[i] === 1 ? z : -z;
      const e = Math.exp(-Math.abs(signed));
      loss += Math.log1p(e) + Math.max(0, -signed);
      const wrong = (signed > 0 ? e : 1) / (1 + e);
      const r = labels[i] === 1 ? -wrong : wrong;
      residuals[i] = r;
      slope += r * direction;
    }
    return { loss, slope };
  };
}

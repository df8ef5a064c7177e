/** Adam and AdamW, as torch.optim defines them. */
import type { Emitter } from "../autodiff/index.ts";
import { LEARNING_RATE, type Optimizer, STEP, WEIGHT_DECAY } from "./optimizer.ts";

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * m' = beta1 m + (1 - beta1) g; v' = beta2 v + (1 - beta2) g^2;
 * w' = w - learningRate (m' / (1 - beta1^step)) / (sqrt(v' / (1 - beta2^step)) + epsilon).
 * Adam adds weightDecay w to the gradient g; AdamW takes learningRate weightDecay w off the weights instead.
 */
function make(name: string, decoupled: boolean, options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const correction = (e: Emitter, beta: number) =>
    e.sub(e.scalar(1, STEP), e.op("Pow", [e.scalar(beta, STEP), STEP]));
  return {
    name,
    scalars: [LEARNING_RATE, WEIGHT_DECAY, STEP],
    slots: ["mean", "square"],
    update(e, parameter, gradient, state, hasDecay = true) {
      const [mean, square] = state as [string, string];
      const g = decoupled || !hasDecay ? gradient : e.add(gradient, e.mul(parameter, WEIGHT_DECAY));
      const nextMean = e.add(e.scale(mean, beta1), e.scale(g, 1 - beta1));
      const nextSquare = e.add(e.scale(square, beta2), e.scale(e.mul(g, g), 1 - beta2));
      const root = e.op("Sqrt", [e.div(nextSquare, correction(e, beta2))]);
      const rate = e.div(LEARNING_RATE, correction(e, beta1));
      const moved = e.div(e.mul(nextMean, rate), e.add(root, e.scalar(epsilon, root)));
      const shrunk =
        decoupled && hasDecay
          ? e.mul(parameter, e.sub(e.scalar(1, LEARNING_RATE), e.mul(LEARNING_RATE, WEIGHT_DECAY)))
          : parameter;
      return { next: e.sub(shrunk, moved), state: [nextMean, nextSquare] };
    },
  };
}

export const adam = (options: AdamOptions = {}): Optimizer => make("adam", false, options);
export const adamW = (options: AdamOptions = {}): Optimizer => make("adamw", true, options);

/** Stochastic gradient descent, as torch.optim.SGD defines it. */
import { LEARNING_RATE, type Optimizer, WEIGHT_DECAY } from "./optimizer.ts";

export interface SgdOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * g = gradient + weightDecay w; v' = momentum v + g; w' = w - learningRate d, where d is g without momentum,
 * v' with it, and g + momentum v' with Nesterov's.
 * @throws RangeError for Nesterov without momentum, as PyTorch.
 */
export function sgd({ momentum = 0, nesterov = false }: SgdOptions = {}): Optimizer {
  if (nesterov && momentum <= 0)
    throw new RangeError(`Nesterov's SGD needs a momentum above 0, found ${momentum}`);
  return {
    name: "sgd",
    scalars: [LEARNING_RATE, WEIGHT_DECAY],
    slots: momentum > 0 ? ["momentum"] : [],
    update(e, parameter, gradient, [velocity], hasDecay = true) {
      const decayed = hasDecay ? e.add(gradient, e.mul(parameter, WEIGHT_DECAY)) : gradient;
      const step = (direction: string) => e.sub(parameter, e.mul(direction, LEARNING_RATE));
      if (velocity === undefined) return { next: step(decayed), state: [] };
      const moved = e.add(e.scale(velocity, momentum), decayed);
      const direction = nesterov ? e.add(decayed, e.scale(moved, momentum)) : moved;
      return { next: step(direction), state: [moved] };
    },
  };
}

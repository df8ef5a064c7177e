/** Learning rates over training: pure functions of the step, counted from 0. */

export type Schedule = (step: number) => number;

export const constant =
  (rate: number): Schedule =>
  () =>
    rate;

/** rate (1 + cos(pi step / steps)) / 2: to 0 without restarts, as torch's CosineAnnealingLR. */
export const cosineAnnealing =
  (rate: number, steps: number): Schedule =>
  (step) =>
    (rate * (1 + Math.cos((Math.PI * step) / steps))) / 2;

/** rate * gamma ^ (how many milestones have been reached). */
export const stepDecay =
  (rate: number, milestones: readonly number[], gamma = 0.1): Schedule =>
  (step) =>
    rate * gamma ** milestones.filter((milestone) => step >= milestone).length;

/** rate * gamma ^ floor(step / every) */
export const exponentialDecay =
  (rate: number, every: number, gamma: number): Schedule =>
  (step) =>
    rate * gamma ** Math.floor(step / every);

/** rate (1 - step / steps) ^ power */
export const polynomialDecay =
  (rate: number, steps: number, power = 0.9): Schedule =>
  (step) =>
    rate * (1 - Math.min(step, steps) / steps) ** power;

/** For the first `steps` the rate grows linearly from `factor` of the schedule's to all of it, as detectron2's. */
export const warmUp =
  (schedule: Schedule, steps: number, factor = 0.001): Schedule =>
  (step) => {
    if (step >= steps) return schedule(step);
    const share = step / steps;
    return schedule(step) * (factor * (1 - share) + share);
  };

/**
 * Line searches. Both take the value and slope at 0 and answer a step that satisfies the strong Wolfe
 * conditions, the last one tried; undefined when there is none to be found.
 */
/** The function of one variable f(x + step * direction). */
export interface Line {
  at(step: number): { readonly value: number; readonly slope: number };
}

export interface SearchResult {
  readonly step: number;
  readonly trials: number;
}

/** How much smaller than at 0 the slope must be. On cached predictions a second trial costs little. */
const FLATTER = 0.3;
const SUFFICIENT = 1e-4;

/**
 * For a convex function, whose slope only grows: the secant rule on slopes, inside the bracket once there is
 * one, halved where the secant would leave it. Values decide nothing but the failure, so the search works on
 * where the decrease is below the rounding of the objective.
 */
export function convexSearch(
  line: Line,
  value0: number,
  slope0: number,
  first: number,
  maxTrials: number,
): SearchResult | undefined {
  let low = 0;
  let lowSlope = slope0;
  let high = Number.POSITIVE_INFINITY;
  let highSlope = Number.NaN;
  let step = first;
  const slack = 1e-12 * Math.abs(value0);
  for (let trials = 1; trials <= maxTrials; trials++) {
    const { value, slope } = line.at(step);
    const decreased = value <= value0 + SUFFICIENT * step * slope0 + slack;
    if (Number.isFinite(value) && decreased && Math.abs(slope) <= -FLATTER * slope0) return { step, trials };
    if (!Number.isFinite(value) || slope > 0 || !decreased) {
      high = step;
      highSlope = slope;
    } else {
      low = step;
      lowSlope = slope;
    }
    if (high === Number.POSITIVE_INFINITY) {
      const secant = step * (slope0 / (slope0 - lowSlope));
      step = secant > 1.1 * step && secant < 10 * step ? secant : 4 * step;
    } else {
      const secant = low - (lowSlope * (high - low)) / (highSlope - lowSlope);
      const margin = 0.05 * (high - low);
      step = secant > low + margin && secant < high - margin ? secant : (low + high) / 2;
    }
  }
  return undefined;
}

/** One end of the interval of uncertainty, or a trial: step, value, slope. */
interface Trial {
  step: number;
  value: number;
  slope: number;
}

/** MINPACK-2's constants as L-BFGS-B calls it. */
const FTOL = 1e-3;
const GTOL = 0.9;
const XTOL = 0.1;
const STEP_MAX = 1e10;

/**
 * Moré and Thuente (1994), "Line search algorithms with guaranteed sufficient decrease", in the arrangement of
 * MINPACK-2's dcsrch, which SciPy's L-BFGS-B uses; a search that ends with a warning keeps its step, as there.
 */
export function moreThuente(
  line: Line,
  value0: number,
  slope0: number,
  first: number,
  maxTrials: number,
): SearchResult | undefined {
  const test = FTOL * slope0;
  let best: Trial = { step: 0, value: value0, slope: slope0 };
  let other: Trial = { ...best };
  let bracketed = false;
  let modified = true;
  let width = STEP_MAX;
  let widthBefore = 2 * STEP_MAX;
  let min = 0;
  let max = 5 * first;
  let step = first;
  for (let trials = 1; trials <= maxTrials; trials++) {
    const { value, slope } = line.at(step);
    const bound = value0 + step * test;
    if (modified && value <= bound && slope >= 0) modified = false;
    const warned =
      (bracketed && (step <= min || step >= max || max - min <= XTOL * max)) ||
      (step === STEP_MAX && value <= bound && slope <= test) ||
      (step === 0 && (value > bound || slope >= test));
    if (warned || (value <= bound && Math.abs(slope) <= GTOL * -slope0)) return { step, trials };

    const shift = modified && value <= best.value && value > bound ? test : 0;
    const tilted = (t: Trial, sign: number): Trial => ({
      step: t.step,
      value: t.value - sign * t.step * shift,
      slope: t.slope - sign * shift,
    });
    const next = safeguardedStep(
      tilted(best, 1),
      tilted(other, 1),
      tilted({ step, value, slope }, 1),
      bracketed,
      min,
      max,
    );
    best = tilted(next.best, -1);
    other = tilted(next.other, -1);
    step = next.step;
    bracketed = next.bracketed;
    if (bracketed) {
      if (Math.abs(other.step - best.step) >= 0.66 * widthBefore) {
        step = best.step + 0.5 * (other.step - best.step);
      }
      widthBefore = width;
      width = Math.abs(other.step - best.step);
      min = Math.min(best.step, other.step);
      max = Math.max(best.step, other.step);
    } else {
      min = step + 1.1 * (step - best.step);
      max = step + 4 * (step - best.step);
    }
    step = Math.min(Math.max(step, 0), STEP_MAX);
    if (bracketed && (step <= min || step >= max || max - min <= XTOL * max)) step = best.step;
  }
  return undefined;
}

/** MINPACK-2's dcstep: the next trial from the cubics and secants through the ends, and the new interval. */
function safeguardedStep(
  best: Trial,
  other: Trial,
  trial: Trial,
  wasBracketed: boolean,
  min: number,
  max: number,
): { best: Trial; other: Trial; step: number; bracketed: boolean } {
  const sameSign = trial.slope * Math.sign(best.slope);
  const theta = (3 * (best.value - trial.value)) / (trial.step - best.step) + best.slope + trial.slope;
  const scale = Math.max(Math.abs(theta), Math.abs(best.slope), Math.abs(trial.slope));
  const root = (square: number) => scale * Math.sqrt(square);
  const discriminant = (theta / scale) ** 2 - (best.slope / scale) * (trial.slope / scale);
  let bracketed = wasBracketed;
  let step: number;
  if (trial.value > best.value) {
    const gamma = root(discriminant) * (trial.step < best.step ? -1 : 1);
    const r = (gamma - best.slope + theta) / (gamma - best.slope + gamma + trial.slope);
    const cubic = best.step + r * (trial.step - best.step);
    const quadratic =
      best.step +
      (best.slope / ((best.value - trial.value) / (trial.step - best.step) + best.slope) / 2) *
        (trial.step - best.step);
    step =
      Math.abs(cubic - best.step) < Math.abs(quadratic - best.step) ? cubic : cubic + (quadratic - cubic) / 2;
    bracketed = true;
  } else if (sameSign < 0) {
    const gamma = root(discriminant) * (trial.step > best.step ? -1 : 1);
    const r = (gamma - trial.slope + theta) / (gamma - trial.slope + gamma + best.slope);
    const cubic = trial.step + r * (best.step - trial.step);
    const secant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step);
    step = Math.abs(cubic - trial.step) > Math.abs(secant - trial.step) ? cubic : secant;
    bracketed = true;
  } else if (Math.abs(trial.slope) < Math.abs(best.slope)) {
    const gamma = root(Math.max(0, discriminant)) * (trial.step > best.step ? -1 : 1);
    const r = (gamma - trial.slope + theta) / (gamma + (best.slope - trial.slope) + gamma);
    const cubic =
      r < 0 && gamma !== 0 ? trial.step + r * (best.step - trial.step) : trial.step > best.step ? max : min;
    const secant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step);
    const cubicNearer = Math.abs(cubic - trial.step) < Math.abs(secant - trial.step);
    if (bracketed) {
      step = cubicNearer ? cubic : secant;
      const limit = trial.step + 0.66 * (other.step - trial.step);
      step = trial.step > best.step ? Math.min(limit, step) : Math.max(limit, step);
    } else {
      step = Math.max(min, Math.min(max, cubicNearer ? secant : cubic));
    }
  } else if (bracketed) {
    const t = (3 * (trial.value - other.value)) / (other.step - trial.step) + other.slope + trial.slope;
    const s = Math.max(Math.abs(t), Math.abs(other.slope), Math.abs(trial.slope));
    const gamma =
      s *
      Math.sqrt((t / s) ** 2 - (other.slope / s) * (trial.slope / s)) *
      (trial.step > other.step ? -1 : 1);
    const r = (gamma - trial.slope + t) / (gamma - trial.slope + gamma + other.slope);
    step = trial.step + r * (other.step - trial.step);
  } else {
    step = trial.step > best.step ? max : min;
  }
  if (trial.value > best.value) return { best, other: trial, step, bracketed };
  return { best: trial, other: sameSign < 0 ? best : other, step, bracketed };
}

/** The curves of a training run: the loss and its parts, and the learning rate, of every step. */

/** One number a step, by name: "loss", its parts, and "learningRate". */
export class Curves {
  readonly #values = new Map<string, number[]>();

  /** The values of a step. Every step has the same names. */
  add(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const curve = this.#values.get(name) ?? [];
      curve.push(value);
      this.#values.set(name, curve);
    }
  }

  of(name: string): readonly number[] {
    return this.#values.get(name) ?? [];
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  set(name: string, values: readonly number[]): void {
    this.#values.set(name, [...values]);
  }
}

/** A curve for the record: the means over equally many steps each, at most so many points. */
export interface RecordedCurves {
  readonly steps: number;
  /** How many steps a point is the mean of; the last may be of fewer. */
  readonly stepsPerPoint: number;
  readonly curves: Readonly<Record<string, readonly number[]>>;
}

/** Points of a recorded curve: more than a page has pixels for. */
const MOST_POINTS = 1000;

export function recorded(curves: Curves, most = MOST_POINTS): RecordedCurves {
  const steps = curves.of("loss").length;
  const stepsPerPoint = Math.max(1, Math.ceil(steps / most));
  const thinned = (values: readonly number[]) =>
    Array.from({ length: Math.ceil(values.length / stepsPerPoint) }, (_, i) => {
      const part = values.slice(i * stepsPerPoint, (i + 1) * stepsPerPoint);
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    });
  return {
    steps,
    stepsPerPoint,
    curves: Object.fromEntries(curves.names.map((name) => [name, thinned(curves.of(name))])),
  };
}

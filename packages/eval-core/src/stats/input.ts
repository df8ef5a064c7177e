/** The one typed error of this room, and the checks that every statistic makes of its input. */

/** A column of numbers, in any of the forms that hold one. */
export type Numbers = ArrayLike<number>;

/** The input of a statistic is not what the statistic is defined for; the message is one sentence for people. */
export class StatisticsError extends RangeError {
  override readonly name = "StatisticsError";
}

/** @throws StatisticsError unless both have one length and hold finite numbers only. */
export function requirePairs(x: Numbers, y: Numbers): void {
  if (x.length !== y.length) {
    throw new StatisticsError(`x and y must pair up: x has ${x.length} values, y has ${y.length}.`);
  }
  requireFinite(x, "x");
  requireFinite(y, "y");
}

/** @throws StatisticsError at the first NaN or infinity. */
export function requireFinite(values: Numbers, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new StatisticsError(
        `${name}[${i}] is ${values[i]}: every value must be a finite number; leave missing pairs out first.`,
      );
    }
  }
}

/** @throws StatisticsError unless `level` is strictly between 0 and 1. */
export function requireLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new StatisticsError(`level must lie between 0 and 1, such as 0.95: found ${level}.`);
  }
}

/** Checks of a single value: its bounds, its unit, what counts can give it, and its interval. */
import { wilsonInterval } from "../../metrics/accuracy.ts";
import { type Say, shown } from "./finding.ts";
import {
  EPISODES,
  type Facts,
  isAccuracy,
  isAttainable,
  isFewShot,
  type Measure,
  measureOf,
  type OfferedValue,
  QUERIES,
} from "./input.ts";
import type { PlausibilityLedger } from "./ledger.ts";

/** The values that further checks leave out, by index. */
export interface Unusable {
  /** Out of bounds or in another unit: in no further check. */
  readonly wrong: Set<number>;
  /** On a bound that no other method is near: not held against a forecast. */
  readonly perfect: Set<number>;
}

interface Case {
  readonly index: number;
  readonly offered: OfferedValue;
  readonly measure: Measure;
  readonly facts: Facts;
  readonly say: Say;
}

/** Of the cases that a share of right answers counts: queries of all episodes, or test images. */
function casesOf({ offered, measure, facts }: Case): number | undefined {
  if (isFewShot(measure)) return (offered.sampleSize ?? EPISODES) * QUERIES;
  return offered.sampleSize ?? facts.testSize(measure.dataset);
}

export function checkOneValue(
  offered: OfferedValue,
  index: number,
  ledger: PlausibilityLedger,
  facts: Facts,
  say: Say,
  unusable: Unusable,
): void {
  const measure = measureOf(offered.measure);
  const { value } = offered;
  const { lower, upper } = facts.bounds(offered.measure);
  if (value < lower || (upper !== null && value > upper)) {
    const range = upper === null ? `at least ${shown(lower)}` : `${shown(lower)} to ${shown(upper)}`;
    say("BOUND", index, `${shown(value)} is out of the bounds of ${measure.metric}: ${range}.`);
    unusable.wrong.add(index);
    return;
  }
  const column = ledger.column(offered.measure);
  const known = column === undefined ? [] : ledger.knownOf(column);
  if (known.length > 0 && inAnotherUnit(offered, index, measure, upper, known, say)) {
    unusable.wrong.add(index);
    return;
  }
  if (known.length > 0 && upper !== null && (value === lower || value === upper)) {
    const nearest = known.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
    if (Math.abs(nearest - value) > 0.01 * (upper - lower)) {
      say(
        "PERFECT",
        index,
        `${shown(value)} is a bound of ${measure.metric}, and the nearest of ${known.length} methods is at ${shown(nearest)}.`,
      );
      unusable.perfect.add(index);
    }
  }
  const own: Case = { index, offered, measure, facts, say };
  if (isAccuracy(measure)) {
    checkChance(own);
    checkGrain(own);
  }
  const size = facts.testSize(measure.dataset);
  const { sampleSize } = offered;
  if (sampleSize != null && size !== undefined && !isFewShot(measure) && sampleSize > size) {
    say("SIZE", index, `${sampleSize} images are more than the ${size} of the test split.`, "sampleSize");
  }
  if (offered.interval != null) checkInterval(own, lower, upper);
}

function inAnotherUnit(
  { value }: OfferedValue,
  index: number,
  { metric }: Measure,
  upper: number | null,
  known: readonly number[],
  say: Say,
): boolean {
  const isAbove = (least: number) => known.every((other) => other > least);
  if (upper === 100 && value > 0 && value <= 1 && isAbove(5)) {
    const percent = shown(100 * value);
    say(
      "FRACTION",
      index,
      `${shown(value)} looks like a fraction, and ${metric} is in percent: ${percent} if so.`,
    );
    return true;
  }
  if (/^(mean|median)-error$/.test(metric) && value < Math.PI && isAbove(10)) {
    const degrees = shown((180 / Math.PI) * value);
    say(
      "RADIANS",
      index,
      `${shown(value)} looks like radians, and ${metric} is in degrees: ${degrees} if so.`,
    );
    return true;
  }
  return false;
}

function checkChance(own: Case): void {
  const { index, offered, measure, facts, say } = own;
  const classes = facts.classes(measure.dataset);
  const chance = isFewShot(measure) ? 20 : classes === undefined ? undefined : 100 / classes;
  const n = casesOf(own);
  if (chance === undefined || n === undefined) return;
  const deviation = 100 * Math.sqrt(((chance / 100) * (1 - chance / 100)) / n);
  if (offered.value < chance - 3 * deviation) {
    say("CHANCE", index, `${shown(offered.value)} is below chance, which is ${shown(chance)} here.`);
  }
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function checkGrain(own: Case): void {
  const { index, offered, measure, facts, say } = own;
  const { value } = offered;
  const seeds = Math.max(1, offered.seeds?.length ?? 0);
  const perClass = measure.metric === "mean-per-class-accuracy";
  const sizes = perClass ? facts.classSizes(measure.dataset) : undefined;
  if (perClass && sizes === undefined) return;
  const cases = sizes ? sizes.length * sizes.reduce((a, b) => (a / gcd(a, b)) * b) : casesOf(own);
  if (cases === undefined) return;
  const n = cases * seeds;
  if (isAttainable(value, n)) return;
  const below = Math.floor((value * n) / 100);
  const what = sizes
    ? `classes of ${[...new Set(sizes)].sort((a, b) => a - b).join(" and ")} images`
    : isFewShot(measure)
      ? `${cases} queries`
      : `${cases} images`;
  const [a, b] = [below, below + 1].map((k) => shown((100 * k) / n, 8));
  const code = sizes ? "GRAIN_CLASSES" : isFewShot(measure) ? "GRAIN_EPISODES" : "GRAIN";
  say(
    code,
    index,
    `No count gives ${value} on ${what}${seeds > 1 ? ` in ${seeds} runs` : ""}: the nearest are ${a} and ${b}; if it is a mean over several runs, list their seeds.`,
  );
}

/** Half the width of Wilson's 95% interval of a share, in points. */
function wilsonHalf(share: number, n: number): number {
  const { lower, upper } = wilsonInterval(share * n, n);
  return (upper - lower) / 2;
}

function checkInterval(own: Case, lower: number, upper: number | null): void {
  const { index, offered, say } = own;
  const { value } = offered;
  const { lower: from, upper: to } = offered.interval!;
  const tell = (code: Parameters<Say>[0], message: string) => say(code, index, message, "interval");
  const half = (to - from) / 2;
  if (from > to) {
    tell("INTERVAL_ORDER", `The interval's lower end ${shown(from)} is above its upper end ${shown(to)}.`);
  } else if (value < from || value > to) {
    const range = `${shown(from)} to ${shown(to)}`;
    tell("INTERVAL_VALUE", `The interval ${range} does not contain its value ${shown(value)}.`);
  } else if (half > 0) checkWidth(own, half, tell);
  else if (value !== lower && value !== upper) {
    tell("INTERVAL_ZERO", "An interval without width says that nothing is uncertain.");
  }
}

/** Whether so many cases can give a half width, in points. Seeds have a spread of their own. */
function checkWidth(
  { offered, measure, facts }: Case,
  half: number,
  tell: (code: Parameters<Say>[0], message: string) => void,
): void {
  const { value, sampleSize } = offered;
  if (!isAccuracy(measure) || (offered.seeds?.length ?? 0) > 1) return;
  const share = Math.min(Math.max(value / 100, 0), 1);
  const n = isFewShot(measure) ? (sampleSize ?? EPISODES) : (sampleSize ?? facts.testSize(measure.dataset));
  if (n === undefined || n < 1) return;
  const spread = 196 * Math.sqrt(share * (1 - share));
  // No episode varies less than its queries do, or more than all or nothing.
  const [least, most] = isFewShot(measure)
    ? [(0.8 * spread) / Math.sqrt(n * QUERIES), (1.05 * spread) / Math.sqrt(n)]
    : [0.4 * wilsonHalf(share, n), 3 * wilsonHalf(share, n)];
  if (half < least) {
    tell(
      "INTERVAL_NARROW",
      `Half a width of ${shown(half)} is less than ${n} cases can give: at least about ${shown(least)}; if it is over several runs, list their seeds.`,
    );
  } else if (half > most) {
    tell(
      "INTERVAL_WIDE",
      `Half a width of ${shown(half)} is more than the cases can give: at most about ${shown(most)}.`,
    );
  }
}

/** All intervals of one half width: made up, or one dataset's. */
export function checkRepeatedIntervals(values: readonly OfferedValue[], say: Say): void {
  const halves = values.flatMap(({ interval }) =>
    interval == null ? [] : [Number(((interval.upper - interval.lower) / 2).toFixed(6))],
  );
  if (halves.length >= 5 && halves[0]! > 0 && new Set(halves).size === 1) {
    say(
      "INTERVAL_REPEATED",
      null,
      `All ${halves.length} intervals have the same half width, ${shown(halves[0]!)}.`,
    );
  }
}

/**
 * One line of a conformance report: what was compared with the golden answer, how far it lies from it, and how far it may.
 */
import type { AnyTensor } from "../tensor/index.ts";

export interface Finding {
  /** The golden's name, such as "swav.pth.tar" or "case 3". */
  readonly name: string;
  /** What was compared, with its unit: "features, relative to the largest". */
  readonly compared: string;
  /** The largest difference; NaN where there is none to speak of, as after an error. */
  readonly difference: number;
  readonly allowed: number;
  readonly ok: boolean;
  /** One sentence, where the difference alone does not tell: an error, or why more is allowed. */
  readonly note?: string;
}

/** A finding; NaN is never within what is allowed. */
export function finding(
  name: string,
  compared: string,
  difference: number,
  allowed: number,
  note?: string,
): Finding {
  return {
    name,
    compared,
    difference,
    allowed,
    ok: difference <= allowed,
    ...(note === undefined ? {} : { note }),
  };
}

/** What was to hold exactly and cannot be told as a distance: 0 when it does, 1 when not. */
export function exactly(name: string, compared: string, holds: boolean, note?: string): Finding {
  return finding(name, compared, holds ? 0 : 1, 0, holds ? undefined : note);
}

/** Runs one case: an error becomes its finding, so that the cases after it still run. Interruptions go through. */
export async function* findingsOf(
  name: string,
  compared: string,
  signal: AbortSignal | undefined,
  compare: () => AsyncIterable<Finding> | Iterable<Finding> | Promise<Iterable<Finding>>,
): AsyncGenerator<Finding> {
  signal?.throwIfAborted();
  try {
    yield* await compare();
  } catch (error) {
    if (signal?.aborted) throw error;
    const { message } = error as Error;
    yield { name, compared, difference: Number.NaN, allowed: 0, ok: false, note: message };
  }
}

type Numbers = AnyTensor | ArrayLike<number>;
const valuesOf = (numbers: Numbers): ArrayLike<number | bigint> =>
  "shape" in numbers ? numbers.data : numbers;

/** @throws Error where the shapes or lengths differ: then no element has a counterpart. */
function requireSameShape(actual: Numbers, golden: Numbers): void {
  const of = (numbers: Numbers) => ("shape" in numbers ? numbers.shape : [numbers.length]).join(" x ");
  if ("shape" in actual !== "shape" in golden) {
    if (valuesOf(actual).length === valuesOf(golden).length) return;
  } else if (of(actual) === of(golden)) return;
  throw new Error(`the shape is ${of(actual)}, the golden's ${of(golden)}`);
}

/** The largest absolute difference of any element; NaN where an element is NaN on one side only. */
export function largestDifference(actual: Numbers, golden: Numbers): number {
  requireSameShape(actual, golden);
  const [a, g] = [valuesOf(actual), valuesOf(golden)];
  let largest = 0;
  for (let i = 0; i < g.length; i++) {
    const [x, y] = [Number(a[i]), Number(g[i])];
    if (Object.is(x, y) || x === y) continue;
    const difference = Math.abs(x - y);
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/** The largest absolute difference, divided by the golden's largest absolute value (by 1 where that is 0). */
export function relativeDifference(actual: Numbers, golden: Numbers): number {
  const g = valuesOf(golden);
  let scale = 0;
  for (let i = 0; i < g.length; i++) scale = Math.max(scale, Math.abs(Number(g[i])));
  return largestDifference(actual, golden) / (scale || 1);
}

/** The largest difference of any value from its golden, each divided by that golden: for numbers of unlike size. */
export function eachRelativeDifference(actual: ArrayLike<number>, golden: ArrayLike<number>): number {
  requireSameShape(actual, golden);
  let largest = 0;
  for (let i = 0; i < golden.length; i++) {
    const [x, y] = [actual[i]!, golden[i]!];
    const difference = x === y ? 0 : Math.abs(x - y) / (Math.abs(y) || 1);
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

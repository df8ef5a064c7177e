/** Patterns that measurement does not make: another method's cells, one constant added, one value everywhere, odd digits. */
import { type Say, shown } from "./finding.ts";
import { decimalsOf, type Facts, type OfferedValue } from "./input.ts";
import type { PlausibilityLedger } from "./ledger.ts";

/** P(X >= s), X ~ Poisson(rate): the tail itself, not 1 less the rest. */
function poissonTail(s: number, rate: number): number {
  let term = Math.exp(-rate);
  for (let k = 1; k <= s; k++) term *= rate / k;
  let sum = 0;
  for (let k = s + 1; term > 0 && term > sum * 1e-17; k++) {
    sum += term;
    term *= rate / k;
  }
  return sum;
}

/** What a chance of this size is called a copy. */
const LEVEL = 1e-6;
/** So many other methods are named; of more their number is told. */
const MOST_NAMED = 5;

interface Cell {
  readonly mine: number;
  readonly deviation: number;
  readonly decimals: number;
  /** That two draws fall in one cell of the rounding. */
  readonly chance: number;
  /** Of every method. */
  readonly all: readonly number[];
}

/**
 * @param among how many of the ledger's methods are looked at, the first ones
 * @param level the chance of a coincidence below which it is called a copy
 */
export function checkCopies(
  slug: string,
  values: readonly OfferedValue[],
  ledger: PlausibilityLedger,
  say: Say,
  { among = ledger.methods.length, level = LEVEL }: { among?: number; level?: number } = {},
): void {
  const offered = new Map<number, number>();
  for (const { measure, value } of values) {
    const column = ledger.column(measure);
    if (column !== undefined) offered.set(column, value);
  }
  const cells = [...offered].map(([column, mine]): Cell => {
    const deviation = ledger.deviationOf(column);
    const decimals = decimalsOf(mine);
    const chance = 10 ** -decimals / (2 * Math.sqrt(Math.PI) * deviation);
    return { mine, deviation, decimals, chance, all: ledger.valuesOf(column) };
  });
  const room = new Float64Array(cells.length);
  const named = { COPY: 0, SHIFT: 0 };
  for (let row = 0; row < among; row++) {
    const other = ledger.methods[row]!;
    if (other === slug) continue;
    const found = patternOf(cells, row, other, room, level);
    if (found && ++named[found.code] <= MOST_NAMED) say(found.code, null, found.message);
  }
  for (const code of ["COPY", "SHIFT"] as const) {
    const more = named[code] - MOST_NAMED;
    if (more > 0) say(code, null, `The same holds of ${more} more methods.`);
  }
}

/** What one other method's values are of these. @param differences room for as many numbers as there are cells */
function patternOf(
  cells: readonly Cell[],
  row: number,
  other: string,
  differences: Float64Array,
  level: number,
): { readonly code: "COPY" | "SHIFT"; readonly message: string } | undefined {
  let [shared, telling, same, rate, differing] = [0, 0, 0, 0, 0];
  for (const { mine, deviation, decimals, chance, all } of cells) {
    const theirs = all[row]!;
    if (Number.isNaN(theirs)) continue;
    shared++;
    // Where all known values are one, or only one is known, nothing tells a copy from a coincidence.
    if (deviation > 0) {
      telling++;
      rate += chance;
      if (theirs === mine) same++;
    }
    if (theirs !== mine && decimals >= 1) differences[differing++] = Math.round((mine - theirs) * 1e6);
  }
  if (same >= 2 && poissonTail(same, rate) < level) {
    const message = `${same} of ${telling} values are those of ${other} to the last digit; by chance one would expect ${shown(rate, 2)}.`;
    return { code: "COPY", message };
  }
  if (differing < 5) return undefined;
  const value = majorityOf(differences, differing);
  let count = 0;
  for (let i = 0; i < differing; i++) if (differences[i] === value) count++;
  if (count < 5 || count <= shared / 2) return undefined;
  const message = `${count} of ${shared} values are those of ${other} plus ${shown(value / 1e6)}.`;
  return { code: "SHIFT", message };
}

/** The number that more than half of the first `n` are, if there is one (Boyer and Moore's vote); else any of them. */
function majorityOf(numbers: Float64Array, n: number): number {
  let [candidate, votes] = [numbers[0]!, 0];
  for (let i = 0; i < n; i++) {
    if (votes === 0) candidate = numbers[i]!;
    votes += numbers[i] === candidate ? 1 : -1;
  }
  return candidate;
}

/** One value, no bound, at several measures. */
export function checkRepeats(values: readonly OfferedValue[], facts: Facts, say: Say): void {
  const measures = new Map<number, Set<string>>();
  for (const { measure, value } of values) {
    const { lower, upper } = facts.bounds(measure);
    if (value === lower || value === upper) continue;
    const own = measures.get(value) ?? new Set();
    measures.set(value, own.add(measure));
  }
  for (const [value, at] of measures) {
    const decimals = decimalsOf(value);
    if ((at.size >= 3 && decimals >= 2) || (at.size === 2 && decimals >= 4)) {
      const names = [...at].sort().join(", ");
      say("REPEAT", null, `${shown(value, 8)} stands at ${at.size} measures: ${names}.`);
    }
  }
}

/** P(X >= x), chi-squared with 8 degrees. */
function chiSquared8(x: number): number {
  const half = x / 2;
  return Math.exp(-half) * (1 + half + half ** 2 / 2 + half ** 3 / 6);
}

/** Last digits of counted shares spread evenly; those that people make up do not. Zeros are lost in JSON. */
export function checkDigits(values: readonly OfferedValue[], facts: Facts, say: Say): void {
  const percents = values
    .filter(({ measure }) => facts.bounds(measure).upper === 100)
    .map(({ value }) => value);
  const decimals = Math.max(0, ...percents.map(decimalsOf));
  if (decimals < 1 || decimals > 4) return;
  const last = percents
    .filter((value) => decimalsOf(value) === decimals)
    .map((value) => Math.round(value * 10 ** decimals) % 10);
  if (last.length < 20) return;
  const counts = Array.from({ length: 9 }, (_, i) => last.filter((digit) => digit === i + 1).length);
  const share = last.length / 9;
  const chi = counts.reduce((sum, count) => sum + (count - share) ** 2 / share, 0);
  if (chiSquared8(chi) >= 1e-5) return;
  const most = Math.max(...counts);
  say(
    "DIGITS",
    null,
    `Of ${last.length} last digits ${most} are ${1 + counts.indexOf(most)}: counted digits spread evenly.`,
  );
}

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

export function checkCopies(
  slug: string,
  values: readonly OfferedValue[],
  ledger: PlausibilityLedger,
  say: Say,
): void {
  const offered = new Map<number, number>();
  for (const { measure, value } of values) {
    const column = ledger.column(measure);
    if (column !== undefined) offered.set(column, value);
  }
  const cells = [...offered].map(([column, mine]) => {
    const deviation = ledger.deviationOf(column);
    const decimals = decimalsOf(mine);
    // The chance of two draws in one cell of the rounding.
    const chance = 10 ** -decimals / (2 * Math.sqrt(Math.PI) * deviation);
    return { mine, deviation, decimals, chance, all: ledger.valuesOf(column) };
  });
  for (const [row, other] of ledger.methods.entries()) {
    if (other === slug) continue;
    const shared = cells.filter(({ all }) => !Number.isNaN(all[row]!));
    // Where all known values are one, or only one is known, nothing tells a copy from a coincidence.
    const telling = shared.filter(({ deviation }) => deviation > 0);
    const same = telling.filter(({ all, mine }) => all[row] === mine);
    const rate = telling.reduce((sum, { chance }) => sum + chance, 0);
    if (same.length >= 2 && poissonTail(same.length, rate) < 1e-6) {
      say(
        "COPY",
        null,
        `${same.length} of ${telling.length} values are those of ${other} to the last digit; by chance one would expect ${shown(rate, 2)}.`,
      );
      continue;
    }
    const differences = shared
      .filter(({ all, mine, decimals }) => all[row] !== mine && decimals >= 1)
      .map(({ all, mine }) => Number((mine - all[row]!).toFixed(6)));
    const counts = new Map<number, number>();
    for (const difference of differences) counts.set(difference, (counts.get(difference) ?? 0) + 1);
    const [top, count] = [...counts].sort(([a, x], [b, y]) => y - x || a - b)[0] ?? [0, 0];
    if (count >= 5 && count > shared.length / 2) {
      say("SHIFT", null, `${count} of ${shared.length} values are those of ${other} plus ${shown(top)}.`);
    }
  }
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

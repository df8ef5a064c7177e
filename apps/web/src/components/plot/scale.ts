/** Axes: linear scales, and ticks at round numbers, also of raw values where an axis shows their logits. */

export interface Scale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  readonly at: (value: number) => number;
  readonly back: (pixel: number) => number;
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const width = to - from || 1;
  return {
    domain,
    range,
    at: (value) => range[0] + ((value - from) / width) * (range[1] - range[0]),
    back: (pixel) => from + ((pixel - range[0]) / (range[1] - range[0] || 1)) * width,
  };
}

/** The values' range with room around it. */
export function padded(values: readonly number[], share: number): [number, number] {
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const room = (highest - lowest || Math.abs(highest) || 1) * share;
  return [lowest - room, highest + room];
}

/** About `count` round numbers within the domain: steps of 1, 2 or 5 times a power of ten. */
export function ticksOf([from, to]: readonly [number, number], count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  const step = power * (share > 7 ? 10 : share > 3.2 ? 5 : share > 1.4 ? 2 : 1);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** As few digits as tell neighbouring ticks apart. */
export function tickText(value: number, ticks: readonly number[]): string {
  const step = ticks.length > 1 ? Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) : Math.abs(value) || 1;
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  return value.toFixed(digits).replace("-", "−");
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

/**
 * Where raw values lie on an axis of logits: round shares of `most` (100 for percent, 1 for a fraction) within the
 * domain, at least a tenth of an axis apart.
 */
export function rawTicks(
  domain: readonly [number, number],
  most: number,
  negated: boolean,
): { readonly at: number; readonly text: string }[] {
  const sign = negated ? -1 : 1;
  const [low, high] = [logistic(sign * domain[0]), logistic(sign * domain[1])].sort((a, b) => a - b) as [
    number,
    number,
  ];
  const shares = ticksOf([low * most, high * most], 6);
  const placed = shares
    .filter((raw) => raw > 0 && raw < most)
    .map((raw) => ({ at: sign * logit(raw / most), text: tickText(raw, shares) }));
  const width = domain[1] - domain[0];
  return placed.filter(
    (tick, i) => !placed.slice(0, i).some((earlier) => Math.abs(earlier.at - tick.at) < width / 12),
  );
}

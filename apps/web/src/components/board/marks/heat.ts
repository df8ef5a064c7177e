/** Shading of cells: per column from its worst value to its best, by the metric's direction. */
import type { Direction } from "../../../../generated/graphql";

/** 0 for the worst of a column and 1 for its best; null where there is no better side or nothing to compare. */
export function heatOf(
  value: number | null,
  values: readonly (number | null)[],
  direction: Direction,
): number | null {
  if (value === null || direction === "NEITHER") return null;
  const known = values.filter((one) => one !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (!(most > least)) return null;
  const share = (value - least) / (most - least);
  return direction === "HIGHER" ? share : 1 - share;
}

export const heatColour = (share: number) =>
  `color-mix(in srgb, var(--heat) ${Math.round(share * 100)}%, var(--ground))`;

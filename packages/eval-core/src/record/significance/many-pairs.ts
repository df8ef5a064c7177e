/** Corrections for looking at many pairs at once. p-values in, corrected p-values out, in the same order. */

const ascending = (p: readonly number[]): number[] =>
  p.map((_, i) => i).sort((i, j) => p[i]! - p[j]! || i - j);

/** Holm (1979): the chance of any false finding among all pairs is held. */
export function holm(p: readonly number[]): number[] {
  const corrected = new Array<number>(p.length);
  let most = 0;
  for (const [place, i] of ascending(p).entries()) {
    most = Math.max(most, Math.min(1, (p.length - place) * p[i]!));
    corrected[i] = most;
  }
  return corrected;
}

/** Benjamini and Hochberg (1995): the share of false findings among all found is held. For screening. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const corrected = new Array<number>(p.length);
  let least = 1;
  for (const [fromEnd, i] of ascending(p).reverse().entries()) {
    least = Math.min(least, (p.length / (p.length - fromEnd)) * p[i]!);
    corrected[i] = least;
  }
  return corrected;
}

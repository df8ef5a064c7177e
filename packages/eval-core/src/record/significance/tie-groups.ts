/**
 * Groups of neighbours on a board that cannot be told apart: maximal runs of ranks in which no two methods are
 * separated. Contiguous and unique, so that each can be drawn as one bar beside the ranks.
 */
export interface TieGroups {
  /** First and last place of each run, both included, from the top. */
  readonly runs: readonly { readonly first: number; readonly last: number }[];
  /** The letters of the runs that each place belongs to, "a" for the top one. */
  readonly letters: readonly string[];
  /** Pairs of places that are not separated and share no run: one between them differs from either. */
  readonly notSeparatedButApart: readonly (readonly [number, number])[];
}

/** @param separated whether the methods at two places, counted from 0, differ */
export function tieGroups(places: number, separated: (a: number, b: number) => boolean): TieGroups {
  const runs: { first: number; last: number }[] = [];
  for (let first = 0; first < places; first++) {
    let last = first;
    const joins = (next: number) => {
      for (let i = first; i <= last; i++) if (separated(i, next)) return false;
      return true;
    };
    while (last + 1 < places && joins(last + 1)) last++;
    if (runs.length === 0 || last > runs.at(-1)!.last) runs.push({ first, last });
  }
  const together = (a: number, b: number) => runs.some(({ first, last }) => first <= a && b <= last);
  const apart: [number, number][] = [];
  for (let a = 0; a < places; a++)
    for (let b = a + 1; b < places; b++) if (!separated(a, b) && !together(a, b)) apart.push([a, b]);
  const letters = Array.from({ length: places }, (_, place) =>
    runs.map(({ first, last }, k) => (first <= place && place <= last ? groupLetter(k) : "")).join(""),
  );
  return { runs, letters, notSeparatedButApart: apart };
}

/** Of the groups from the top: a to z, then aa, ab ... */
export function groupLetter(index: number): string {
  let text = "";
  for (let k = index; k >= 0; k = Math.floor(k / 26) - 1) text = String.fromCharCode(97 + (k % 26)) + text;
  return text;
}

/** Where the next of several fits starts: on the path of the solutions before it, which is smooth in log penalty. */

/** Solutions that the next one is extrapolated from. */
export const LOOK_BACK = 3;

/** The newest solutions with one more, newest first: as many as are looked back at. */
export const remembered = (newest: Float64Array, before: readonly Float64Array[]): readonly Float64Array[] =>
  [newest, ...before].slice(0, LOOK_BACK);

/** The next solution of equal steps of log penalty, from those before it, newest first; undefined where there is none. */
export function extrapolated([one, two, three]: readonly Float64Array[]): Float64Array | undefined {
  if (!one || !two) return one;
  if (!three) return one.map((value, i) => 2 * value - two[i]!);
  return one.map((value, i) => 3 * (value - two[i]!) + three[i]!);
}

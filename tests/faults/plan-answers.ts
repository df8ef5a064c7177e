/** What the simulated cluster computes, so that a test knows each answer. */

/** From 0 up to 1, of a part of an evaluation. */
export const partOf = (seed: number, part: number): number =>
  ((seed * 7919 + part * 104_729) % 1_000_003) / 1_000_003;

/** From 0 up to 100, of all its parts. */
export const answerOf = (parts: readonly number[]): number =>
  parts.reduce((sum, answer, i) => sum + (25 * answer) / (i + 1), 0);

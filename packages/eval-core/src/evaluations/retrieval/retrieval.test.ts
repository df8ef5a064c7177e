/** Ranks of positives against a plain sort, in blocks, with duplicates; queries without positives; and resuming. */
import { expect, it } from "vitest";
import { Cosines, type Rows } from "../../probe/nearest/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { classRanks, queryScores, type RetrievalState } from "./class-retrieval.ts";
import { NEGATIVE, OUT, POSITIVE, positiveRanks } from "./positive-ranks.ts";

const random = new SeededRandom(7);
const rows: Rows = {
  data: Float32Array.from({ length: 60 * 3 }, () => random.below(3) - 1),
  count: 60,
  width: 3,
};
const roles = Int32Array.from(
  { length: 60 * 60 },
  () => [NEGATIVE, NEGATIVE, POSITIVE, OUT][random.below(4)]!,
);

it("ranks are those of a plain sort, equal similarities by index", async () => {
  const cosines = new Cosines(rows, rows);
  const roleOf = (q: number, row: number) => roles[q * 60 + row]!;
  for (const rowsAtOnce of [60, 13]) {
    const found = await positiveRanks(cosines, 0, 60, { roleOf, device: "cpu", rowsAtOnce });
    found.forEach((own, q) => {
      const order = Array.from({ length: 60 }, (_, row) => row)
        .filter((row) => roleOf(q, row) !== OUT)
        .sort((a, b) => cosines.between(q, b) - cosines.between(q, a) || a - b);
      const ranks = order.flatMap((row, i) => (roleOf(q, row) === POSITIVE ? [i + 1] : []));
      expect([...own]).toEqual(ranks);
    });
  }
});

it("a query without a positive has no scores, and a cut run goes on to the same ranks", async () => {
  const labels = Int32Array.from({ length: 60 }, (_, i) => (i === 0 ? 9 : i % 3));
  const options = { gallery: rows, galleryLabels: labels, device: "cpu" as const, queriesAtOnce: 16 };
  const whole = await classRanks(options);
  expect(queryScores(whole[0]!, [1])).toBeNull();
  // Every other class has 19 or 20 rows, of which one asks.
  expect(new Set(whole.slice(1).map((ranks) => ranks.length))).toEqual(new Set([18, 19]));
  let kept: RetrievalState | undefined;
  const cut = new AbortController();
  const save = (state: RetrievalState) => {
    kept = state;
    cut.abort(new Error("cut"));
  };
  await expect(classRanks({ ...options, signal: cut.signal, resume: { save } })).rejects.toThrow("cut");
  expect(kept!.ranks.length).toBe(16);
  expect(await classRanks({ ...options, resume: { state: kept, save: () => {} } })).toEqual(whole);
});

/** Matrices in threads: the same numbers as on one, while this one stays free; too many that wait are refused. */
import { correlationMatrix } from "@transferboard/eval-core/stats";
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { afterAll, expect, it } from "vitest";
import { MatrixPool } from "./matrix-pool.ts";

const pool = new MatrixPool(2);
afterAll(() => pool.close());

const random = new SeededRandom(7);
const table = (columns: number, rows: number) =>
  Array.from({ length: columns }, () =>
    Float64Array.from({ length: rows }, () => (random.uniform() < 0.05 ? Number.NaN : random.uniform())),
  );

it.each(["PEARSON", "SPEARMAN", "KENDALL"] as const)(
  "%s is what one thread computes",
  async (coefficient) => {
    const columns = table(60, 500);
    const whole = correlationMatrix(columns, coefficient, { pValues: false });
    const { size, coefficients, counts } = await pool.compute(columns, coefficient);
    expect(size).toBe(60);
    expect(coefficients).toEqual(whole.coefficients);
    expect(counts).toEqual(whole.counts);
  },
);

it("leaves this thread free while it computes", async () => {
  const columns = table(100, 2_000);
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  await pool.compute(columns, "KENDALL");
  clearInterval(turning);
  // Computed on this thread it would be one turn of a second or more.
  expect(turns).toBeGreaterThan(20);
});

it("refuses what would wait for too many, and serves the rest", async () => {
  const columns = table(60, 500);
  const asked = await Promise.allSettled(Array.from({ length: 12 }, () => pool.compute(columns, "SPEARMAN")));
  const refused = asked.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(4);
  expect(String(refused[0]!.reason)).toMatch(/Too many correlation matrices.*Try again/);
  await expect(pool.compute(columns, "SPEARMAN")).resolves.toMatchObject({ size: 60 });
});

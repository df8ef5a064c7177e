/** Matrices in threads: the same numbers as on one, while this one stays free; too many that wait are refused. */
import { correlationMatrix } from "@transferboard/eval-core/stats";
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { afterAll, expect, it } from "vitest";
import { StatisticsPool } from "../../statistics/pool.ts";
import { matrixOf } from "./matrix-in-parts.ts";

const pool = new StatisticsPool({ threads: 2 });
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
    const { size, coefficients, counts } = await matrixOf(pool, columns, coefficient);
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
  await matrixOf(pool, columns, "KENDALL");
  clearInterval(turning);
  // Computed on this thread it would be one turn of a second or more.
  expect(turns).toBeGreaterThan(20);
});

it("refuses what would wait for too many, and serves the rest", async () => {
  const columns = table(60, 500);
  const asked = await Promise.allSettled(
    Array.from({ length: 40 }, () => matrixOf(pool, columns, "SPEARMAN")),
  );
  const refused = asked.filter((one) => one.status === "rejected");
  // Two parts run, 64 wait: 33 matrices of two parts.
  expect(refused).toHaveLength(7);
  expect(String(refused[0]!.reason)).toMatch(/Too many heavy statistics.*Try again/);
  await expect(matrixOf(pool, columns, "SPEARMAN")).resolves.toMatchObject({ size: 60 });
});

it("is not computed for those who are gone", async () => {
  const gone = new AbortController();
  const asked = matrixOf(pool, table(150, 3_000), "KENDALL", gone.signal);
  setTimeout(() => gone.abort(new Error("gone")), 50);
  await expect(asked).rejects.toThrow("gone");
  await expect(matrixOf(pool, table(60, 500), "SPEARMAN")).resolves.toMatchObject({ size: 60 });
});

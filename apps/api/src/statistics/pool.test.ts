/** Heavy statistics off the thread that answers: within a limit, and for nobody who is gone. */
import { afterAll, describe, expect, it } from "vitest";
import { StatisticsPool } from "./pool.ts";
import { computations } from "./tasks.ts";

const pools: StatisticsPool[] = [];
const poolOf = (options: ConstructorParameters<typeof StatisticsPool>[0]) => {
  const pool = new StatisticsPool(options);
  pools.push(pool);
  return pool;
};
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const column = (n: number, step: number) => Array.from({ length: n }, (_, i) => (i * step) % 17);
const question = (resamples: number, n = 30) =>
  ({ x: column(n, 5), y: column(n, 7), coefficient: "KENDALL", resamples, seed: 3 }) as const;
/** Seconds on any machine. */
const heavy = question(4_000_000, 400);

it("answers as the same computation here does", async () => {
  const pool = poolOf({ threads: 2 });
  const asked = [100, 200, 300].map((resamples) => question(resamples));
  const found = await Promise.all(asked.map((one) => pool.compute("coefficient", one)));
  expect(found).toEqual(asked.map((one) => computations.coefficient(one)));
  expect(await pool.compute("errors", { squares: [1, 2, 3, 4, 5], resamples: 100, seed: 1 })).toEqual(
    computations.errors({ squares: [1, 2, 3, 4, 5], resamples: 100, seed: 1 }),
  );
});

describe("is not held up", () => {
  it("by a question beyond the time limit: its thread ends, and the next is answered", async () => {
    const pool = poolOf({ threads: 1, limitMs: 4_000 });
    await expect(pool.compute("coefficient", heavy)).rejects.toThrow(/takes too long/);
    expect(await pool.compute("coefficient", question(50))).not.toBeNull();
  });

  it("by those who are gone: waiting or running, their questions end", async () => {
    const pool = poolOf({ threads: 1 });
    const [runs, waits] = [new AbortController(), new AbortController()];
    const running = pool.compute("coefficient", heavy, runs.signal);
    const waiting = pool.compute("coefficient", heavy, waits.signal);
    const last = pool.compute("coefficient", question(50));
    expect(pool.waiting).toBe(2);
    waits.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    expect(pool.waiting).toBe(1);
    runs.abort(new Error("gone"));
    await expect(running).rejects.toThrow("gone");
    expect(await last).not.toBeNull();
    await expect(pool.compute("coefficient", heavy, AbortSignal.abort(new Error("gone")))).rejects.toThrow(
      "gone",
    );
  });

  it("by too many: they are told to come back", async () => {
    const pool = poolOf({ threads: 1 });
    const all = Array.from({ length: 70 }, () =>
      pool.compute("coefficient", heavy).catch((error: Error) => error.message),
    );
    await pool.close();
    const told = await Promise.all(all);
    expect(told.filter((message) => /Too many heavy/.test(String(message)))).toHaveLength(5);
    expect(told.filter((message) => /is stopping/.test(String(message)))).toHaveLength(65);
  });
});

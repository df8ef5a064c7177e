/** The exact search against a plain one: in blocks, with duplicates, zero rows, and fewer rows than are asked for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../tensor/index.ts";
import {
  Cosines,
  type DeviceRows,
  exactNearest,
  findCandidates,
  openDeviceRows,
  type Rows,
  RowsError,
  rowsOf,
} from "./index.ts";

/** Few directions, so that many similarities are equal or nearly so. */
function makeRows(count: number, width: number, seed: number, levels = 3): Rows {
  const random = new SeededRandom(seed);
  const data = Float32Array.from({ length: count * width }, () => random.below(levels) - 1);
  return { data, count, width };
}

/** Every row by float64 similarity, then by index. */
function plain(cosines: Cosines, q: number, k: number, except: number): number[] {
  return Array.from({ length: cosines.train.count }, (_, row) => row)
    .filter((row) => row !== except)
    .map((row) => ({ row, s: cosines.between(q, row) }))
    .sort((a, b) => b.s - a.s || a.row - b.row)
    .slice(0, k)
    .map(({ row }) => row);
}

async function nearestOf(cosines: Cosines, width: number, rowsAtOnce: number, on?: DeviceRows) {
  const { train, query, trainNorms, queryNorms } = cosines;
  const range = { from: 0, to: query.count, width };
  return findCandidates(train, trainNorms, query, queryNorms, range, { device: "cpu", rowsAtOnce, on });
}

describe("nearest rows", () => {
  it("are those of a plain search, whatever the blocks, ties by index", async () => {
    await using device = await openDeviceRows(3, { device: "cpu" });
    let runs = 0;
    // A key tells rows from rows: each run's are others.
    const on: DeviceRows = { ...device, load: (key, unit) => device.load(`${runs} ${key}`, unit) };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 17 }),
        fc.nat(1000),
        async (count, k, rowsAtOnce, seed) => {
          runs++;
          const cosines = new Cosines(makeRows(count, 3, seed), makeRows(6, 3, seed + 1));
          const candidates = await nearestOf(cosines, k + 2, rowsAtOnce, on);
          for (let q = 0; q < 6; q++) {
            expect([...exactNearest(cosines, candidates, q, k).index]).toEqual(plain(cosines, q, k, -1));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("of a row among its own leave it out by index, duplicates and all", async () => {
    const rows = makeRows(30, 2, 5);
    const cosines = new Cosines(rows, rows);
    const candidates = await nearestOf(cosines, 4, 7);
    for (let q = 0; q < rows.count; q++) {
      expect([...exactNearest(cosines, candidates, q, 5, q).index]).toEqual(plain(cosines, q, 5, q));
    }
  });

  it("of a zero row are the first ones, at similarity 0", async () => {
    const cosines = new Cosines(makeRows(50, 8, 1), { data: new Float32Array(8), count: 1, width: 8 });
    const { index, similarity } = exactNearest(cosines, await nearestOf(cosines, 3, 50), 0, 3);
    expect([...index]).toEqual([0, 1, 2]);
    expect([...similarity]).toEqual([0, 0, 0]);
  });

  it("a device that is off within its error changes nothing", async () => {
    const cosines = new Cosines(makeRows(200, 16, 2, 7), makeRows(20, 16, 3, 7));
    const found = await nearestOf(cosines, 40, 64);
    const random = new SeededRandom(4);
    const error = 1e-3;
    // Noise of the error's size, in a new order that fits it.
    const similarity = found.similarity.slice();
    const index = found.index.slice();
    for (let q = 0; q < 20; q++) {
      const noisy = Array.from(similarity.subarray(q * 40, (q + 1) * 40), (s, i) => ({
        s: s + random.uniform(-0.9, 0.9) * error,
        row: index[q * 40 + i]!,
      })).sort((a, b) => b.s - a.s);
      noisy.forEach(({ s, row }, i) => {
        similarity[q * 40 + i] = s;
        index[q * 40 + i] = row;
      });
    }
    // What is none of the candidates is below the last of them only within two errors.
    const candidates = { ...found, similarity, index, error: 2 * error };
    for (let q = 0; q < 20; q++) {
      expect([...exactNearest(cosines, candidates, q, 10).index]).toEqual(plain(cosines, q, 10, -1));
    }
  });
});

it("rows that are not finite are refused with their place", () => {
  const data = Float32Array.of(1, 2, 3, Number.NaN);
  expect(() => rowsOf({ shape: [2, 2], data }, "train")).toThrow(RowsError);
  expect(() => rowsOf({ shape: [2, 2], data }, "train")).toThrow("NaN in row 1, column 1");
});

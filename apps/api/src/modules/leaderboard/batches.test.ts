/** A board of any size costs an export the memory of one batch. */
import { expect, it } from "vitest";
import type { BoardColumn, BoardRow } from "./board.ts";
import { batchesOf } from "./service.ts";

/** Rows by number, and how many of them are held at most. */
function makeWatched(rowCount: number, columnCount: number) {
  const rows = Array.from({ length: rowCount }, (_, rank) => ({ rank }) as BoardRow);
  const held = new Set<BoardRow>();
  const watched = { most: 0, reads: 0 };
  const board = {
    rows,
    columns: Array.from({ length: columnCount }, () => ({}) as BoardColumn),
    load: async (wanted: readonly BoardRow[]) => {
      if (wanted.every((row) => held.has(row))) return;
      for (const row of wanted) held.add(row);
      watched.reads += 1;
      watched.most = Math.max(watched.most, held.size);
    },
    evict: (seen: readonly BoardRow[]) => {
      for (const row of seen) held.delete(row);
    },
  };
  return { board, watched, held };
}

async function ranksOf(batches: AsyncGenerator<readonly BoardRow[]>) {
  const ranks: (number | null)[][] = [];
  for await (const rows of batches) ranks.push(rows.map(({ rank }) => rank));
  return ranks;
}

it("goes through every row once, in order, and holds one batch", async () => {
  const { board, watched, held } = makeWatched(7, 10);
  expect(await ranksOf(batchesOf(board, 30))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(watched).toEqual({ most: 3, reads: 3 });
  expect(held.size).toBe(0);
});

it("reads a board that is one batch once, however often it is gone through", async () => {
  const { board, watched } = makeWatched(3, 10);
  for (let i = 0; i < 2; i++) expect(await ranksOf(batchesOf(board, 30))).toEqual([[0, 1, 2]]);
  expect(watched).toEqual({ most: 3, reads: 1 });
});

it("takes a row at a time where one is more than a batch, and nothing of an empty board", async () => {
  expect(await ranksOf(batchesOf(makeWatched(2, 100).board, 30))).toEqual([[0], [1]]);
  expect(await ranksOf(batchesOf(makeWatched(0, 100).board, 30))).toEqual([]);
});

/** The method that is best on each measure, and the next one. */
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import type { Measure } from "../catalogue/entities.ts";
import { MeasureRef } from "../measure/types.ts";
import { BoardFilterInput } from "../method/inputs.ts";
import { MethodRef } from "../method/types.ts";
import type { BoardCell, BoardRow } from "./board.ts";
import { CellType } from "./cell-type.ts";
import { AmongEnum } from "./queries.ts";
import { type BoardQuestion, rankBoard } from "./service.ts";

interface Placed {
  readonly row: BoardRow;
  readonly cell: BoardCell;
}

interface BestOnMeasure {
  readonly measure: Measure;
  readonly best: readonly Placed[];
  readonly next: readonly Placed[];
}

/** Measures without a better side, and those in which nobody has a value, have no best. */
async function bestOnMeasures(question: BoardQuestion, context: Context): Promise<BestOnMeasure[]> {
  const board = await rankBoard(question, context);
  const placed = board.columns.map((column, index) => {
    const having = (value: number | null) =>
      value === null ? [] : board.rows.filter((row) => row.valueAt(index) === value);
    return { column, index, first: having(column.best), second: having(column.secondBest) };
  });
  await board.load([...new Set(placed.flatMap(({ first, second }) => [...first, ...second]))]);
  const compared = ({ cell, column }: BoardCell) =>
    column.comparesAll ||
    column.fingerprints[0] === undefined ||
    cell?.entry.fingerprint === column.fingerprints[0];
  const cellsOf = (rows: readonly BoardRow[], index: number): Placed[] =>
    rows.map((row) => ({ row, cell: row.cells[index]! })).filter(({ cell }) => compared(cell));
  await Promise.all(board.columns.map((column) => column.withFingerprints(() => undefined)));
  return placed
    .filter(({ first }) => first.length > 0)
    .map(({ column, index, first, second }) => ({
      measure: column.measure,
      best: cellsOf(first, index),
      next: cellsOf(second, index),
    }));
}

const PlacedType = builder.objectRef<Placed>("PlacedMethod").implement({
  description: "A method with its value in one measure.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "The method.", resolve: ({ row }) => row.method }),
    cell: t.field({ type: CellType, description: "Its value.", resolve: ({ cell }) => cell }),
  }),
});

const BestType = builder.objectRef<BestOnMeasure>("BestOnMeasure").implement({
  description: "Who is best on a measure.",
  fields: (t) => ({
    measure: t.field({ type: MeasureRef, description: "The measure.", resolve: ({ measure }) => measure }),
    best: t.field({
      type: [PlacedType],
      description: "The best; more than one where they are equal.",
      complexity: { multiplier: 1 },
      resolve: ({ best }) => [...best],
    }),
    next: t.field({
      type: [PlacedType],
      description: "The second best.",
      complexity: { multiplier: 1 },
      resolve: ({ next }) => [...next],
    }),
  }),
});

builder.queryField("bestOnMeasures", (t) =>
  t.field({
    type: [BestType],
    description: "The method that is best on each measure of a suite.",
    args: {
      suite: t.arg.string({
        required: true,
        defaultValue: "overview",
        description: "The slug of a suite or of a measure.",
      }),
      filter: t.arg({ type: BoardFilterInput, description: "Which methods and values to keep." }),
      among: t.arg({
        type: AmongEnum,
        required: true,
        defaultValue: "COMPARABLE",
        description: "Which values may be best.",
      }),
      asOf: t.arg({ type: "DateTime", description: "As of that moment." }),
    },
    complexity: { field: 50, multiplier: 20 },
    resolve: (_, question, context) => bestOnMeasures(question, context),
  }),
);

/** Methods side by side, over the measures that any of them has. */
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import type { BoardCell } from "../leaderboard/board.ts";
import { CellType } from "../leaderboard/cell-type.ts";
import { Column } from "../leaderboard/column.ts";
import { toCells } from "../ledger/cells.ts";
import { MeasureRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";

const MOST = 20;

export interface ComparisonRow {
  readonly measure: Measure;
  readonly cells: readonly BoardCell[];
}

export interface Comparison {
  readonly methods: readonly Method[];
  readonly rows: readonly ComparisonRow[];
}

const countedBy = (names: readonly string[]) =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]));

/** The cells are the board's own, with best and second best among the compared. */
async function compare(
  slugs: readonly string[],
  suite: string | null | undefined,
  asOf: Date | null | undefined,
  context: Context,
): Promise<Comparison> {
  if (slugs.length < 1 || slugs.length > MOST) {
    throw new BadInput(`'methods' must name 1 to ${MOST} methods: found ${slugs.length}.`);
  }
  const snapshot = await context.snapshot();
  const { catalogue } = snapshot;
  const methods = [...new Set(slugs)].map((slug) => catalogue.method(slug));
  const measures = suite == null ? catalogue.measures : catalogue.board(suite).measures;
  const cells = toCells(await context.ledger.entriesOf(snapshot, measures, methods, asOf));
  const rows = measures.map((measure): ComparisonRow => {
    const compared = methods.map((method) => cells.get(measure.id)?.get(method.id) ?? null);
    const shown = compared.filter((cell) => cell !== null);
    const column = new Column({
      measure,
      ranked: false,
      values: () => Float64Array.from(shown, ({ entry }) => entry.value),
      protocols: () => countedBy(shown.flatMap(({ entry }) => entry.fingerprint ?? [])),
    });
    return { measure, cells: compared.map((cell) => ({ column, cell })) };
  });
  return { methods, rows: rows.filter((row) => row.cells.some(({ cell }) => cell !== null)) };
}

const RowType = builder.objectRef<ComparisonRow>("ComparisonRow").implement({
  description: "One measure of a comparison.",
  fields: (t) => ({
    measure: t.field({ type: MeasureRef, description: "The measure.", resolve: ({ measure }) => measure }),
    cells: t.field({
      type: [CellType],
      description: "One cell a method, in the methods' order.",
      resolve: ({ cells }) => [...cells],
    }),
  }),
});

export const ComparisonType = builder.objectRef<Comparison>("Comparison").implement({
  description: "Methods side by side.",
  fields: (t) => ({
    methods: t.field({
      type: [MethodRef],
      description: "The methods, each once.",
      resolve: ({ methods }) => [...methods],
    }),
    measures: t.field({
      type: [MeasureRef],
      description: "The measures that any of them has a value in.",
      resolve: ({ rows }) => rows.map(({ measure }) => measure),
    }),
    rows: t.field({
      type: [RowType],
      description: "One row a measure.",
      complexity: { field: 1, multiplier: 50 },
      resolve: ({ rows }) => [...rows],
    }),
  }),
});

builder.queryField("compare", (t) =>
  t.field({
    type: ComparisonType,
    description: "Methods side by side over the measures that any of them has.",
    args: {
      methods: t.arg.stringList({ required: true, description: `Their slugs, at most ${MOST}.` }),
      suite: t.arg.string({ description: "Only this suite's measures." }),
      asOf: t.arg({ type: "DateTime", description: "As of that moment." }),
    },
    resolve: (_, { methods, suite, asOf }, context) => compare(methods, suite, asOf, context),
  }),
);

/** A method's place in every suite that it has a value in, out of the same boards that everyone sees. */
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import type { Measure, Method, Suite } from "../catalogue/entities.ts";
import { rankBoard } from "../leaderboard/service.ts";
import { openSource } from "../ledger/source.ts";
import { MeasureRef, SuiteRef } from "../measure/types.ts";
import { MethodRef } from "./types.ts";

export interface Standing {
  readonly suite: Suite;
  readonly rank: number | null;
  readonly of: number;
  readonly aggregate: number | null;
  readonly incomparable: readonly Measure[];
  readonly rankAmongAll: number | null;
  readonly missing: readonly Measure[];
}

export async function standingsOf(method: Method, context: Context): Promise<Standing[]> {
  const snapshot = await context.snapshot();
  const { catalogue } = snapshot;
  // All that the boards are made of in one statement; each then finds its part read.
  const measures = catalogue.suites.flatMap((suite) => suite.measures);
  await openSource(context.ledger, snapshot, { measures });
  const standings = await Promise.all(
    catalogue.suites.map(async (suite) => {
      const board = await rankBoard({ suite: suite.slug }, context);
      const row = board.rows.find((candidate) => candidate.method === method);
      return row
        ? [
            {
              suite,
              rank: row.rank,
              of: board.rankedCount,
              aggregate: row.aggregate,
              missing: row.missing,
              incomparable: row.incomparable,
              rankAmongAll: row.rankAmongAll,
            },
          ]
        : [];
    }),
  );
  return standings.flat();
}

const StandingType = builder.objectRef<Standing>("Standing").implement({
  description: "A method's place in one suite, by the suite's own aggregate.",
  fields: (t) => ({
    suite: t.field({ type: SuiteRef, description: "The suite.", resolve: ({ suite }) => suite }),
    rank: t.exposeInt("rank", {
      nullable: true,
      description: "Among comparable values. Null where values are missing or not comparable.",
    }),
    rankAmongAll: t.exposeInt("rankAmongAll", {
      nullable: true,
      description: "Were every value ranked, comparable or not. Null where values are missing.",
    }),
    incomparable: t.field({
      type: [MeasureRef],
      description: "Ranked measures in which its value is not comparable with the others.",
      resolve: ({ incomparable }) => [...incomparable],
    }),
    of: t.exposeInt("of", { description: "How many methods are ranked." }),
    aggregate: t.exposeFloat("aggregate", { nullable: true, description: "Null where values are missing." }),
    missing: t.field({
      type: [MeasureRef],
      description: "The suite's measures that it has no value in.",
      resolve: ({ missing }) => [...missing],
    }),
  }),
});

builder.objectField(MethodRef, "standings", (t) =>
  t.field({
    type: [StandingType],
    description: "Its place in every suite that it has a value in.",
    complexity: { field: 100, multiplier: 10 },
    resolve: (method, _, context) => standingsOf(method, context),
  }),
);

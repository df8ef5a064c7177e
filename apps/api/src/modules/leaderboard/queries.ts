/** Asking for a board. */
import { builder } from "../../builder.ts";
import { pageArgs, pageCost, pageOfList } from "../../page.ts";
import { AggregateEnum, OrderDirectionEnum } from "../catalogue/enums.ts";
import type { READOUT_CHOICES } from "../ledger/readouts.ts";
import { BoardFilterInput } from "../method/inputs.ts";
import { hasWords } from "../method/words.ts";
import { type AMONG, rankBoard } from "./service.ts";
import { LeaderboardType, shownPage } from "./types.ts";

const LeaderboardOrderInput = builder.inputType("LeaderboardOrder", {
  description: "How to order a board's rows; what is missing comes last either way.",
  fields: (t) => ({
    field: t.field({
      type: builder.enumType("LeaderboardOrderField", {
        description: "What to order rows by.",
        values: ["RANK", "METHOD", "YEAR", "MEASURE"] as const,
      }),
      required: true,
      description: "By what.",
    }),
    measure: t.string({ description: "The column's measure, for MEASURE." }),
    direction: t.field({
      type: OrderDirectionEnum,
      required: true,
      defaultValue: "ASC",
      description: "For RANK, ASC is best first; for MEASURE it is the smallest value first.",
    }),
  }),
});

export const AmongEnum = builder.enumType("Among", {
  description: "Which values of a board are ranked.",
  values: {
    COMPARABLE: { description: "Those under the protocol that most values of their column have." },
    ALL: { description: "All of them, under whatever protocol." },
  } satisfies Record<(typeof AMONG)[number], { description: string }>,
});

export const ReadoutsEnum = builder.enumType("Readouts", {
  description: "Which of a method's values are shown, by how its features were read out of the backbone.",
  values: {
    BEST: { description: "Of each measure its best readout: chosen on the test images, so it flatters." },
    DEFAULT: {
      description: "Each method's default: the readout that its family takes where none is asked for.",
    },
    EACH: { description: "A row for each readout of each method." },
  } satisfies Record<(typeof READOUT_CHOICES)[number], { description: string }>,
});

builder.queryFields((t) => ({
  leaderboard: t.field({
    type: LeaderboardType,
    description: "The board of a suite, or of one measure by its slug.",
    args: {
      suite: t.arg.string({ required: true, description: "The slug of a suite or of a measure." }),
      filter: t.arg({ type: BoardFilterInput, description: "Which methods and values to keep." }),
      aggregate: t.arg({
        type: AggregateEnum,
        description: "What to rank by; the suite's own where not given.",
      }),
      orderBy: t.arg({
        type: LeaderboardOrderInput,
        description: "In which order; best first where not given.",
      }),
      among: t.arg({
        type: AmongEnum,
        required: true,
        defaultValue: "COMPARABLE",
        description: "Which values are ranked and marked as best.",
      }),
      readouts: t.arg({
        type: ReadoutsEnum,
        description: "Which readouts are shown; the newest value, whatever its readout, where not given.",
      }),
      asOf: t.arg({ type: "DateTime", description: "The board as it was at that moment." }),
      search: t.arg.string({
        description:
          "Only rows whose method has all of these words in its name or slug. Their ranks stay those of the whole board.",
      }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { first, after, search, ...question }, context) => {
      const answer = await rankBoard(question, context);
      const isFound = hasWords(search ?? "");
      const rows = answer.rows.filter(({ method }) => isFound(method));
      const page = pageOfList(rows, { first, after }, ({ method, readout }) =>
        readout === null ? method.slug : `${method.slug} ${readout}`,
      );
      return { answer, page: shownPage(answer, page) };
    },
  }),
}));

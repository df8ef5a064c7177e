/** The ledger as a flat stream: keyset pages, so that a page deep in it costs what the first one does. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { Prisma } from "@transferboard/prisma";
import type { GraphQLResolveInfo } from "graphql";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import { COST } from "../../limits.ts";
import { decodeCursor, type PageArgs, pageArgs, pageCost, pageOfRows } from "../../page.ts";
import type { Method } from "../catalogue/entities.ts";
import { OrderDirectionEnum } from "../catalogue/enums.ts";
import { ResultFilterInput } from "../method/inputs.ts";
import { MethodRef } from "../method/types.ts";
import { countResults, type LastSeen, RESULT_ORDERS, type ResultOrder, readIds, readRows } from "./page.ts";
import { ResultRef } from "./types.ts";
import type { ResultFilter } from "./where.ts";

const ResultOrderInput = builder.inputType("ResultOrder", {
  description: "How to order the ledger's entries; equal ones by position.",
  fields: (t) => ({
    field: t.field({
      type: builder.enumType("ResultOrderField", {
        description: "What to order entries by.",
        values: RESULT_ORDERS,
      }),
      required: true,
      description: "By what.",
    }),
    direction: t.field({
      type: OrderDirectionEnum,
      required: true,
      defaultValue: "ASC",
      description: "Smallest or largest first.",
    }),
  }),
});

const ResultConnection = builder.connectionObject({
  type: ResultRef,
  name: "ResultConnection",
  description: "A page of the ledger.",
});

type Row = Prisma.ResultGetPayload<object>;

/** What a cursor holds: the sort key and the id of a row, from which the next rows follow whatever was added since. */
const keyOf = (field: ResultOrder["field"]) => (row: Row) =>
  field === "VALUE" ? `${row.id}|${row.value}` : `${row.id}`;

function lastSeen(after: string, { field }: ResultOrder): LastSeen {
  const [id = "", key = ""] = decodeCursor(after).split("|");
  const value = Number(key);
  if (!/^\d{1,18}$/.test(id) || (field === "VALUE" && (key === "" || !Number.isFinite(value)))) {
    throw new BadInput("'after' is not a cursor of this list in this order.");
  }
  return { id: BigInt(id), value };
}

interface ResultsQuestion extends PageArgs {
  readonly filter?: ResultFilter | null | undefined;
  readonly orderBy?: ResultOrder | null | undefined;
  readonly asOf?: Date | null | undefined;
}

/** Three statements at most, and one a relation that is asked for. */
async function answerResults(question: ResultsQuestion, context: Context, info: GraphQLResolveInfo) {
  const order = question.orderBy ?? { field: "POSITION", direction: "ASC" };
  const after = question.after == null ? null : lastSeen(question.after, order);
  const snapshot = await context.snapshot();
  const { sql } = context.db;
  const { filter, asOf } = question;
  const take = (question.first ?? COST.defaultPage) + 1;
  const ids = await readIds(sql, snapshot, { filter, asOf, order, after, take });
  const query = queryFromInfo({
    context,
    info,
    paths: [["nodes"], ["edges", "node"]],
    typeName: "Result",
  }) as Pick<Prisma.ResultFindManyArgs, "select" | "include">;
  const rows = await readRows(context.db, ids, query);
  return pageOfRows(rows, question, keyOf(order.field), () => countResults(sql, snapshot, { filter, asOf }));
}

const resultArgs = builder.args((t) => ({
  filter: t.field({ type: ResultFilterInput, description: "Which to keep." }),
  ...pageArgs,
}));

builder.queryField("results", (t) =>
  t.field({
    type: ResultConnection,
    description: "The ledger's live entries, or with `history` all of them.",
    args: {
      orderBy: t.arg({ type: ResultOrderInput, description: "In which order; by position where not given." }),
      asOf: t.arg({ type: "DateTime", description: "The ledger as it was at that moment." }),
      ...resultArgs,
    },
    complexity: pageCost,
    resolve: (_, question, context, info) => answerResults(question, context, info),
  }),
);

builder.objectField(MethodRef, "results", (t) =>
  t.field({
    type: ResultConnection,
    description: "Its live entries, newest first.",
    args: resultArgs,
    complexity: pageCost,
    resolve: (method: Method, { filter, ...page }, context, info) =>
      answerResults(
        {
          ...page,
          filter: { ...filter, methods: [method.slug] },
          orderBy: { field: "POSITION", direction: "DESC" },
        },
        context,
        info,
      ),
  }),
);

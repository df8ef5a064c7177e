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
import { ResultRef } from "./types.ts";
import { type ResultFilter, whereResults } from "./where.ts";

const ResultOrderInput = builder.inputType("ResultOrder", {
  description: "How to order the ledger's entries; equal ones by position.",
  fields: (t) => ({
    field: t.field({
      type: builder.enumType("ResultOrderField", {
        description: "What to order entries by.",
        values: ["POSITION", "VALUE", "RECORDED_AT"] as const,
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

interface Order {
  readonly field: "POSITION" | "VALUE" | "RECORDED_AT";
  readonly direction: "ASC" | "DESC";
}

type Row = Prisma.ResultGetPayload<object>;

/** What a cursor holds: the sort key and the id of a row, from which the next rows follow whatever was added since. */
const keyOf = (field: Order["field"]) => (row: Row) =>
  field === "VALUE" ? `${row.id}|${row.value}` : `${row.id}`;

function following(after: string, { field, direction }: Order): Prisma.ResultWhereInput {
  const [id = "", key = ""] = decodeCursor(after).split("|");
  const beyond = direction === "ASC" ? "gt" : "lt";
  const wrong = () => new BadInput("'after' is not a cursor of this list in this order.");
  if (!/^\d{1,18}$/.test(id)) throw wrong();
  const position = { [beyond]: BigInt(id) };
  if (field !== "VALUE") return { id: position };
  const value = Number(key);
  if (key === "" || !Number.isFinite(value)) throw wrong();
  return { OR: [{ value: { [beyond]: value } }, { value, id: position }] };
}

type Selection = Pick<Prisma.ResultFindManyArgs, "select" | "include">;

interface ResultQuestion extends PageArgs {
  readonly filter?: ResultFilter | null | undefined;
  readonly orderBy?: Order | null | undefined;
  readonly asOf?: Date | null | undefined;
}

async function answerResults(question: ResultQuestion, context: Context, info: GraphQLResolveInfo) {
  const order = question.orderBy ?? { field: "POSITION", direction: "ASC" };
  const where = whereResults(question.filter, await context.snapshot(), question.asOf);
  const direction = order.direction === "ASC" ? ("asc" as const) : ("desc" as const);
  const query = queryFromInfo({
    context,
    info,
    paths: [["nodes"], ["edges", "node"]],
    typeName: "Result",
  }) as Selection;
  const rows = (await context.db.prisma.result.findMany({
    ...query,
    where: question.after == null ? where : { AND: [where, following(question.after, order)] },
    orderBy:
      // The ledger's order is that of its times, which a date of milliseconds cannot tell apart.
      order.field === "VALUE" ? [{ value: direction }, { id: direction }] : [{ id: direction }],
    take: (question.first ?? COST.defaultPage) + 1,
  })) as Row[];
  return pageOfRows(rows, question, keyOf(order.field), () => context.db.prisma.result.count({ where }));
}

builder.queryField("results", (t) =>
  t.field({
    type: ResultConnection,
    description: "The ledger's live entries, or with `history` all of them.",
    args: {
      filter: t.arg({ type: ResultFilterInput, description: "Which to keep." }),
      orderBy: t.arg({ type: ResultOrderInput, description: "In which order; by position where not given." }),
      asOf: t.arg({ type: "DateTime", description: "The ledger as it was at that moment." }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: (_, question, context, info) => answerResults(question, context, info),
  }),
);

builder.objectField(MethodRef, "results", (t) =>
  t.field({
    type: ResultConnection,
    description: "Its live entries, newest first.",
    args: { filter: t.arg({ type: ResultFilterInput, description: "Which to keep." }), ...pageArgs },
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

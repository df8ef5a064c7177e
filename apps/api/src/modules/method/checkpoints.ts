/** All checkpoints, or those of one architecture, however it is spelt. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { Prisma } from "@transferboard/prisma";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { BadInput } from "../../errors.ts";
import { COST } from "../../limits.ts";
import { decodeCursor, pageArgs, pageCost, pageOfRows } from "../../page.ts";
import { architectureName, sameArchitecture } from "./architecture.ts";
import { CheckpointRef } from "./types.ts";

type Row = Prisma.CheckpointGetPayload<object>;

const CheckpointConnection = builder.connectionObject({
  type: CheckpointRef,
  name: "CheckpointConnection",
  description: "A page of checkpoints.",
});

/** The architectures as they are written in the record. */
async function writtenArchitectures({ db }: Context): Promise<string[]> {
  const rows = await db.prisma.checkpoint.findMany({
    distinct: ["architecture"],
    select: { architecture: true },
  });
  return rows.flatMap(({ architecture }) => architecture ?? []);
}

builder.queryFields((t) => ({
  architectures: t.stringList({
    description: "The networks that checkpoints are of, each under one name.",
    resolve: async (_, _args, context) =>
      [...new Set((await writtenArchitectures(context)).map(architectureName))].sort(),
  }),

  checkpoints: t.field({
    type: CheckpointConnection,
    description: "All checkpoints, in the order in which they were recorded.",
    args: {
      architecture: t.arg.string({
        description: "Only of this network: 'resnet50' and 'ResNet-50 1x' are one.",
      }),
      method: t.arg.string({ description: "Only of this method, by slug." }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { architecture, method, ...page }, context, info) => {
      const { catalogue } = await context.snapshot();
      const spellings =
        architecture == null
          ? null
          : (await writtenArchitectures(context)).filter((one) => sameArchitecture(one, architecture));
      const where: Prisma.CheckpointWhereInput = {
        ...(spellings && { architecture: { in: spellings } }),
        ...(method != null && { methodId: catalogue.method(method).id }),
      };
      const after = page.after == null ? null : Number(decodeCursor(page.after));
      if (after !== null && !Number.isInteger(after)) {
        throw new BadInput("'after' is not a cursor of this list: use an endCursor as it was answered.");
      }
      const query = queryFromInfo({
        context,
        info,
        paths: [["nodes"], ["edges", "node"]],
        typeName: "Checkpoint",
      }) as Pick<Prisma.CheckpointFindManyArgs, "select" | "include">;
      const rows = (await context.db.prisma.checkpoint.findMany({
        ...query,
        where: after === null ? where : { AND: [where, { id: { gt: after } }] },
        orderBy: { id: "asc" },
        take: (page.first ?? COST.defaultPage) + 1,
      })) as Row[];
      return pageOfRows(
        rows,
        page,
        ({ id }) => String(id),
        () => context.db.prisma.checkpoint.count({ where }),
      );
    },
  }),
}));

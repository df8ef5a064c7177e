/** All runs, newest first: what was evaluated, by which protocol, on which machine. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { Prisma } from "@transferboard/prisma";
import { builder } from "../../builder.ts";
import { COST } from "../../limits.ts";
import { decodeCursor, pageArgs, pageCost, pageOfRows } from "../../page.ts";
import { isUuid } from "../../uuid.ts";
import { RunRef, RunStateEnum } from "./types.ts";

type Row = Prisma.RunGetPayload<object>;

const RunConnection = builder.connectionObject({
  type: RunRef,
  name: "RunConnection",
  description: "A page of runs.",
});

builder.queryField("runs", (t) =>
  t.field({
    type: RunConnection,
    description: "All runs, newest first.",
    args: {
      state: t.arg({ type: RunStateEnum, description: "Only those in this state." }),
      method: t.arg.string({ description: "Only of this method, by slug." }),
      dataset: t.arg.string({ description: "Only on this dataset, by slug." }),
      setting: t.arg.string({ description: "Only of this setting, by slug." }),
      protocol: t.arg.string({ description: "Only under this protocol, by fingerprint." }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { state, method, dataset, setting, protocol, ...page }, context, info) => {
      const { catalogue } = await context.snapshot();
      // An unknown name is an error with near matches, as everywhere.
      const where: Prisma.RunWhereInput = {
        ...(state && { state }),
        ...(method != null && { checkpoint: { methodId: catalogue.method(method).id } }),
        ...(dataset != null && { datasetSlug: catalogue.dataset(dataset).slug }),
        ...(setting != null && { protocol: { settingSlug: catalogue.setting(setting).slug } }),
        ...(protocol != null && { protocolFingerprint: protocol.slice(0, 64) }),
      };
      const after = page.after == null ? null : decodeCursor(page.after);
      const query = queryFromInfo({
        context,
        info,
        paths: [["nodes"], ["edges", "node"]],
        typeName: "Run",
      }) as Pick<Prisma.RunFindManyArgs, "select" | "include">;
      const rows = (await context.db.prisma.run.findMany({
        ...query,
        // Ids are of the time at which they were made, so their order is the order of time.
        where: after !== null && isUuid(after) ? { AND: [where, { id: { lt: after } }] } : where,
        orderBy: { id: "desc" },
        take: (page.first ?? COST.defaultPage) + 1,
      })) as Row[];
      return pageOfRows(
        rows,
        page,
        ({ id }) => id,
        () => context.db.prisma.run.count({ where }),
      );
    },
  }),
);

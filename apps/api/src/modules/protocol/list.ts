/** All protocols, with how many values and runs are under each. */
import type { Prisma } from "@transferboard/prisma";
import { builder } from "../../builder.ts";
import { COST } from "../../limits.ts";
import { decodeCursor, pageArgs, pageCost, pageOfRows } from "../../page.ts";
import { ProtocolRef } from "./types.ts";

const ProtocolConnection = builder.connectionObject({
  type: ProtocolRef,
  name: "ProtocolConnection",
  description: "A page of protocols.",
});

const countLoader = (what: "results" | "runs") => ({
  type: "Int" as const,
  description:
    what === "results"
      ? "How many entries of the ledger are under it, corrected and retracted ones too."
      : "How many runs are under it.",
});

builder.objectFields(ProtocolRef, (t) => ({
  resultCount: t.loadable({
    ...countLoader("results"),
    load: async (fingerprints: string[], { db }) => {
      const rows = await db.prisma.result.groupBy({
        by: ["protocolFingerprint"],
        where: { protocolFingerprint: { in: fingerprints } },
        _count: { _all: true },
      });
      const counts = new Map(rows.map((row) => [row.protocolFingerprint?.trim(), row._count._all]));
      return fingerprints.map((one) => counts.get(one) ?? 0);
    },
    resolve: ({ fingerprint }) => fingerprint.trim(),
  }),
  runCount: t.loadable({
    ...countLoader("runs"),
    load: async (fingerprints: string[], { db }) => {
      const rows = await db.prisma.run.groupBy({
        by: ["protocolFingerprint"],
        where: { protocolFingerprint: { in: fingerprints } },
        _count: { _all: true },
      });
      const counts = new Map(rows.map((row) => [row.protocolFingerprint.trim(), row._count._all]));
      return fingerprints.map((one) => counts.get(one) ?? 0);
    },
    resolve: ({ fingerprint }) => fingerprint.trim(),
  }),
}));

builder.queryField("protocols", (t) =>
  t.field({
    type: ProtocolConnection,
    description: "All protocols, by setting and name.",
    args: {
      setting: t.arg.string({ description: "Only of this setting, by slug." }),
      search: t.arg.string({
        description: "A part of the name, or the beginning of the fingerprint, without regard to case.",
      }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { setting, search, ...page }, context) => {
      const { catalogue } = await context.snapshot();
      const text = search?.trim().slice(0, 200);
      const where: Prisma.ProtocolWhereInput = {
        ...(setting != null && { settingSlug: catalogue.setting(setting).slug }),
        ...(text && {
          OR: [
            { title: { contains: text, mode: "insensitive" } },
            { fingerprint: { startsWith: text.toLowerCase() } },
          ],
        }),
      };
      const [settingSlug = "", title = "", fingerprint = ""] =
        page.after == null ? [] : decodeCursor(page.after).split("\n");
      const beyond: Prisma.ProtocolWhereInput = {
        OR: [
          { settingSlug: { gt: settingSlug } },
          { settingSlug, title: { gt: title } },
          { settingSlug, title, fingerprint: { gt: fingerprint } },
        ],
      };
      const rows = await context.db.prisma.protocol.findMany({
        where: page.after == null ? where : { AND: [where, beyond] },
        orderBy: [{ settingSlug: "asc" }, { title: "asc" }, { fingerprint: "asc" }],
        take: (page.first ?? COST.defaultPage) + 1,
      });
      const protocols = rows.map((row) => ({ ...row, fingerprint: row.fingerprint.trim() }));
      return pageOfRows(
        protocols,
        page,
        (one) => `${one.settingSlug}\n${one.title}\n${one.fingerprint}`,
        () => context.db.prisma.protocol.count({ where }),
      );
    },
  }),
);

/** A submission and its timeline. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { Prisma } from "@transferboard/prisma";
import { builder } from "../../builder.ts";
import { NotFound } from "../../errors.ts";
import { localId } from "../../global-id.ts";
import { COST } from "../../limits.ts";
import { decodeCursor, pageArgs, pageCost, pageOfRows } from "../../page.ts";
import { isUuid } from "../../uuid.ts";
import { requireViewer } from "../account/require.ts";
import { ResultRef } from "../result/types.ts";
import type { SubmissionBody } from "./body.ts";
import { FaultType, RankChangeType } from "./findings.ts";
import { changesOf, warningsOf } from "./pending.ts";
import { visibleTo } from "./service.ts";
import { isTable, methodIn } from "./table/body.ts";

export const SubmissionStatusEnum = builder.enumType("SubmissionStatus", {
  description: "What became of a submission.",
  values: ["PENDING", "ACCEPTED", "REJECTED", "WITHDRAWN"] as const,
});

const AuditEventRef = builder.prismaObject("AuditEvent", {
  description: "What happened, in a log that only grows; each event carries the hash of the one before.",
  fields: (t) => ({
    position: t.string({ description: "Its place in the log.", resolve: ({ id }) => String(id) }),
    at: t.expose("at", { type: "DateTime", description: "When." }),
    by: t.string({
      nullable: true,
      description: "Who; null for the system itself.",
      select: { account: { select: { name: true } } },
      resolve: ({ account }) => account?.name ?? null,
    }),
    action: t.exposeString("action", { description: "What, such as submission.accepted." }),
    subject: t.exposeString("subject", { description: "Of what, such as result/342." }),
    details: t.expose("details", { type: "JSON", description: "What changed." }),
    hash: t.string({
      description: "SHA-256 over this event and the hash before.",
      resolve: ({ hash }) => hash.trim(),
    }),
    previousHash: t.string({
      description: "The hash of the event before.",
      resolve: ({ previousHash }) => previousHash.trim(),
    }),
  }),
});

export const SubmissionRef = builder.prismaNode("Submission", {
  description: "Results that someone offered together. The submitter and reviewers see it.",
  id: { field: "id" },
  authScopes: async (submission, context) => {
    const viewer = await context.viewer();
    return viewer !== null && (viewer.can("REVIEW") || viewer.accountId === submission.accountId);
  },
  fields: (t) => ({
    status: t.expose("status", { type: SubmissionStatusEnum, description: "What became of it." }),
    submitter: t.string({
      description: "Who offered it.",
      select: { account: { select: { name: true } } },
      resolve: ({ account }) => account.name,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it came." }),
    decidedAt: t.expose("decidedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was decided.",
    }),
    decidedBy: t.string({
      nullable: true,
      description: "Who decided.",
      select: { decidedBy: { select: { name: true } } },
      resolve: ({ decidedBy }) => decidedBy?.name ?? null,
    }),
    reason: t.exposeString("reason", { nullable: true, description: "Why it was decided so." }),
    body: t.field({
      type: "JSON",
      description: "What was offered, in our JSON form.",
      select: { body: true },
      resolve: ({ body }) => body,
    }),
    methodSlug: t.string({
      description:
        "The method that it is about, which may not be there yet; of a table of several, their number.",
      select: { body: true },
      resolve: ({ body }) => (isTable(body) ? methodIn(body) : (body as SubmissionBody).method.slug),
    }),
    valueCount: t.int({
      description: "How many values it has.",
      select: { body: true },
      resolve: ({ body }) => (isTable(body) ? body.rows : (body as SubmissionBody).values).length,
    }),
    warnings: t.field({
      type: [FaultType],
      nullable: true,
      description:
        "What may be wrong, as checked now, with places in `body`; an ERROR came up since it was sent, and stands against accepting it. Null once it is decided.",
      select: { status: true, body: true },
      complexity: { field: 20, multiplier: 10 },
      resolve: (submission, _, context) => warningsOf(submission, context),
    }),
    changes: t.field({
      type: [RankChangeType],
      nullable: true,
      description:
        "The method's rank in each suite that it touches, now and if it were accepted now. Null once it is decided.",
      select: { status: true, body: true },
      complexity: { field: 100, multiplier: 10 },
      resolve: (submission, _, context) => changesOf(submission, context),
    }),
    results: t.relation("results", {
      type: ResultRef,
      description: "The entries that it became.",
      query: { orderBy: { id: "asc" } },
    }),
    timeline: t.prismaField({
      type: [AuditEventRef],
      description: "What happened to it and to its entries, and when.",
      resolve: async (query, { id }, _, { db }) => {
        const entries = await db.prisma.result.findMany({
          where: { submissionId: id },
          select: { id: true },
        });
        return db.prisma.auditEvent.findMany({
          ...query,
          where: { subject: { in: [`submission/${id}`, ...entries.map((entry) => `result/${entry.id}`)] } },
          orderBy: { id: "asc" },
          take: COST.maxPage,
        });
      },
    }),
  }),
});

const SubmissionConnection = builder.connectionObject({
  type: SubmissionRef,
  name: "SubmissionConnection",
  description: "A page of submissions.",
});

type Selection = Pick<Prisma.SubmissionFindManyArgs, "select" | "include">;
type Row = Prisma.SubmissionGetPayload<object>;

builder.queryFields((t) => ({
  submissions: t.field({
    type: SubmissionConnection,
    description: "One's own submissions, to reviewers all; newest first. Needs a token.",
    args: {
      status: t.arg({ type: SubmissionStatusEnum, description: "Only those of this status." }),
      mine: t.arg.boolean({ defaultValue: false, description: "Only one's own, to reviewers too." }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { status, mine, ...page }, context, info) => {
      const viewer = await requireViewer(context, "READ");
      const where: Prisma.SubmissionWhereInput = {
        ...visibleTo(viewer),
        ...(mine && { accountId: viewer.accountId }),
        ...(status && { status }),
      };
      const after = page.after == null ? null : decodeCursor(page.after);
      const query = queryFromInfo({
        context,
        info,
        paths: [["nodes"], ["edges", "node"]],
        typeName: "Submission",
      }) as Selection;
      const rows = (await context.db.prisma.submission.findMany({
        ...query,
        where: after !== null && isUuid(after) ? { AND: [where, { id: { lt: after } }] } : where,
        orderBy: { id: "desc" },
        take: (page.first ?? COST.defaultPage) + 1,
      })) as Row[];
      return pageOfRows(
        rows,
        page,
        ({ id }) => id,
        () => context.db.prisma.submission.count({ where }),
      );
    },
  }),

  submission: t.prismaField({
    type: SubmissionRef,
    description: "One submission, by its global id. Its submitter and reviewers see it.",
    args: { id: t.arg.id({ required: true, description: "The submission's global id." }) },
    resolve: async (query, _, { id }, context) => {
      const viewer = await requireViewer(context, "READ");
      const key = localId("Submission", id);
      const found = isUuid(key)
        ? await context.db.prisma.submission.findFirst({ ...query, where: { id: key, ...visibleTo(viewer) } })
        : null;
      if (!found) throw new NotFound("There is no submission of yours with this id.");
      return found;
    },
  }),
}));

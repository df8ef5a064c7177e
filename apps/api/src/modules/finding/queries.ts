/** Implausible values of the ledger, for reviewers: what was found, and what was decided of it. */
import { findingKey, type LedgerFinding, PLAUSIBILITY_CODES } from "@transferboard/eval-core/record";
import type { Prisma } from "@transferboard/prisma";
import { z } from "zod";
import { builder } from "../../builder.ts";
import type { Context } from "../../context.ts";
import { transactAs } from "../../database/transact.ts";
import { BadInput, NotAuthorized, NotFound } from "../../errors.ts";
import { pageArgs, pageCost, pageOfList } from "../../page.ts";
import { withinRequest } from "../../statistics/within.ts";
import { requireViewer } from "../account/require.ts";
import { MUTATION_SCOPES } from "../account/rules.ts";
import { FaultSeverityEnum } from "../submission/findings.ts";
import { ledgerTable } from "./table.ts";

type Decision = Prisma.FindingDecisionGetPayload<{ include: { account: true } }>;

interface Found extends LedgerFinding {
  /** The latest of this very finding. */
  readonly decision: Decision | null;
}

/** Held once a position of the ledger: each method's values are held against a fit of all others'. */
async function allFindings(context: Context): Promise<readonly LedgerFinding[]> {
  const snapshot = await context.snapshot();
  const make = async () => context.statistics.compute("findings", await ledgerTable(context));
  const finding = context.ledger.memoize(snapshot, "findings", make, (made) => 1 + 10 * made.length);
  return withinRequest(
    finding,
    "The newest values of the ledger are being checked against each other. Ask again in a minute.",
  );
}

/** The oldest first. Each is an event of the log, so they are read once an event. */
async function allDecisions({ snapshot, ledger, db }: Context): Promise<readonly Decision[]> {
  const at = await snapshot();
  const read = () =>
    db.prisma.findingDecision.findMany({ include: { account: true }, orderBy: { id: "asc" } });
  return ledger.memoize(at, `decisions|${at.event}`, read, (made) => 1 + 10 * made.length);
}

async function decidedOrNot(decided: boolean | null, context: Context): Promise<Found[]> {
  const [findings, decisions] = await Promise.all([allFindings(context), allDecisions(context)]);
  const latest = new Map(decisions.map((decision) => [findingKey(decision), decision]));
  const all = findings.map((finding) => ({ ...finding, decision: latest.get(findingKey(finding)) ?? null }));
  return decided === null ? all : all.filter(({ decision }) => (decision !== null) === decided);
}

const VerdictEnum = builder.enumType("FindingVerdict", {
  description: "What a reviewer decides of an implausible value.",
  values: {
    ACCEPTED: { description: "It is right as it is, for the reason given." },
    CORRECTED: { description: "It was wrong, and a correction is recorded or asked for." },
    REJECTED: { description: "It is wrong, and retracted or to be retracted." },
  } as const,
});

const DecisionType = builder.objectRef<Decision>("FindingDecision").implement({
  description: "What a reviewer decided.",
  fields: (t) => ({
    verdict: t.field({ type: VerdictEnum, description: "What.", resolve: ({ verdict }) => verdict }),
    reason: t.exposeString("reason", { description: "Why." }),
    by: t.string({ description: "Who.", resolve: ({ account }) => account.name }),
    at: t.field({ type: "DateTime", description: "When.", resolve: ({ decidedAt }) => decidedAt }),
  }),
});

const FindingType = builder.objectRef<Found>("LedgerFinding").implement({
  description:
    "An implausible value of the ledger. What is an error within one submission may be a warning here: values of two submissions may have protocols that differ unseen.",
  fields: (t) => ({
    method: t.exposeString("method", { description: "Whose, by slug." }),
    code: t.exposeString("code", { description: "A stable name of what was found, such as GRAIN." }),
    severity: t.field({
      type: FaultSeverityEnum,
      description: "ERROR: no correct evaluation gives it. WARNING: it may be right, and a reviewer decides.",
      resolve: ({ severity }) => severity,
    }),
    measure: t.string({
      nullable: true,
      description: "Of which measure; null for all values of the method together.",
      resolve: ({ place }) => place || null,
    }),
    value: t.exposeFloat("value", { nullable: true, description: "The number." }),
    message: t.exposeString("message", { description: "What is wrong, in a sentence." }),
    decision: t.field({
      type: DecisionType,
      nullable: true,
      description: "The latest of this very finding; null where nobody has decided.",
      resolve: ({ decision }) => decision,
    }),
  }),
});

const FindingConnection = builder.connectionObject({
  type: FindingType,
  name: "LedgerFindingConnection",
  description: "A page of findings.",
});

builder.queryField("findings", (t) =>
  t.field({
    type: FindingConnection,
    description:
      "Implausible values of the whole ledger, method after method. The first question after new results waits for the checks.",
    args: {
      decided: t.arg.boolean({ description: "Only those that a reviewer decided, or that none did." }),
      ...pageArgs,
    },
    complexity: (args) => ({ ...pageCost(args), field: 2_000 }),
    resolve: async (_root, { decided, ...page }, context) =>
      pageOfList(await decidedOrNot(decided ?? null, context), page, findingKey),
  }),
);

const DecideInput = builder.inputType("DecideFindingInput", {
  description: "A decision on a finding.",
  fields: (t) => ({
    method: t.string({ required: true, description: "The method's slug." }),
    code: t.string({ required: true, description: "As found." }),
    measure: t.string({ description: "As found; nothing for all values together." }),
    value: t.float({ description: "As found." }),
    verdict: t.field({ type: VerdictEnum, required: true, description: "What is decided." }),
    reason: t.string({
      required: true,
      description: "Why.",
      validate: z.string().max(5_000, "expected at most 5000 letters").regex(/\S/, "expected some words"),
    }),
  }),
});

const Payload = builder.objectRef<{ finding: Found }>("DecideFindingPayload").implement({
  description: "The finding with its decision.",
  fields: (t) => ({
    finding: t.field({ type: FindingType, description: "It.", resolve: ({ finding }) => finding }),
  }),
});

builder.mutationField("decideFinding", (t) =>
  t.field({
    type: Payload,
    description:
      "Records what a reviewer decides of a finding, so that it is not asked about again. Needs the scope REVIEW.",
    args: { input: t.arg({ type: DecideInput, required: true, description: "The decision." }) },
    authScopes: { scope: MUTATION_SCOPES.decideFinding },
    errors: {
      types: [NotAuthorized, NotFound, BadInput],
      union: { name: "DecideFindingResult", description: "The decision, or why not." },
    },
    resolve: async (_root, { input }, context) => {
      const viewer = await requireViewer(context, "REVIEW");
      const { method, code, verdict, reason } = input;
      if (!Object.hasOwn(PLAUSIBILITY_CODES, code))
        throw new BadInput(`There is no code '${code.slice(0, 40)}'.`);
      const asked = findingKey({ method, code, place: input.measure ?? "", value: input.value ?? null });
      const finding = (await allFindings(context)).find((one) => findingKey(one) === asked);
      if (!finding)
        throw new NotFound(
          "No such finding stands: another value is another finding. 'findings' lists them.",
        );
      const { place, value } = finding;
      const decision = await transactAs(context.db, viewer, (tx) =>
        tx.findingDecision.create({
          data: { accountId: viewer.accountId, method, code, place, value, verdict, reason: reason.trim() },
          include: { account: true },
        }),
      );
      return { finding: { ...finding, decision } };
    },
  }),
);

/** Offering results, deciding on them, taking them back. */
import { z } from "zod";
import { builder } from "../../builder.ts";
import { Conflict, NotAuthorized, NotFound } from "../../errors.ts";
import { localId } from "../../global-id.ts";
import { storable } from "../../text.ts";
import { MUTATION_SCOPES } from "../account/rules.ts";
import { ResultRef } from "../result/types.ts";
import { InvalidSubmission } from "./faults/fault.ts";
import { FaultType, RankChangeType } from "./findings.ts";
import { type FORMATS, type Format, TABLES, tableNamed } from "./formats/index.ts";
import { type Offered, retract, review, type SubmissionRow, submit, withdraw } from "./service.ts";
import { titleOf } from "./table/read.ts";
import { SubmissionRef } from "./types.ts";

const reason = storable(5_000).regex(/\S/, "expected a reason");

/** The field's other formats, by their titles. */
const OTHERS: Readonly<Record<string, { description: string }>> = Object.fromEntries(
  TABLES.map((name) => [name, { description: titleOf(tableNamed(name)!) }]),
);

const SubmitResultsInput = builder.inputType("SubmitResultsInput", {
  description: "Results to offer.",
  fields: (t) => ({
    idempotencyKey: t.string({
      required: true,
      description: "Sending the same key and body again gives the first answer; another body is a conflict.",
    }),
    format: t.field({
      type: builder.enumType("SubmissionFormat", {
        description: "What a submission is written in.",
        values: {
          JSON: { description: "Our JSON form; its JSON Schema is at /submissions/schema.json." },
          CSV: { description: "Long form, one row a value." },
          MODEL_INDEX: { description: "Hugging Face's model-index YAML." },
          MTEB: { description: "One JSON file a task, as one JSON object of file names to contents." },
          ...OTHERS,
        } satisfies Record<(typeof FORMATS)[number], { description: string }>,
      }),
      required: true,
      defaultValue: "JSON",
      description: "What it is written in.",
    }),
    content: t.string({
      required: true,
      validate: z
        .string()
        .max(1_000_000, "expected at most 1,000,000 letters; larger files go to POST /submissions"),
      description: "The submission's text.",
    }),
    model: t.string({
      description: "Of a model card with several models, the name of the one that is offered.",
      validate: z.string().max(300),
    }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: "Check only, and say what would change.",
    }),
  }),
});

const SubmitResultsPayload = builder.objectRef<Offered>("SubmitResultsPayload").implement({
  description: "A submission that was received, or checked.",
  fields: (t) => ({
    submission: t.field({
      type: SubmissionRef,
      nullable: true,
      description: "Null for a dry run.",
      resolve: ({ submission }) => submission,
    }),
    warnings: t.field({
      type: [FaultType],
      description: "What may be wrong.",
      resolve: ({ warnings }) => [...warnings],
    }),
    changes: t.field({
      type: [RankChangeType],
      description: "The method's rank in each suite that it touches, before and after acceptance.",
      complexity: { field: 100, multiplier: 10 },
      resolve: ({ changes }) => changes(),
    }),
  }),
});

const SubmissionPayload = builder.objectRef<{ submission: SubmissionRow }>("SubmissionPayload").implement({
  description: "A submission after the change.",
  fields: (t) => ({
    submission: t.field({ type: SubmissionRef, description: "It.", resolve: ({ submission }) => submission }),
  }),
});

const WithdrawSubmissionInput = builder.inputType("WithdrawSubmissionInput", {
  description: "A submission to take back while it is pending.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Its global id." }),
    reason: t.string({ validate: reason, description: "Why." }),
  }),
});

const ReviewSubmissionInput = builder.inputType("ReviewSubmissionInput", {
  description: "A decision.",
  fields: (t) => ({
    id: t.id({ required: true, description: "The submission's global id." }),
    verdict: t.field({
      type: builder.enumType("Verdict", {
        description: "What a reviewer decides.",
        values: ["ACCEPT", "REJECT"] as const,
      }),
      required: true,
      description: "What is decided.",
    }),
    reason: t.string({ required: true, validate: reason, description: "Why." }),
  }),
});

const RetractResultInput = builder.inputType("RetractResultInput", {
  description: "An entry of the ledger to retract.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Its global id." }),
    reason: t.string({ required: true, validate: reason, description: "Why." }),
    replacement: t.id({ description: "The global id of the entry to use in its place." }),
  }),
});

const RetractResultPayload = builder.objectRef<{ resultId: bigint }>("RetractResultPayload").implement({
  description: "An entry with its tombstone.",
  fields: (t) => ({
    result: t.prismaField({
      type: ResultRef,
      description: "The entry.",
      resolve: (query, { resultId }, _, { db }) =>
        db.prisma.result.findUniqueOrThrow({ ...query, where: { id: resultId } }),
    }),
  }),
});

const SubmissionResult = { name: "WithdrawSubmissionResult", description: "The submission, or why not." };

builder.mutationFields((t) => ({
  submitResults: t.field({
    type: SubmitResultsPayload,
    description: "Offers results for review, or with `dryRun` checks them. Needs the scope SUBMIT.",
    args: { input: t.arg({ type: SubmitResultsInput, required: true, description: "The results." }) },
    authScopes: { scope: MUTATION_SCOPES.submitResults },
    errors: {
      types: [NotAuthorized, InvalidSubmission, Conflict],
      union: { name: "SubmitResultsResult", description: "The submission, or what is wrong with it." },
    },
    resolve: (_, { input }, context) => {
      const table = tableNamed(input.format);
      const { format, ...offer } = input;
      return submit({ ...offer, format: table === undefined ? (format as Format) : { table } }, context);
    },
  }),

  withdrawSubmission: t.field({
    type: SubmissionPayload,
    description: "Takes back one's own pending submission. Needs the scope SUBMIT.",
    args: { input: t.arg({ type: WithdrawSubmissionInput, required: true, description: "Which." }) },
    authScopes: { scope: MUTATION_SCOPES.withdrawSubmission },
    errors: { types: [NotAuthorized, NotFound, Conflict], union: SubmissionResult },
    resolve: async (_, { input }, context) => ({
      submission: await withdraw(localId("Submission", input.id), input.reason ?? null, context),
    }),
  }),

  reviewSubmission: t.field({
    type: SubmissionPayload,
    description: "Accepts or rejects somebody else's pending submission. Needs the scope REVIEW.",
    args: { input: t.arg({ type: ReviewSubmissionInput, required: true, description: "The decision." }) },
    authScopes: { scope: MUTATION_SCOPES.reviewSubmission },
    errors: {
      types: [NotAuthorized, NotFound, Conflict],
      union: { name: "ReviewSubmissionResult", description: "The submission, or why not." },
    },
    resolve: async (_, { input }, context) => ({
      submission: await review({ ...input, id: localId("Submission", input.id) }, context),
    }),
  }),

  retractResult: t.field({
    type: RetractResultPayload,
    description: "Puts a tombstone on an entry of the ledger. Needs the scope REVIEW.",
    args: { input: t.arg({ type: RetractResultInput, required: true, description: "Which, and why." }) },
    authScopes: { scope: MUTATION_SCOPES.retractResult },
    errors: {
      types: [NotAuthorized, NotFound, Conflict],
      union: { name: "RetractResultResult", description: "The entry, or why not." },
    },
    resolve: async (_, { input }, context) => {
      const replacement = input.replacement == null ? null : localId("Result", input.replacement);
      const { id } = await retract(
        { id: localId("Result", input.id), reason: input.reason, replacement },
        context,
      );
      return { resultId: id };
    },
  }),
}));

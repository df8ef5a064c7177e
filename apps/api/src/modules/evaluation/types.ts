/** Evaluations by our own workers: asked for here, run elsewhere, recorded as runs. */
import type { RequestedEvaluation } from "@transferboard/prisma";
import { z } from "zod";
import { builder } from "../../builder.ts";
import { Conflict, NotAuthorized, NotFound } from "../../errors.ts";
import { MUTATION_SCOPES } from "../account/rules.ts";
import "../error-types.ts";
import { RunRef, RunStateEnum } from "../run/types.ts";
import { EvaluationPlanType } from "./plan.ts";
import { cancelEvaluation, evaluationOf, planOf, requestEvaluation } from "./service.ts";

const EvaluationType = builder.objectRef<RequestedEvaluation>("Evaluation").implement({
  description: "An evaluation that somebody asked our workers for.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id, for `evaluation`." }),
    state: t.field({ type: RunStateEnum, description: "How far it is.", resolve: ({ state }) => state }),
    reason: t.exposeString("reason", {
      nullable: true,
      description: "Why it failed, or why its last attempt did.",
    }),
    notes: t.stringList({ description: "What the worker had to say.", resolve: ({ notes }) => [...notes] }),
    attempts: t.exposeInt("attempts", { description: "How often a worker has taken it." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked for." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last begun.",
    }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
    plan: t.field({
      type: EvaluationPlanType,
      nullable: true,
      description: "The jobs that it is divided into. Null where it was asked for before there were plans.",
      resolve: async ({ id }, _, context) => {
        const jobs = await planOf(id, context);
        return jobs.length > 0 ? { jobs } : null;
      },
    }),
    runs: t.prismaField({
      type: [RunRef],
      description: "The runs that it made.",
      resolve: (query, { runs }, _, { db }) =>
        db.prisma.run.findMany({ ...query, where: { id: { in: [...runs] } }, orderBy: { createdAt: "asc" } }),
    }),
  }),
});

const EvaluationOptionInput = builder.inputType("EvaluationOptionInput", {
  description: "An option of the evaluation, as the command has it: `steps` is --steps.",
  fields: (t) => ({
    name: t.string({
      required: true,
      validate: z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/, "expected a name such as steps"),
      description: "Its name, in camel case.",
    }),
    value: t.string({
      required: true,
      validate: z.string().max(300, "expected at most 300 characters"),
      description: "Its value, as text.",
    }),
  }),
});

const RequestEvaluationInput = builder.inputType("RequestEvaluationInput", {
  description: "What to evaluate, on what, and how. Exactly one of suite and measure.",
  fields: (t) => ({
    checkpoint: t.string({
      required: true,
      validate: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 small hexadecimal digits"),
      description: "SHA-256 of the file of weights; a worker that has the file takes the request.",
    }),
    method: t.string({ required: true, description: "The slug of the method that the weights are of." }),
    suite: t.string({ description: "Evaluate on every dataset of this suite." }),
    measure: t.string({ description: "Evaluate on this measure alone." }),
    mode: t.field({
      type: builder.enumType("EvaluationMode", {
        description: "How the linear protocol is solved.",
        values: {
          CONVERGED: { value: "converged" as const, description: "To the optimum, whatever the order." },
          PAPER_EXACT: { value: "paper-exact" as const, description: "As the paper's code did." },
        },
      }),
      required: true,
      defaultValue: "converged",
      description: "How the linear protocol is solved.",
    }),
    options: t.field({
      type: [EvaluationOptionInput],
      description: "The evaluation's own options; its usual ones where none are given.",
    }),
    preprocessing: t.string({
      required: true,
      defaultValue: "imagenet-shorter-224",
      validate: z.string().regex(/^[a-z0-9-]{1,60}$/, "expected a name such as imagenet-shorter-224"),
      description: "How images are prepared.",
    }),
    seed: t.int({
      required: true,
      defaultValue: 0,
      validate: z.int().min(0, "expected 0 or more"),
      description: "The seed of all that is random.",
    }),
  }),
});

const RequestEvaluationPayload = builder
  .objectRef<{ evaluation: RequestedEvaluation }>("RequestEvaluationPayload")
  .implement({
    description: "An evaluation that was asked for.",
    fields: (t) => ({
      evaluation: t.field({
        type: EvaluationType,
        description: "It.",
        resolve: ({ evaluation }) => evaluation,
      }),
    }),
  });

builder.queryField("evaluation", (t) =>
  t.field({
    type: EvaluationType,
    description: "One requested evaluation, by its id.",
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    resolve: (_, { id }, context) => evaluationOf(id, context),
  }),
);

builder.mutationField("requestEvaluation", (t) =>
  t.field({
    type: RequestEvaluationPayload,
    description:
      "Asks our own workers for an evaluation; its values arrive as REPRODUCED. The same request again answers the first one, unless that failed or was cancelled. A token may have ten under way. Needs the scope SUBMIT.",
    args: { input: t.arg({ type: RequestEvaluationInput, required: true, description: "The request." }) },
    authScopes: { scope: MUTATION_SCOPES.requestEvaluation },
    errors: {
      types: [NotAuthorized, NotFound, Conflict],
      union: { name: "RequestEvaluationResult", description: "The request, or why not." },
    },
    resolve: async (_, { input }, context) => ({ evaluation: await requestEvaluation(input, context) }),
  }),
);

const CancelEvaluationInput = builder.inputType("CancelEvaluationInput", {
  description: "Which evaluation to cancel.",
  fields: (t) => ({ id: t.id({ required: true, description: "Its id." }) }),
});

const CancelEvaluationPayload = builder
  .objectRef<{ evaluation: RequestedEvaluation }>("CancelEvaluationPayload")
  .implement({
    description: "An evaluation that was cancelled.",
    fields: (t) => ({
      evaluation: t.field({
        type: EvaluationType,
        description: "It.",
        resolve: ({ evaluation }) => evaluation,
      }),
    }),
  });

builder.mutationField("cancelEvaluation", (t) =>
  t.field({
    type: CancelEvaluationPayload,
    description:
      "Ends an evaluation that waits or runs; its worker stops within seconds. One's own with the scope SUBMIT, anyone's with ADMIN.",
    args: { input: t.arg({ type: CancelEvaluationInput, required: true, description: "Which one." }) },
    authScopes: { scope: MUTATION_SCOPES.cancelEvaluation },
    errors: {
      types: [NotAuthorized, NotFound, Conflict],
      union: { name: "CancelEvaluationResult", description: "The evaluation, or why not." },
    },
    resolve: async (_, { input }, context) => ({ evaluation: await cancelEvaluation(input.id, context) }),
  }),
);

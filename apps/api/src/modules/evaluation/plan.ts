/** The plan of a requested evaluation: its jobs, who has each, and how far it is. */
import type { EvaluationJob } from "@transferboard/prisma";
import { builder } from "../../builder.ts";

const JobStateEnum = builder.enumType("EvaluationJobState", {
  description: "How far a job is.",
  values: {
    WAITING: { description: "For jobs that it depends on." },
    QUEUED: { description: "For a worker." },
    RUNNING: { description: "A worker has it." },
    DONE: { description: "It ended well." },
    FAILED: { description: "It ended for a reason." },
    CANCELLED: { description: "Somebody cancelled the evaluation." },
  } as const,
});

const JobKindEnum = builder.enumType("EvaluationJobKind", {
  description: "What a job is of.",
  values: {
    EXTRACTION: { description: "A share of the features that evaluations on a dataset read." },
    PART: { description: "A part of the evaluation on a dataset, such as a configuration of a grid." },
    DATASET: { description: "The evaluation on a dataset, from its parts and features where it has such." },
    CLOSING: { description: "What follows from all of them, and the evaluation's end." },
  } as const,
});

const EvaluationJobType = builder.objectRef<EvaluationJob>("EvaluationJob").implement({
  description: "One job of an evaluation: what one worker does at a time.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id." }),
    title: t.exposeString("title", { description: "What it is of, in words." }),
    kind: t.field({ type: JobKindEnum, description: "What it is of.", resolve: ({ kind }) => kind }),
    state: t.field({ type: JobStateEnum, description: "How far it is.", resolve: ({ state }) => state }),
    worker: t.exposeString("worker", {
      nullable: true,
      description: "The machine and process that has it, or had it last.",
    }),
    attempts: t.int({
      description: "How often a worker has taken it.",
      resolve: ({ taken }) => taken.length,
    }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last begun.",
    }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
    doing: t.string({
      nullable: true,
      description: "The step at hand, in words, while it runs.",
      resolve: ({ progress }) => progress?.what ?? null,
    }),
    progress: t.float({
      nullable: true,
      description: "How much of the step at hand is done, from 0 to 1, as its worker told within seconds.",
      resolve: ({ progress }) => shareOf(progress),
    }),
    secondsLeft: t.float({
      nullable: true,
      description: "Until the step at hand ends, at the rate so far. Null where that cannot be told.",
      resolve: ({ progress }) => progress?.secondsLeft ?? null,
    }),
    reason: t.exposeString("reason", { nullable: true, description: "Why it failed." }),
  }),
});

function shareOf(progress: EvaluationJob["progress"]): number | null {
  if (progress?.done === undefined || progress.total === undefined || progress.total === 0) return null;
  return Math.min(1, progress.done / progress.total);
}

export const EvaluationPlanType = builder
  .objectRef<{ readonly jobs: readonly EvaluationJob[] }>("EvaluationPlan")
  .implement({
    description: "What an evaluation is divided into, for as many workers as there are.",
    fields: (t) => ({
      jobs: t.field({
        type: [EvaluationJobType],
        description: "Its jobs, each after those that it depends on.",
        resolve: ({ jobs }) => [...jobs],
      }),
      done: t.int({
        description: "How many have ended.",
        resolve: ({ jobs }) => jobs.filter(({ finishedAt }) => finishedAt !== null).length,
      }),
    }),
  });

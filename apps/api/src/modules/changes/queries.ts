/** What changed in the ledger, newest first, or since a moment. */
import { builder } from "../../builder.ts";
import { BadInput } from "../../errors.ts";
import { globalId } from "../../global-id.ts";
import { COST } from "../../limits.ts";
import { decodeCursor, encodeCursor, pageArgs } from "../../page.ts";
import { MeasureRef, SuiteRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import { effectsOf, type RankEffect } from "./effects.ts";
import { type ChangeKind, MOST_ENTRIES, readChanges, type StoredChange } from "./read.ts";

const KindEnum = builder.enumType("ChangeKind", {
  description: "How the ledger changed.",
  values: {
    ACCEPTED: { description: "A submission was accepted." },
    MEASURED: { description: "A run of this project's own evaluation was recorded." },
    PUBLISHED: { description: "Values of papers were entered." },
    CORRECTED: { description: "Earlier values were corrected." },
    RETRACTED: { description: "Values were retracted." },
  } satisfies Record<ChangeKind, { description: string }>,
});

const EffectType = builder.objectRef<RankEffect>("RankEffect").implement({
  description: "A method's rank in a suite before and after a change.",
  fields: (t) => ({
    suite: t.field({ type: SuiteRef, description: "The suite.", resolve: ({ suite }) => suite }),
    method: t.field({ type: MethodRef, description: "The method.", resolve: ({ method }) => method }),
    before: t.exposeInt("before", { nullable: true, description: "Null where it was not ranked." }),
    after: t.exposeInt("after", { nullable: true, description: "Null where it is not ranked." }),
    amongAll: t.exposeBoolean("amongAll", {
      description: "Whether the ranks are among all values: among comparable ones it has none.",
    }),
  }),
});

const ChangeType = builder.objectRef<StoredChange>("Change").implement({
  description: "Entries that the ledger gained or lost together.",
  fields: (t) => ({
    kind: t.field({ type: KindEnum, description: "What happened.", resolve: ({ kind }) => kind }),
    at: t.field({
      type: "DateTime",
      description: "When it was done: the ledger as of this moment has it.",
      resolve: ({ last }) => new Date(last),
    }),
    entries: t.exposeInt("entries", { description: "How many entries." }),
    corrected: t.exposeInt("corrected", { description: "How many of them correct an earlier one." }),
    methods: t.field({
      type: [MethodRef],
      description: "Of which methods.",
      resolve: async ({ methodIds }, _, context) => {
        const { catalogue } = await context.snapshot();
        return methodIds.map((id) => catalogue.methodById(id));
      },
    }),
    measures: t.field({
      type: [MeasureRef],
      description: "In which measures.",
      resolve: async ({ measureIds }, _, context) => {
        const { catalogue } = await context.snapshot();
        return measureIds.map((id) => catalogue.measureById(id));
      },
    }),
    sources: t.stringList({
      description: "Where the values come from; at most 5 of them.",
      resolve: ({ sources }) => [...sources],
    }),
    runId: t.id({
      nullable: true,
      description: "The global id of the run, where one measured them.",
      resolve: ({ runId }) => runId && globalId("Run", runId),
    }),
    reason: t.exposeString("reason", { nullable: true, description: "Why, of a retraction." }),
    by: t.exposeString("by", { nullable: true, description: "Who, of a retraction." }),
    effects: t.field({
      type: [EffectType],
      description: "What it did to ranks; empty of a change that holds more than 3 methods.",
      complexity: { field: 20, multiplier: 5 },
      resolve: (change, _, context) => effectsOf(change, context),
    }),
  }),
});

interface ChangesPage {
  readonly nodes: readonly StoredChange[];
  readonly hasNextPage: boolean;
}

const cursorOf = ({ last, key }: StoredChange) => encodeCursor(`${last}|${key}`);

const ChangesType = builder.objectRef<ChangesPage>("Changes").implement({
  description: "A page of changes, newest first.",
  fields: (t) => ({
    nodes: t.field({
      type: [ChangeType],
      description: "The changes of this page.",
      complexity: { multiplier: 1 },
      resolve: ({ nodes }) => [...nodes],
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: "Where this page lies.",
      resolve: ({ nodes, hasNextPage }) => {
        const [first, last] = [nodes[0], nodes.at(-1)];
        return {
          hasNextPage,
          hasPreviousPage: false,
          startCursor: first ? cursorOf(first) : null,
          endCursor: last ? cursorOf(last) : null,
        };
      },
    }),
  }),
});

function readCursor(after: string): { last: number; key: string } {
  const [last = "", key = ""] = decodeCursor(after).split("|");
  if (!/^\d{1,15}$/.test(last) || key === "") {
    throw new BadInput("'after' is not a cursor of this list: use an endCursor as it was answered.");
  }
  return { last: Number(last), key };
}

builder.queryField("changes", (t) =>
  t.field({
    type: ChangesType,
    description: `What the ledger gained and lost, newest first, among its newest ${MOST_ENTRIES} entries.`,
    args: {
      since: t.arg({ type: "DateTime", description: "Only what happened after that moment." }),
      method: t.arg.string({ description: "Only of this method, by slug." }),
      suite: t.arg.string({
        description: "Only in the measures of this suite, or in this measure, by slug.",
      }),
      ...pageArgs,
    },
    complexity: ({ first }) => ({ field: 50, multiplier: Math.max(1, first ?? COST.defaultPage) }),
    resolve: async (_, { since, method, suite, first, after }, context) => {
      const { catalogue } = await context.snapshot();
      const size = first ?? COST.defaultPage;
      const found = await readChanges(context.db.sql, {
        since,
        ...(method != null && { methodIds: [catalogue.method(method).id] }),
        ...(suite != null && { measureIds: catalogue.board(suite).measures.map(({ id }) => id) }),
        ...(after != null && { after: readCursor(after) }),
        take: size + 1,
      });
      return { nodes: found.slice(0, size), hasNextPage: found.length > size };
    },
  }),
);

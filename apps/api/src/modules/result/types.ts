/** An entry of the ledger. */
import { builder } from "../../builder.ts";
import { globalId } from "../../global-id.ts";
import { ProvenanceEnum } from "../catalogue/enums.ts";
import { IntervalType, intervalOf } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { CheckpointRef, MethodRef } from "../method/types.ts";
import { ProtocolRef } from "../protocol/types.ts";
import { RunRef } from "../run/types.ts";

const RetractionType = builder.prismaObject("Retraction", {
  description: "The tombstone of an entry.",
  fields: (t) => ({
    reason: t.exposeString("reason", { description: "Why it was retracted." }),
    by: t.string({
      description: "Who retracted it.",
      select: { account: { select: { name: true } } },
      resolve: ({ account }) => account.name,
    }),
    at: t.expose("recordedAt", { type: "DateTime", description: "When." }),
    replacementId: t.id({
      nullable: true,
      description: "The global id of the entry to use in its place.",
      resolve: ({ replacementId }) => (replacementId === null ? null : globalId("Result", replacementId)),
    }),
  }),
});

export const ResultRef = builder.prismaNode("Result", {
  description: "One value of one measure for one checkpoint: an entry of the append-only ledger.",
  id: { resolve: ({ id }) => String(id) },
  findUnique: (id) => ({ id: /^\d{1,18}$/.test(id) ? BigInt(id) : -1n }),
  fields: (t) => ({
    position: t.string({
      description: "Its number in the ledger, by which it is corrected or retracted.",
      resolve: ({ id }) => String(id),
    }),
    method: t.field({
      type: MethodRef,
      description: "Whose value it is.",
      resolve: async ({ methodId }, _, context) => (await context.snapshot()).catalogue.methodById(methodId),
    }),
    checkpoint: t.relation("checkpoint", { type: CheckpointRef, description: "Of which weights." }),
    measure: t.field({
      type: MeasureRef,
      description: "What was measured.",
      resolve: async ({ measureId }, _, context) =>
        (await context.snapshot()).catalogue.measureById(measureId),
    }),
    value: t.exposeFloat("value", { description: "Unrounded, in the metric's unit." }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "95%, where known.",
      resolve: ({ intervalLower, intervalUpper }) => intervalOf(intervalLower, intervalUpper),
    }),
    sampleSize: t.exposeInt("sampleSize", {
      nullable: true,
      description: "How many images or episodes it is of, where known.",
    }),
    seeds: t.stringList({
      description: "The seeds, where known.",
      resolve: ({ seeds }) => seeds.map(String),
    }),
    provenance: t.expose("provenance", { type: ProvenanceEnum, description: "How it came to be." }),
    source: t.exposeString("source", { description: "A table of the paper, an address, a run." }),
    protocol: t.field({
      type: ProtocolRef,
      nullable: true,
      description: "What makes it comparable, where known.",
      resolve: ({ protocolFingerprint }) => protocolFingerprint,
    }),
    run: t.relation("run", { type: RunRef, nullable: true, description: "The run that measured it." }),
    recordedAt: t.expose("recordedAt", { type: "DateTime", description: "When it entered the ledger." }),
    supersedes: t.relation("supersedes", { nullable: true, description: "The entry that it corrects." }),
    supersededBy: t.relation("supersededBy", { nullable: true, description: "The entry that corrects it." }),
    retraction: t.relation("retraction", {
      type: RetractionType,
      nullable: true,
      description: "Its tombstone, where it was retracted.",
    }),
  }),
});

builder.prismaObjectField(RunRef, "results", (t) =>
  t.relation("results", {
    type: ResultRef,
    description: "What it measured, as it entered the ledger.",
    query: { orderBy: { id: "asc" } },
  }),
);

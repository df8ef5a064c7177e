/** One evaluation on one machine, as it was recorded. */
import { builder } from "../../builder.ts";
import { CallerError } from "../../errors.ts";
import { localId } from "../../global-id.ts";
import { isUuid } from "../../uuid.ts";
import { DatasetRef } from "../measure/types.ts";
import { CheckpointRef } from "../method/types.ts";
import { ProtocolRef } from "../protocol/types.ts";

export const RunStateEnum = builder.enumType("RunState", {
  description: "How far a run is.",
  values: ["QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"] as const,
});

export const RunRef = builder.prismaNode("Run", {
  description: "One evaluation on one machine.",
  id: { field: "id" },
  fields: (t) => ({
    state: t.expose("state", { type: RunStateEnum, description: "How far it is." }),
    protocol: t.field({
      type: ProtocolRef,
      description: "By which protocol.",
      resolve: ({ protocolFingerprint }) => protocolFingerprint,
    }),
    checkpoint: t.relation("checkpoint", { type: CheckpointRef, description: "Of which weights." }),
    dataset: t.field({
      type: DatasetRef,
      description: "On which images.",
      resolve: async ({ datasetSlug }, _, context) =>
        (await context.snapshot()).catalogue.dataset(datasetSlug),
    }),
    datasetManifest: t.exposeString("datasetManifest", { description: "SHA-256 of the files' manifest." }),
    seed: t.string({ description: "The seed of all that was random.", resolve: ({ seed }) => String(seed) }),
    device: t.exposeString("device", { description: "What it ran on." }),
    versions: t.expose("versions", { type: "JSON", description: "Of the software that ran it." }),
    failure: t.exposeString("failure", { nullable: true, description: "Why it failed." }),
    record: t.expose("record", {
      type: "JSON",
      nullable: true,
      description: "The whole record: the sweep, the choice, scores by episode.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked for." }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "When it began." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
  }),
});

builder.queryField("run", (t) =>
  t.prismaField({
    type: RunRef,
    description: "One run, by its global id.",
    args: { id: t.arg.id({ required: true, description: "The run's global id." }) },
    resolve: async (query, _, { id }, context) => {
      const key = localId("Run", id);
      const found = isUuid(key)
        ? await context.db.prisma.run.findUnique({ ...query, where: { id: key } })
        : null;
      if (!found) throw new CallerError("NOT_FOUND", "There is no run with this id.");
      return found;
    },
  }),
);

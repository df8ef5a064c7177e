/** A method, how it was pretrained, and its checkpoints. */
import { builder } from "../../builder.ts";
import { AUGMENTATIONS, type Augmentation, type Method, type Pretraining } from "../catalogue/entities.ts";
import { AugmentationEnum, FamilyEnum } from "../catalogue/enums.ts";
import { architectureName } from "./architecture.ts";

const PretrainingType = builder.objectRef<Pretraining>("Pretraining").implement({
  description: "How a method was pretrained. Null where nobody stated it.",
  fields: (t) => ({
    dataset: t.exposeString("dataset", { nullable: true, description: "On which images." }),
    source: t.exposeString("source", { nullable: true, description: "Where the weights come from." }),
    epochs: t.exposeFloat("epochs", { nullable: true, description: "Passes over the images." }),
    batchSize: t.exposeInt("batchSize", { nullable: true, description: "Images a step." }),
    targetNet: t.exposeBoolean("targetNet", { nullable: true, description: "With a target network." }),
    momentumEncoder: t.exposeBoolean("momentumEncoder", {
      nullable: true,
      description: "With a momentum encoder.",
    }),
    memoryBank: t.exposeBoolean("memoryBank", { nullable: true, description: "With a memory bank." }),
    projectionHead: t.exposeBoolean("projectionHead", {
      nullable: true,
      description: "With a projection head.",
    }),
    normalize: t.exposeBoolean("normalize", {
      nullable: true,
      description: "Whether inputs are normalised by the ImageNet mean and deviation.",
    }),
    augmentations: t.field({
      type: [AugmentationEnum],
      nullable: true,
      description: "What was done to the images; null where nobody stated any of it.",
      resolve: (pretraining) => {
        const names = Object.keys(AUGMENTATIONS) as Augmentation[];
        if (names.every((name) => pretraining[AUGMENTATIONS[name]] === null)) return null;
        return names.filter((name) => pretraining[AUGMENTATIONS[name]] === true);
      },
    }),
  }),
});

export const MethodRef = builder.objectRef<Method>("Method");

builder.node(MethodRef, {
  description: "A way of pretraining, with its paper.",
  id: { resolve: (method) => method.slug },
  loadOne: async (slug, context) => (await context.snapshot()).catalogue.findMethod(slug) ?? null,
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "Its name in addresses." }),
    name: t.exposeString("name", { description: "Its name for people." }),
    family: t.field({ type: FamilyEnum, description: "How it learns.", resolve: (method) => method.family }),
    year: t.exposeInt("year", { nullable: true, description: "When its paper came out." }),
    paperTitle: t.exposeString("paperTitle", { nullable: true, description: "Its paper's title." }),
    paperUrl: t.exposeString("paperUrl", { nullable: true, description: "Where its paper is." }),
    bibtex: t.exposeString("bibtex", { nullable: true, description: "Its paper as a BibTeX entry." }),
    pretraining: t.field({
      type: PretrainingType,
      nullable: true,
      description: "How it was pretrained; null where nothing is known.",
      resolve: (method) => method.pretraining,
    }),
  }),
});

export const CheckpointRef = builder.prismaNode("Checkpoint", {
  description: "One set of weights of a method.",
  id: { field: "id" },
  fields: (t) => ({
    name: t.exposeString("name", { description: "Its name among the method's checkpoints." }),
    method: t.field({
      type: MethodRef,
      description: "The method that it is of.",
      resolve: async ({ methodId }, _, context) => (await context.snapshot()).catalogue.methodById(methodId),
    }),
    sha256: t.exposeString("sha256", {
      nullable: true,
      description: "SHA-256 of the file; null where only the publication is known.",
    }),
    architecture: t.string({
      nullable: true,
      description: "The network, such as ResNet-50; null where nobody stated it.",
      resolve: ({ architecture }) => architecture && architectureName(architecture),
    }),
    featureDimension: t.exposeInt("featureDimension", {
      nullable: true,
      description: "How many numbers a feature has; null where nobody stated it.",
    }),
    inputMean: t.exposeFloatList("inputMean", {
      description: "Subtracted from each channel of 0 to 1; empty where nobody stated it.",
    }),
    inputStd: t.exposeFloatList("inputStd", {
      description: "What each channel is then divided by; empty where nobody stated it.",
    }),
    loading: t.expose("loading", {
      type: "JSON",
      nullable: true,
      description: "What was matched, dropped and converted when the file was read.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was recorded." }),
  }),
});

builder.objectField(MethodRef, "checkpoints", (t) =>
  t.prismaField({
    type: [CheckpointRef],
    description: "Its sets of weights.",
    resolve: (query, method, _, context) =>
      context.db.prisma.checkpoint.findMany({
        ...query,
        where: { methodId: method.id },
        orderBy: { id: "asc" },
      }),
  }),
);

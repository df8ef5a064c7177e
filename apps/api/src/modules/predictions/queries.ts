/** Asking for predictions: a run's, page by page; two methods' against each other; a board's pairs; images that all miss. */
import { z } from "zod";
import { builder } from "../../builder.ts";
import { BadInput } from "../../errors.ts";
import { localId } from "../../global-id.ts";
import { pageArgs, pageCost, pageOfList } from "../../page.ts";
import { AggregateEnum } from "../catalogue/enums.ts";
import { AmongEnum, ReadoutsEnum } from "../leaderboard/queries.ts";
import { rankBoard } from "../leaderboard/service.ts";
import { DatasetRef } from "../measure/types.ts";
import { BoardFilterInput } from "../method/inputs.ts";
import { type Missed, type MissedImage, missedByAll } from "./missed.ts";
import { pairTable } from "./pair-table.ts";
import { type PredictionRow, rowsOf } from "./rows.ts";
import { predictionsOfRun, type RunPredictions } from "./run.ts";
import { significance } from "./significance.ts";
import { PairTableType, SignificanceType } from "./types.ts";

const RankedClassType = builder
  .objectRef<{ readonly name: string; readonly logit: number | null }>("PredictedClass")
  .implement({
    description: "A class with its logit.",
    fields: (t) => ({
      class: t.exposeString("name", { description: "The class." }),
      logit: t.exposeFloat("logit", {
        nullable: true,
        description: "To three digits; null where the method has none.",
      }),
    }),
  });

const PredictionType = builder.objectRef<PredictionRow>("Prediction").implement({
  description: "What a run answered for one test image.",
  fields: (t) => ({
    image: t.exposeInt("image", { description: "Its place in the test set, from 0." }),
    item: t.exposeString("item", { description: "What the dataset calls it." }),
    truth: t.exposeString("truth", { nullable: true, description: "Its class, where it has one." }),
    right: t.exposeBoolean("right", { nullable: true, description: "Whether the first class is its own." }),
    classes: t.field({
      type: [RankedClassType],
      description: "The classes that it was taken for, the best first; 5 at most.",
      resolve: ({ classes }) => [...classes],
    }),
    details: t.field({
      type: "JSON",
      nullable: true,
      description:
        "Of other tasks: ranks by class, IoU by class, angles in degrees, or detections (class, score, box in pixels).",
      resolve: ({ details }) => details,
    }),
  }),
});

const PredictionConnection = builder.connectionObject({
  type: PredictionType,
  name: "PredictionConnection",
  description: "A page of predictions, image after image.",
});

const RunPredictionsType = builder.objectRef<RunPredictions>("RunPredictions").implement({
  description: "What a run answered for every test image.",
  fields: (t) => ({
    sha256: t.exposeString("sha256", {
      description: "Of the file that keeps them, as the run's record names it.",
    }),
    testSet: t.exposeString("testSetName", {
      description: "The hash of the test set: images, order, truth.",
    }),
    kind: t.string({
      description: "classes, labels, regions, angles or detections.",
      resolve: ({ predictions }) => predictions.kind,
    }),
    measures: t.stringList({
      description: "Measures whose values they give.",
      resolve: ({ measures }) => [...measures],
    }),
    url: t.string({
      description: "Where the file is, for download; also .csv and .json of its first part.",
      resolve: ({ sha256 }, _, { siteUrl }) => `${siteUrl}/predictions/${sha256}.csv`,
    }),
    images: t.field({
      type: PredictionConnection,
      description: "Image after image.",
      args: { ...pageArgs, missed: t.arg.boolean({ description: "Only those that it has wrong." }) },
      complexity: pageCost,
      resolve: ({ predictions, testSet }, { missed, ...page }) => {
        const row = rowsOf(predictions, testSet);
        const places = testSet.items.map((_, image) => image);
        const shown = missed == null ? places : places.filter((image) => row(image).right === !missed);
        const found = pageOfList(shown, page, (image) => String(image));
        return { ...found, edges: found.edges.map((edge) => ({ ...edge, node: row(edge.node) })) };
      },
    }),
  }),
});

const MissedImageType = builder.objectRef<MissedImage>("MissedImage").implement({
  description: "A test image that every method has wrong.",
  fields: (t) => ({
    image: t.exposeInt("image", { description: "Its place in the test set, from 0." }),
    item: t.exposeString("item", { description: "What the dataset calls it." }),
    truth: t.exposeString("truth", { description: "Its class." }),
    mistakenFor: t.exposeString("mistakenFor", { description: "What most take it for." }),
    times: t.exposeInt("times", { description: "How many do." }),
    picture: t.string({
      nullable: true,
      description: "The path of a small picture of it; null where no run kept one here.",
      resolve: ({ pictures, image }) => pictures && `/missed/${pictures}/${image}.png`,
    }),
  }),
});

const MissedType = builder.objectRef<Missed>("MissedImages").implement({
  description: "Test images that every method has wrong, by all stored predictions of one test set.",
  fields: (t) => ({
    images: t.exposeInt("images", { description: "Images of the test set." }),
    predictions: t.exposeInt("predictions", { description: "Sets of predictions that were looked at." }),
    methods: t.exposeInt("methods", { description: "Of how many methods they are." }),
    count: t.int({ description: "Images that all of them miss.", resolve: ({ all }) => all.length }),
    all: t.field({
      type: [MissedImageType],
      description: "The first of them, 100 at most.",
      complexity: { multiplier: 20 },
      resolve: ({ all }) => all.slice(0, 100),
    }),
  }),
});

builder.objectField(DatasetRef, "missedByAll", (t) =>
  t.field({
    type: MissedType,
    nullable: true,
    description: "Which test images all methods miss; null where no predictions of classes are stored.",
    complexity: { field: 200, multiplier: 1 },
    resolve: (dataset, _, context) => missedByAll(dataset, context),
  }),
);

builder.queryFields((t) => ({
  predictions: t.field({
    type: RunPredictionsType,
    nullable: true,
    description:
      "What a run answered for every test image; null where it kept none, or its files are elsewhere.",
    args: { run: t.arg.id({ required: true, description: "The run's global id." }) },
    complexity: { field: 50, multiplier: 1 },
    resolve: (_root, { run }, context) => predictionsOfRun(localId("Run", String(run)), context),
  }),
  significance: t.field({
    type: SignificanceType,
    description:
      "Whether two methods differ: McNemar's test for accuracies, paired permutation for the rest, and a paired bootstrap, by the predictions behind the values that boards show.",
    args: {
      a: t.arg.string({ required: true, description: "A method's slug." }),
      b: t.arg.string({ required: true, description: "Another's." }),
      measure: t.arg.string({ required: true, description: "A measure's slug." }),
      seed: t.arg.int({
        description: "Of the draws; 0 where not given.",
        validate: z.number().int().min(0).max(2_147_483_647),
      }),
    },
    complexity: { field: 5_000, multiplier: 1 },
    resolve: (_root, question, context) => significance(question, context),
  }),
  pairs: t.field({
    type: PairTableType,
    nullable: true,
    description:
      "All pairs of a board's ranked methods with predictions, corrected for their number; null with fewer than two, or where ranks are of no mean.",
    args: {
      suite: t.arg.string({ required: true, description: "The slug of a suite or of a measure." }),
      filter: t.arg({ type: BoardFilterInput, description: "Which methods and values to keep." }),
      aggregate: t.arg({ type: AggregateEnum, description: "What it is ranked by." }),
      among: t.arg({
        type: AmongEnum,
        required: true,
        defaultValue: "COMPARABLE",
        description: "Which values are ranked.",
      }),
      readouts: t.arg({
        type: ReadoutsEnum,
        description:
          "By which readout, BEST or DEFAULT; the newest value, whatever its readout, where not given.",
      }),
      asOf: t.arg({ type: "DateTime", description: "As it was at that moment." }),
    },
    complexity: { field: 2_000, multiplier: 1 },
    resolve: async (_root, question, context) => {
      if (question.readouts === "EACH")
        throw new BadInput(
          "Pairs are of methods: ask for 'readouts' that show one row of each, BEST or DEFAULT.",
        );
      return pairTable(await rankBoard(question, context), context);
    },
  }),
}));

/** Significance as the API answers it. */
import { groupLetter } from "@transferboard/eval-core/record";
import { builder } from "../../builder.ts";
import { IntervalType } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import { type MethodPair, MOST_PAIRED, type PairTable } from "./pair-table.ts";
import type { Compared } from "./significance.ts";

/** What every answer says of itself. */
export const ABOUT =
  "This is about these trained models on images like these: it knows nothing of other seeds or other trainings.";

export const SignificanceType = builder.objectRef<Compared>("Significance").implement({
  description: "Whether two methods differ on the same test images, by their stored predictions.",
  fields: (t) => ({
    a: t.field({ type: MethodRef, description: "The first.", resolve: ({ a }) => a }),
    b: t.field({ type: MethodRef, description: "The second.", resolve: ({ b }) => b }),
    measure: t.field({ type: MeasureRef, description: "In what.", resolve: ({ measure }) => measure }),
    testSet: t.exposeString("testSet", { description: "The hash of the test set that both answered." }),
    images: t.int({ description: "Its images.", resolve: ({ found }) => found.images }),
    valueA: t.float({ description: "Of the first.", resolve: ({ found }) => found.values[0] }),
    valueB: t.float({ description: "Of the second.", resolve: ({ found }) => found.values[1] }),
    difference: t.float({
      description: "First minus second, in the metric's unit.",
      resolve: ({ found }) => found.difference,
    }),
    test: t.field({
      type: builder.enumType("PairedTest", {
        description: "Which test of no difference.",
        values: {
          MCNEMAR: { description: "McNemar's, with the mid-p value: for accuracies." },
          PERMUTATION: { description: "Exchanging the two results of each image at random." },
          NONE: { description: "None is defined: detections of two models are no exchangeable rows." },
        },
      }),
      description: "Which test gave p.",
      resolve: ({ found }) => (found.mcnemar ? "MCNEMAR" : found.permutation ? "PERMUTATION" : "NONE"),
    }),
    pValue: t.float({
      nullable: true,
      description: "Two-sided, of no difference; null where no test is defined.",
      resolve: ({ found }) => found.p,
    }),
    exactP: t.float({
      nullable: true,
      description: "McNemar's exact p: guaranteed, conservative.",
      resolve: ({ found }) => found.mcnemar?.exact ?? null,
    }),
    onlyA: t.int({
      nullable: true,
      description: "Images that only the first has right.",
      resolve: ({ found }) => found.mcnemar?.b ?? null,
    }),
    onlyB: t.int({
      nullable: true,
      description: "Images that only the second has right.",
      resolve: ({ found }) => found.mcnemar?.c ?? null,
    }),
    interval: t.field({
      type: IntervalType,
      nullable: true,
      description: "95% of an accuracy's difference by Bonett and Price's formula.",
      resolve: ({ found }) => found.mcnemar?.interval ?? null,
    }),
    bootstrap: t.field({
      type: IntervalType,
      description: "95% of the difference: percentiles over resampled images, the same for both methods.",
      resolve: ({ found }) => ({ ...found.bootstrap }),
    }),
    resamples: t.int({ description: "How many were drawn.", resolve: ({ found }) => found.resamples }),
    permutations: t.int({
      nullable: true,
      description: "How many were drawn.",
      resolve: ({ found }) => found.permutation?.permutations ?? null,
    }),
    approximate: t.boolean({
      description: "Whether p is the normal one, for fewer than ten permutations reached the difference.",
      resolve: ({ found }) => found.permutation?.approximate ?? false,
    }),
    seed: t.int({
      description: "Of NumPy's generator: the same draws again.",
      resolve: ({ found }) => found.seed,
    }),
    about: t.string({ description: "What this can and cannot tell.", resolve: () => ABOUT }),
  }),
});

const PairType = builder.objectRef<MethodPair>("MethodPair").implement({
  description: "Two methods of a board, tested on the same images.",
  fields: (t) => ({
    a: t.field({ type: MethodRef, description: "The one that ranks better.", resolve: ({ a }) => a }),
    b: t.field({ type: MethodRef, description: "The other.", resolve: ({ b }) => b }),
    difference: t.exposeFloat("difference", { description: "a minus b, in the metric's unit." }),
    standardError: t.exposeFloat("standardError", {
      description: "Of the difference, if neither is better.",
    }),
    pValue: t.float({ description: "Two-sided, for this pair alone.", resolve: ({ p }) => p }),
    holm: t.exposeFloat("holm", {
      description: "Corrected by Holm for the number of pairs: what decides.",
    }),
    benjaminiHochberg: t.exposeFloat("benjaminiHochberg", {
      description: "The share of false alarms among pairs up to this one, for those who screen.",
    }),
    separated: t.exposeBoolean("separated", { description: "Whether Holm's is below 0.05." }),
  }),
});

interface Group {
  readonly letter: string;
  readonly table: PairTable;
  readonly first: number;
  readonly last: number;
}

const GroupType = builder.objectRef<Group>("TieGroup").implement({
  description: "Neighbours in rank of which no two can be told apart.",
  fields: (t) => ({
    letter: t.exposeString("letter", { description: "a for the one at the top." }),
    methods: t.field({
      type: [MethodRef],
      description: "In the board's order.",
      resolve: ({ table, first, last }) => table.methods.slice(first, last + 1),
    }),
  }),
});

export const PairTableType = builder.objectRef<PairTable>("PairTable").implement({
  description: `All pairs of a board's methods that have predictions of the same test images, ${MOST_PAIRED} methods at most.`,
  fields: (t) => ({
    methods: t.field({
      type: [MethodRef],
      description: "Those with predictions, in the board's order.",
      resolve: ({ methods }) => [...methods],
    }),
    without: t.exposeInt("without", { description: "Ranked methods without: they are in no group." }),
    images: t.exposeInt("images", { description: "Test images." }),
    pairs: t.field({
      type: [PairType],
      description: "Every pair.",
      complexity: { multiplier: 50 },
      resolve: ({ pairs }) => [...pairs],
    }),
    groups: t.field({
      type: [GroupType],
      description: "A bar joins neighbours of which no two can be told apart.",
      resolve: (table) =>
        table.groups.runs.map(({ first, last }, k) => ({ letter: groupLetter(k), table, first, last })),
    }),
    notSeparatedButApart: t.field({
      type: [PairType],
      description:
        "Pairs that cannot be told apart and share no group: one between them differs from either.",
      resolve: ({ pairs, methods, groups }) =>
        groups.notSeparatedButApart.map(
          ([i, j]) => pairs.find(({ a, b }) => a === methods[i] && b === methods[j])!,
        ),
    }),
    resolution: t.exposeFloat("resolution", {
      nullable: true,
      description:
        "The smallest difference that these images show with 80% power at a level of 0.05, from pairs of neighbours; null for several measures.",
    }),
    sentence: t.string({
      nullable: true,
      description: "The resolution in words.",
      resolve: (table) => resolutionInWords(table),
    }),
    about: t.string({ description: "What this can and cannot tell.", resolve: () => ABOUT }),
  }),
});

export function resolutionInWords({
  resolution,
  images,
  methods,
  measure,
  disagreement,
}: PairTable): string | null {
  if (resolution === null || !measure) return null;
  const { unit } = measure.metric;
  const amount = resolution >= 0.1 ? resolution.toFixed(1) : resolution.toPrecision(1);
  const points = unit === "%" ? `${amount} points` : `${amount} ${unit}`;
  const pairs = methods.length - 1;
  const apart = disagreement === null ? "" : ` that disagree on ${disagreement.toPrecision(2)}% of images`;
  return `Differences under ${points} cannot be told apart on ${images.toLocaleString("en")} images (80% power, ${pairs} ${pairs === 1 ? "pair" : "pairs"} of neighbours${apart}).`;
}

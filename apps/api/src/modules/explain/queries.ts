/** Asking why a value is another than the record's. */
import type { Effect } from "@transferboard/eval-core/record";
import { z } from "zod";
import { builder } from "../../builder.ts";
import { IntervalType } from "../measure/interval.ts";
import { MeasureRef } from "../measure/types.ts";
import { MethodRef } from "../method/types.ts";
import { DifferenceType } from "../protocol/queries.ts";
import type { Tried } from "./experiment.ts";
import { type Explained, explainValue } from "./service.ts";

const EffectType = builder.objectRef<Effect>("ProtocolEffect").implement({
  description: "What changing one field of the protocol alone did in runs of ours.",
  fields: (t) => ({
    field: t.exposeString("field", {
      description: "The field; several that were changed together are joined by 'and'.",
    }),
    effect: t.exposeFloat("effect", { description: "The change of the value, in the metric's unit." }),
    interval: t.field({
      type: IntervalType,
      description: "95%, from the noise of both runs; paired where their predictions are stored.",
      resolve: ({ lower, upper }) => ({ lower, upper }),
    }),
    seen: t.exposeBoolean("seen", { description: "Whether it is larger than its noise." }),
  }),
});

const BandType = builder.objectRef<Tried["bands"][number]>("SensitivityBand").implement({
  description: "How far one field moves the value, over everything that was tried of it.",
  fields: (t) => ({
    field: t.exposeString("field", { description: "The field of the protocol, or the seed." }),
    lower: t.exposeFloat("lower", { description: "The least value." }),
    upper: t.exposeFloat("upper", { description: "The largest value." }),
    tried: t.exposeInt("tried", { description: "How many runs." }),
  }),
});

const VERDICTS = {
  SAME: { value: "same", description: "The values differ by less than the test images can show." },
  EXPLAINED: {
    value: "explained",
    description: "What the fields did accounts for the difference, within noise.",
  },
  PARTLY: { value: "partly", description: "It accounts for at least half." },
  NOT_EXPLAINED: { value: "not-explained", description: "It accounts for less than half." },
} as const;

const ExplanationType = builder.objectRef<Explained>("Explanation").implement({
  description: "Why a value is not the record's. Effects are those of our checkpoint and runs, not of yours.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "Of which method.", resolve: ({ method }) => method }),
    measure: t.field({ type: MeasureRef, description: "In what.", resolve: ({ measure }) => measure }),
    mine: t.exposeFloat("mine", { description: "Your value." }),
    record: t.float({ description: "The record's.", resolve: ({ entry }) => entry.value }),
    recordFingerprint: t.string({
      nullable: true,
      description: "The protocol of the record's value; null where none is recorded.",
      resolve: ({ entry }) => entry.fingerprint,
    }),
    gap: t.float({ description: "Yours minus the record's.", resolve: ({ explanation }) => explanation.gap }),
    verdict: t.field({
      type: builder.enumType("ExplanationVerdict", {
        description: "How far the gap is accounted for.",
        values: VERDICTS,
      }),
      description: "How far the gap is accounted for.",
      resolve: ({ explanation }) => explanation.verdict,
    }),
    differences: t.field({
      type: [DifferenceType],
      description:
        "Where the record's protocol (left) and yours (right) differ; none where either is not known.",
      resolve: ({ differences }) => [...differences],
    }),
    effects: t.field({
      type: [EffectType],
      description: "Of the fields that runs of ours changed alone; the largest first.",
      resolve: ({ explanation }) => [...explanation.effects],
    }),
    notTried: t.stringList({
      description: "Fields that differ and that no runs of ours tried.",
      resolve: ({ notTried }) => [...notTried],
    }),
    together: t.float({
      nullable: true,
      description: "What all of these fields did at once; null where they were not tried together.",
      resolve: ({ explanation }) => explanation.together,
    }),
    interaction: t.float({
      nullable: true,
      description: "All at once, minus the sum of each alone.",
      resolve: ({ explanation }) => explanation.interaction,
    }),
    interactionMatters: t.boolean({
      nullable: true,
      description: "Whether one field at a time does not add up: then effects are no shares of the gap.",
      resolve: ({ explanation }) => explanation.interactionMatters,
    }),
    unexplained: t.float({
      description: "What is left of the gap.",
      resolve: ({ explanation }) => explanation.unexplained,
    }),
    resolution: t.exposeFloat("resolution", {
      description: "The smallest difference that the test images show; 0 where it is not known.",
    }),
    bands: t.field({
      type: [BandType],
      description: "How sensitive the value is, field by field, in the runs of this experiment.",
      resolve: ({ tried }) => [...(tried?.bands ?? [])],
    }),
    experiment: t.string({
      nullable: true,
      description: "Whose runs these are; null where no runs of ours are under the record's protocol.",
      resolve: ({ tried }) => tried && `${tried.method}, ${tried.checkpoint}`,
    }),
    sentence: t.string({ description: "The answer in words.", resolve: inWords }),
  }),
});

function inWords({ explanation, entry, measure, tried, notTried }: Explained): string {
  const { gap, verdict, unexplained, interactionMatters, together, effects } = explanation;
  const unit = measure.metric.unit === "%" ? "points" : measure.metric.unit;
  const amount = (value: number) => `${Math.abs(value).toFixed(measure.metric.digits)} ${unit}`;
  const side = `Your value is ${amount(gap)} ${gap < 0 ? "below" : "above"} the record's`;
  if (verdict === "same") return `${side}: no more than the test images can show, or nothing.`;
  if (entry.fingerprint === null)
    return `${side}, and the record's value came without a protocol: nothing can be compared.`;
  if (!tried)
    return `${side}, and no runs of ours are under the record's protocol: what each field does was not tried.`;
  if (effects.length === 0)
    return `${side}, and no field in which the protocols differ was tried by runs of ours.`;
  const how = {
    explained: "what the fields did in our runs accounts for it",
    partly: `what the fields did in our runs accounts for part of it: ${amount(unexplained)} are left`,
    "not-explained": `what the fields did in our runs does not account for it: ${amount(unexplained)} are left`,
  }[verdict];
  const more = [
    interactionMatters ? " One field at a time does not add up." : "",
    together === null && effects.length > 1 ? " They were not tried together." : "",
    notTried.length > 0 ? ` Not tried: ${notTried.join(", ")}.` : "",
  ];
  return `${side}; ${how}.${more.join("")} These are effects in runs of ours, not in yours.`;
}

const MineInput = builder.inputType("MyValue", {
  description: "A value that you got, and how.",
  fields: (t) => ({
    value: t.float({ required: true, description: "In the metric's unit, unrounded." }),
    protocol: t.field({ type: "JSON", description: "Your protocol's fields, named as the record's." }),
    fingerprint: t.string({
      description: "Of a recorded protocol, in place of its fields.",
      validate: z.string().max(64),
    }),
  }),
});

builder.queryField("explain", (t) =>
  t.field({
    type: ExplanationType,
    description: "Why is my value not the record's?",
    args: {
      method: t.arg.string({ required: true, description: "The method's slug." }),
      measure: t.arg.string({ required: true, description: "The measure's slug." }),
      mine: t.arg({ type: MineInput, required: true, description: "Your value, and your protocol." }),
    },
    complexity: { field: 1_000, multiplier: 1 },
    resolve: (_root, question, context) => explainValue(question, context),
  }),
);

/** What a column of a board is: dataset, setting, metric, measure, suite. */
import { builder } from "../../builder.ts";
import type { Dataset, Measure, Metric, Setting, Suite } from "../catalogue/entities.ts";
import { AggregateEnum, DirectionEnum } from "../catalogue/enums.ts";

export const SettingType = builder.objectRef<Setting>("Setting").implement({
  description: "A kind of evaluation, such as many-shot-linear.",
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "Its name in addresses." }),
    title: t.exposeString("title", { description: "Its name for people." }),
  }),
});

export const MetricType = builder.objectRef<Metric>("Metric").implement({
  description: "What is measured, in which unit, and which values are better.",
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "Its name in addresses." }),
    title: t.exposeString("title", { description: "Its name for people." }),
    unit: t.exposeString("unit", { description: "%, degrees, fraction, distance or squared 8-bit levels." }),
    direction: t.field({
      type: DirectionEnum,
      description: "Which values are better.",
      resolve: (m) => m.direction,
    }),
    lower: t.exposeFloat("lower", {
      nullable: true,
      description: "The least possible value; null where open.",
    }),
    upper: t.exposeFloat("upper", {
      nullable: true,
      description: "The greatest possible value; null where open.",
    }),
    digits: t.exposeInt("digits", {
      description: "Digits to show after the point. Values are answered unrounded.",
    }),
  }),
});

export const DatasetRef = builder.objectRef<Dataset>("Dataset");
export const MeasureRef = builder.objectRef<Measure>("Measure");
export const SuiteRef = builder.objectRef<Suite>("Suite");

builder.node(DatasetRef, {
  description: "Images with labels, as one evaluation uses them.",
  id: { resolve: (dataset) => dataset.slug },
  loadOne: async (slug, context) => (await context.snapshot()).catalogue.findDataset(slug) ?? null,
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "Its name in addresses." }),
    title: t.exposeString("title", { description: "Its name for people." }),
    domain: t.exposeString("domain", {
      description: "What its images are of: natural, medical, satellite ...",
    }),
    classCount: t.exposeInt("classCount", { nullable: true, description: "How many classes." }),
    trainSize: t.exposeInt("trainSize", { nullable: true, description: "Images to train on." }),
    valSize: t.exposeInt("valSize", { nullable: true, description: "Images to choose hyperparameters on." }),
    testSize: t.exposeInt("testSize", { nullable: true, description: "Images to score on." }),
    measures: t.field({
      type: [MeasureRef],
      description: "All that is measured on it.",
      resolve: async (dataset, _, context) =>
        (await context.snapshot()).catalogue.measures.filter(
          (measure) => measure.dataset.slug === dataset.slug,
        ),
    }),
  }),
});

builder.node(MeasureRef, {
  description: "Setting / dataset / metric: what one column of a leaderboard shows.",
  id: { resolve: (measure) => measure.slug },
  loadOne: async (slug, context) => (await context.snapshot()).catalogue.findMeasure(slug) ?? null,
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "setting/dataset/metric." }),
    title: t.exposeString("title", { description: "Its name for people." }),
    setting: t.field({ type: SettingType, description: "How it is evaluated.", resolve: (m) => m.setting }),
    dataset: t.field({ type: DatasetRef, description: "On which images.", resolve: (m) => m.dataset }),
    metric: t.field({ type: MetricType, description: "By which number.", resolve: (m) => m.metric }),
  }),
});

builder.node(SuiteRef, {
  description: "A named, ordered set of measures and how its board is ranked.",
  id: { resolve: (suite) => suite.slug },
  loadOne: async (slug, context) => (await context.snapshot()).catalogue.findBoard(slug) ?? null,
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "Its name in addresses." }),
    title: t.exposeString("title", { description: "Its name for people." }),
    description: t.exposeString("description", { description: "What it shows, in a sentence." }),
    aggregate: t.field({
      type: AggregateEnum,
      description: "What its board is ranked by, unless another is asked for.",
      resolve: (suite) => suite.aggregate,
    }),
    measures: t.field({
      type: [MeasureRef],
      description: "Its columns, in order.",
      resolve: (s) => [...s.measures],
    }),
    rankedBy: t.field({
      type: [MeasureRef],
      description: "Those among the columns that the aggregate is made of.",
      resolve: (suite) => [...suite.rankedBy],
    }),
  }),
});

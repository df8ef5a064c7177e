/** Reading the reference data: datasets, suites, measures. */
import { builder } from "../../builder.ts";
import { UnknownSlug } from "../../errors.ts";
import { pageArgs, pageCost, pageOfList } from "../../page.ts";
import type { Dataset } from "../catalogue/entities.ts";
import { nearest } from "../catalogue/nearest.ts";
import { DatasetRef, MeasureRef, SuiteRef } from "./types.ts";

const DatasetConnection = builder.connectionObject({
  type: DatasetRef,
  name: "DatasetConnection",
  description: "A page of datasets.",
});
const SuiteConnection = builder.connectionObject({
  type: SuiteRef,
  name: "SuiteConnection",
  description: "A page of suites.",
});
const MeasureConnection = builder.connectionObject({
  type: MeasureRef,
  name: "MeasureConnection",
  description: "A page of measures.",
});

/** @throws UnknownSlug with near matches */
function requireDomains(asked: readonly string[] | null | undefined, datasets: readonly Dataset[]): void {
  const known = new Set(datasets.map(({ domain }) => domain));
  const unknown = asked?.find((name) => !known.has(name));
  if (unknown !== undefined) throw new UnknownSlug("domain", unknown, nearest(unknown, known));
}

const bySlug = (item: { readonly slug: string }) => item.slug;

builder.queryFields((t) => ({
  datasets: t.field({
    type: DatasetConnection,
    description: "All datasets, in the paper's order.",
    args: { domain: t.arg.stringList({ description: "Only datasets of these domains." }), ...pageArgs },
    complexity: pageCost,
    resolve: async (_, { domain, ...page }, context) => {
      const snapshot = await context.snapshot();
      const { datasets } = snapshot.catalogue;
      requireDomains(domain, datasets);
      return pageOfList(domain ? datasets.filter((d) => domain.includes(d.domain)) : datasets, page, bySlug);
    },
  }),

  dataset: t.field({
    type: DatasetRef,
    description: "One dataset. An unknown slug is an error that lists near matches.",
    args: { slug: t.arg.string({ required: true, description: "The dataset's slug." }) },
    resolve: async (_, { slug }, context) => (await context.snapshot()).catalogue.dataset(slug),
  }),

  domains: t.stringList({
    description:
      "What the datasets' images are of, in alphabetical order: the values that the filter `domain` takes.",
    resolve: async (_, _args, context) =>
      [...new Set((await context.snapshot()).catalogue.datasets.map(({ domain }) => domain))].sort(),
  }),

  suites: t.field({
    type: SuiteConnection,
    description: "All suites, in the order of the boards.",
    args: pageArgs,
    complexity: pageCost,
    resolve: async (_, page, context) =>
      pageOfList((await context.snapshot()).catalogue.suites, page, bySlug),
  }),

  suite: t.field({
    type: SuiteRef,
    description: "One suite. An unknown slug is an error that lists near matches.",
    args: { slug: t.arg.string({ required: true, description: "The suite's slug." }) },
    resolve: async (_, { slug }, context) => (await context.snapshot()).catalogue.suite(slug),
  }),

  measures: t.field({
    type: MeasureConnection,
    description: "All measures.",
    args: {
      setting: t.arg.stringList({ description: "Only these settings." }),
      dataset: t.arg.stringList({ description: "Only on these datasets." }),
      metric: t.arg.stringList({ description: "Only by these metrics." }),
      suite: t.arg.string({ description: "Only this suite's columns." }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: async (_, { setting, dataset, metric, suite, ...page }, context) => {
      const { catalogue } = await context.snapshot();
      const settings = setting?.map((slug) => catalogue.setting(slug));
      const datasets = dataset?.map((slug) => catalogue.dataset(slug));
      const metrics = metric?.map((slug) => catalogue.metric(slug));
      const all = suite == null ? catalogue.measures : catalogue.suite(suite).measures;
      const kept = all.filter(
        (measure) =>
          (!settings || settings.includes(measure.setting)) &&
          (!datasets || datasets.includes(measure.dataset)) &&
          (!metrics || metrics.includes(measure.metric)),
      );
      return pageOfList(kept, page, bySlug);
    },
  }),
}));

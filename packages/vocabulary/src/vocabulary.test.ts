/** The words fit together: no slug twice, no measure of what is not there, no board of unknown columns. */
import { expect, it } from "vitest";
import {
  datasetNamed,
  datasets,
  metricNamed,
  metrics,
  partsOf,
  seededMeasures,
  settings,
  suites,
} from "./index.ts";

const SLUG = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

it.each([
  ["settings", settings],
  ["metrics", metrics],
  ["datasets", datasets],
  ["suites", suites],
] as const)("%s have slugs of their own, of small letters and digits", (_, items) => {
  const slugs = items.map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(slugs.length);
  for (const slug of slugs) expect(slug).toMatch(SLUG);
});

it("a metric's bounds are in order", () => {
  for (const { slug, lower, upper } of metrics) {
    if (lower !== null && upper !== null) expect(lower, slug).toBeLessThan(upper);
  }
});

it("a seeded measure is of a setting, a dataset and a metric that are there, once", () => {
  expect(new Set(seededMeasures).size).toBe(seededMeasures.length);
  for (const slug of seededMeasures) {
    const { setting, dataset, metric } = partsOf(slug);
    expect(
      settings.some((one) => one.slug === setting),
      slug,
    ).toBe(true);
    expect(datasetNamed(dataset), slug).toBeDefined();
    expect(metricNamed(metric), slug).toBeDefined();
  }
});

it("a suite's measures are seeded, once each, and one of them ranks", () => {
  for (const { slug, measures } of suites) {
    const own = measures.map((measure) => measure.slug);
    expect(new Set(own).size, slug).toBe(own.length);
    for (const measure of own) expect(seededMeasures, slug).toContain(measure);
    expect(
      measures.some(({ ranked }) => ranked),
      slug,
    ).toBe(true);
  }
});

it("a slug of two parts or four is no measure", () => {
  expect(() => partsOf("a/b")).toThrow("'a/b' is not a measure: expected setting/dataset/metric.");
  expect(() => partsOf("a/b/c/d")).toThrow("is not a measure");
});

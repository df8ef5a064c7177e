import { describe, expect, it } from "vitest";
import { Catalogue } from "../catalogue/catalogue.ts";
import type { Method } from "../catalogue/entities.ts";
import { find } from "./find.ts";

const method = (slug: string, name: string): Method => ({
  id: 1,
  slug,
  name,
  family: "CONTRASTIVE",
  year: null,
  paperTitle: null,
  paperUrl: null,
  bibtex: null,
  createdAt: new Date(0),
  pretraining: null,
});
const sizes = { classCount: null, trainSize: null, valSize: null, testSize: null };
const setting = { slug: "many-shot-linear", title: "Many-shot, linear" };
const dataset = { slug: "dtd", title: "DTD", domain: "textures", ...sizes };
const metric = {
  slug: "accuracy",
  title: "accuracy",
  unit: "%",
  direction: "HIGHER" as const,
  lower: 0,
  upper: 100,
  digits: 2,
};
const catalogue = new Catalogue({
  methods: [method("moco-v2", "MoCo-v2"), method("moco", "MoCo"), method("swav", "SwAV")],
  datasets: [dataset],
  settings: [setting],
  metrics: [metric],
  measures: [
    { id: 1, slug: "many-shot-linear/dtd/accuracy", title: "DTD: accuracy", setting, dataset, metric },
  ],
  suites: [],
});
const slugs = (text: string) => find(catalogue, text, null).map(({ slug }) => slug);

describe("search", () => {
  it("has the whole name before its beginnings", () => {
    expect(slugs("moco")).toEqual(["moco", "moco-v2"]);
  });

  it("needs every word, in whatever belongs to a thing", () => {
    expect(slugs("linear textures")).toEqual(["many-shot-linear/dtd/accuracy"]);
    expect(slugs("contrastive swav")).toEqual(["swav"]);
  });

  it("gives near names where nothing has the words, and nothing for no words", () => {
    expect(slugs("swaw")).toEqual(["swav"]);
    expect(slugs("  ")).toEqual([]);
  });

  it("keeps to the kinds that are asked for", () => {
    expect(find(catalogue, "dtd", ["DATASET"]).map(({ path }) => path)).toEqual(["/datasets/dtd"]);
  });
});

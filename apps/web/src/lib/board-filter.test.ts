/** Filters out of addresses: the names are those that citations and exports write. */
import { describe, expect, it } from "vitest";
import { filterQuery, hiddenFilter, readFilter } from "./board-filter.ts";

const fingerprint = "ab".repeat(32);

/** As a citation writes it. */
const cited = {
  methods: "swav,sela-v2",
  family: "CLUSTERING,CONTRASTIVE",
  yearMin: "2018",
  yearMax: "2020",
  epochsMin: "199.5",
  batchSizeMax: "4096",
  augmentation: "COLOUR_JITTER",
  withoutAugmentation: "JIGSAW,BLUR",
  domain: "aircraft models,textures",
  provenance: "PUBLISHED",
  protocol: fingerprint,
};

const filter = {
  methods: ["swav", "sela-v2"],
  family: ["CONTRASTIVE", "CLUSTERING"],
  year: { min: 2018, max: 2020 },
  epochs: { min: 199.5, max: undefined },
  batchSize: { min: undefined, max: 4096 },
  augmentation: ["COLOUR_JITTER"],
  withoutAugmentation: ["BLUR", "JIGSAW"],
  domain: ["aircraft models", "textures"],
  provenance: ["PUBLISHED"],
  protocol: [fingerprint],
};

describe("a filter in an address", () => {
  it("is read whole", () => {
    expect(readFilter(cited)).toEqual(filter);
  });

  it("is none where nothing of it is there, or nothing that can be read", () => {
    expect(readFilter({ x: "a", y: "b", asOf: "2026-01-01" })).toBeNull();
    expect(readFilter({ family: "NONE", yearMin: "late", batchSizeMin: "2.5", protocol: "abc" })).toBeNull();
  });

  it("goes into another address as it is, and nothing else does", () => {
    expect(filterQuery({ ...cited, sort: "rank", aggregate: "mean" })).toEqual({
      ...cited,
      epochsMax: undefined,
      batchSizeMin: undefined,
    });
  });

  it("is said in words where the view has no control for it", () => {
    const { words, query } = hiddenFilter(cited, ["family", "protocol", "provenance"]);
    expect(words).toEqual([
      "the methods swav, sela-v2",
      "papers of the years 2018 to 2020",
      "pretraining epochs at least 199.5",
      "batch sizes at most 4096",
      "pretraining with colour jitter",
      "pretraining without blur, jigsaw",
      "datasets of aircraft models, textures",
    ]);
    expect(Object.keys(query)).not.toContain("family");
    expect(hiddenFilter({ family: "CLUSTERING" }, ["family"]).words).toEqual([]);
  });
});

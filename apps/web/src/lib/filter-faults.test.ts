/** What is wrong with an address is said, a sentence a fault; what is right with it is not. */
import { describe, expect, it } from "vitest";
import { aggregateFaults, filterFaults } from "./filter-faults.ts";

describe("the faults of an address", () => {
  it("are none of one that a citation or a form writes", () => {
    const cited = { family: "CLUSTERING,CONTRASTIVE", yearMin: "2018", yearMax: "2018", epochsMin: "199.5" };
    const more = { augmentation: "BLUR", provenance: "PUBLISHED", protocol: "ab".repeat(32), domain: "any" };
    expect(filterFaults({ ...cited, ...more, asOf: "2026-01-31", sort: "rank" })).toEqual([]);
    expect(filterFaults({ yearMin: "", epochsMax: " ", family: "", asOf: "" })).toEqual([]);
    expect(aggregateFaults({ aggregate: "mean-rank" })).toEqual([]);
    expect(aggregateFaults({})).toEqual([]);
  });

  it.each([
    [{ family: "CLUSTERING,NONE" }, /^“family” must be one of CONTRASTIVE, .*, not “NONE”\.$/],
    [{ yearMin: "2.5" }, "“yearMin” must be a whole number, not “2.5”."],
    [{ batchSizeMax: "2147483648" }, "“batchSizeMax” must be a whole number, not “2147483648”."],
    [{ epochsMin: "late" }, "“epochsMin” must be a number, not “late”."],
    [{ epochsMax: "1e400" }, "“epochsMax” must be a number, not “1e400”."],
    [{ yearMin: "2020", yearMax: "2018" }, "“yearMin” 2020 is above “yearMax” 2018."],
    [{ withoutAugmentation: "blur" }, /^“withoutAugmentation” must be one of BLUR, /],
    [{ provenance: "HEARSAY" }, /not “HEARSAY”\.$/],
    [{ protocol: "abc" }, "“protocol” must be one or more fingerprints of 64 hexadecimal digits, not “abc”."],
    [{ asOf: "2026-02-45" }, /^“asOf” must be a day such as /],
  ])("names what is wrong with %o", (query, sentence) => {
    const faults = filterFaults(query);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(sentence);
  });

  it("are all named at once, each cut to a readable length", () => {
    expect(filterFaults({ yearMin: "x".repeat(500), epochsMax: "y", asOf: "z" })).toHaveLength(3);
    expect(filterFaults({ yearMin: "x".repeat(500) })[0]!.length).toBeLessThan(100);
    expect(aggregateFaults({ aggregate: "median" })).toEqual([
      "“aggregate” must be one of mean, mean-logit, mean-rank, borda, not “median”.",
    ]);
  });
});

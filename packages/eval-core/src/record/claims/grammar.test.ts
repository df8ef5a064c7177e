import { describe, expect, it } from "vitest";
import { assertionOf, parseClaim } from "./grammar.ts";

describe("a claim as text", () => {
  it("is a question and what holds of it", () => {
    expect(parseClaim("correlation(imagenet/imagenet/top1, suite:detection-frozen) is 0.80")).toEqual({
      question: {
        kind: "correlation",
        x: { measure: "imagenet/imagenet/top1" },
        y: { suite: "detection-frozen" },
        coefficient: "pearson",
        raw: false,
      },
      statement: { op: "is", value: 0.8 },
    });
    expect(parseClaim("rank(swav, suite:many-shot-linear) <= 3").statement).toEqual({ op: "<=", bound: 3 });
    expect(parseClaim("compare(swav, byol, suite:overview) between -1 and 2.5").statement).toEqual({
      op: "between",
      lower: -1,
      upper: 2.5,
    });
    expect(parseClaim("correlation(a/b/c, d/e/f, spearman, raw) is .5 +- 1e-1").question).toMatchObject({
      coefficient: "spearman",
      raw: true,
    });
  });

  it.each([
    ["ImageNet predicts everything", "is no claim"],
    ["median(a/b/c, d/e/f) > 1", "unknown question 'median'"],
    ["correlation(a/b/c) > 1", "takes two variables"],
    ["correlation(a/b/c, d/e/f, best) > 1", "unknown option 'best'"],
    ["rank(swav, suite:x, y) < 1", "takes 2 arguments: found 3"],
    ["value(SwAV!, a/b/c) > 1", "is not a method's slug"],
    ["value(swav, top1) > 1", "is not a measure"],
    ["value(swav, a/b/c)", "asserts nothing"],
    ["value(swav, a/b/c) > 1e999", "not a finite number"],
    ["value(swav, a/b/c) between 3 and 2", "holds no number"],
    ["value(swav, a/b/c) is 3 +- -1", "not negative"],
  ])("%s: one sentence", (text, sentence) => {
    expect(() => parseClaim(text)).toThrow(sentence);
  });
});

describe("what is stored of 'is'", () => {
  const interval = { lower: 0.6, upper: 0.9 };
  it("is the interval of the moment, when the value rounds to what is stated", () => {
    expect(assertionOf({ op: "is", value: 0.8 }, { value: 0.8049, interval })).toEqual({
      op: "between",
      ...interval,
    });
    // JSON and text lose trailing zeros: 0.80 is 0.8.
    expect(() => assertionOf({ op: "is", value: 0.81 }, { value: 0.8049, interval })).toThrow(
      "does not round",
    );
  });
  it("wants a tolerance where there is no interval, or no answer", () => {
    expect(() => assertionOf({ op: "is", value: 3 }, { value: 3, interval: null })).toThrow("no interval");
    expect(() => assertionOf({ op: "is", value: 3 }, null)).toThrow("no answer");
    expect(assertionOf({ op: "is", value: 3, tolerance: 1 }, null)).toEqual({
      op: "between",
      lower: 2,
      upper: 4,
    });
  });
});

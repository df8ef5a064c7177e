/** Predictions as files, as values and against each other: by brute force beside what is done here. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accuracy,
  meanAveragePrecision11,
  meanPerClassAccuracy,
  topClasses,
  topKAccuracy,
} from "../../metrics/index.ts";
import { NumpyRandomState } from "../../tensor/index.ts";
import {
  ANGLE_BINS,
  bestClasses,
  compareOnImages,
  decodePredictions,
  decodeTestSet,
  encodePredictions,
  encodeTestSet,
  everyPair,
  type Predictions,
  PredictionsError,
  ranksOfScores,
  requireFits,
  type TestSet,
  testSetName,
  valueOfPredictions,
} from "./index.ts";

const random = new NumpyRandomState(7);
const testSet = (
  labels: readonly number[] | null,
  classes: number,
  images = labels?.length ?? 0,
): TestSet => ({
  dataset: "made-up",
  manifest: "0".repeat(64),
  items: Array.from({ length: images }, (_, i) => `test/${i}.png`),
  classes: Array.from({ length: classes }, (_, c) => `class ${c}`),
  labels,
});

/** Labels, and logits that often favour them. */
function classifier(images: number, classes: number, skill: number) {
  const labels = Array.from({ length: images }, (_, i) => i % classes);
  const logits = Float64Array.from({ length: images * classes }, () => random.uniform() * 4);
  for (const [i, label] of labels.entries()) logits[i * classes + label]! += skill;
  return { labels, logits };
}

const file = (predictions: Predictions) => ({
  predictions,
  testSet: "a".repeat(64),
  measures: ["a/b/accuracy"],
});
const plain = (predictions: Predictions) =>
  Object.fromEntries(
    Object.entries(predictions).map(([key, value]) => [
      key,
      typeof value === "object" && value ? [...(value as number[])] : value,
    ]),
  );

describe("files", () => {
  const kinds: Predictions[] = [
    { kind: "classes", classes: 3, depth: 1, top: [2, 0], logits: null, inTop5: [1, 0] },
    {
      kind: "classes",
      classes: 300,
      depth: 2,
      top: [299, 0, 7, 256],
      logits: [0.5, 0.25, -1, 2],
      inTop5: null,
    },
    ranksOfScores([0.1, 0.9, 0.2, 0.8, 0.3, 0.8], 2),
    {
      ...{ kind: "regions", classes: 2, images: 2, overAll: true, image: [0, 1, 1], class: [1, 0, 1] },
      ...{ intersection: [4, 70_000, 0], union: [5, 80_000, 9], pixels: [20, 90_000] },
    },
    {
      ...{ kind: "angles", sums: [1.5, 7.25], pixels: [2, 3], within: [1, 1, 2, 0, 3, 3] },
      histograms: Array.from({ length: 2 * ANGLE_BINS }, (_, i) => i % 3),
    },
    {
      ...{
        kind: "detections",
        classes: 2,
        images: 3,
        image: [0, 2],
        class: [1, 0],
        absentClassesCount: true,
      },
      ...{ score: [0.5, 0.25], boxes: [1, 2, 3, 4, 5.5, 6, 7, 8] },
    },
  ];

  it("give back what was put in, of every kind", () => {
    for (const predictions of kinds) {
      const read = decodePredictions(encodePredictions(file(predictions)));
      expect(plain(read.predictions)).toEqual(plain(predictions));
      expect(read).toMatchObject({ testSet: "a".repeat(64), measures: ["a/b/accuracy"] });
    }
  });

  it("take less than 30 bytes an image for a thousand classes, the test set apart", () => {
    const { logits } = classifier(2_000, 1_000, 3);
    const bytes = encodePredictions(file(bestClasses(logits, 1_000))).length / 2_000;
    expect(bytes).toBeLessThan(30);
    expect(bytes).toBeGreaterThan(1);
  });

  it("are refused when damaged, wherever they are cut or changed", () => {
    const whole = encodePredictions(file(kinds[0]!));
    for (let length = 0; length < whole.length; length++)
      expect(() => decodePredictions(whole.subarray(0, length))).toThrow(PredictionsError);
    expect(() => decodePredictions(encodeTestSet(testSet([0], 1)))).toThrow(PredictionsError);
  });

  it("of a test set have one name for one content", () => {
    const one = testSet([0, 1, 1], 2);
    expect(decodeTestSet(encodeTestSet(one))).toEqual(one);
    expect(testSetName({ ...one, labels: [0, 1, 0] })).not.toBe(testSetName(one));
  });
});

describe("values", () => {
  it("are those of the metrics on the scores themselves", () => {
    for (const [classes, skill] of [
      [3, 1],
      [12, 2],
    ] as const) {
      const { labels, logits } = classifier(240, classes, skill);
      const set = testSet(labels, classes);
      const matrix = { shape: [240, classes], data: logits };
      const predictions = bestClasses(logits, classes);
      expect([...topClasses(matrix)]).toEqual(
        Array.from(topClasses(matrix), (_, i) => predictions.top[i * predictions.depth]),
      );
      expect(valueOfPredictions("accuracy", predictions, set)).toBe(
        accuracy(topClasses(matrix), labels, classes).value,
      );
      expect(valueOfPredictions("mean-per-class-accuracy", predictions, set)).toBeCloseTo(
        meanPerClassAccuracy(topClasses(matrix), labels, classes).value,
        10,
      );
      expect(valueOfPredictions("top-5", predictions, set)).toBe(topKAccuracy(matrix, labels, 5).value);
    }
    const scores = Float64Array.from({ length: 100 }, () => Math.round(random.uniform() * 9));
    const yes = Array.from({ length: 100 }, () => Math.round(random.uniform()));
    expect(valueOfPredictions("map11", ranksOfScores(scores, 4), testSet(yes, 4, 25))).toBeCloseTo(
      meanAveragePrecision11({ shape: [25, 4], data: scores }, { shape: [25, 4], data: yes }).value,
      10,
    );
  });

  it("are of a prediction an image, each of a class that there is", () => {
    const one = bestClasses([1, 2, 3, 4], 2);
    expect(() => requireFits(one, testSet([0, 1, 1], 2))).toThrow(
      "predictions of 2 images: the test set has 3",
    );
    expect(() => requireFits({ ...one, top: [0, 1, 2, 0] }, testSet([0, 1], 2))).toThrow(
      "is 2: expected a class",
    );
  });
});

describe("two methods", () => {
  it("differ as an enumeration of every split of the images that they disagree on tells", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }), (b, c) => {
        const images = b + c + 4;
        const labels = Array.from({ length: images }, () => 0);
        const answer = (wrong: (image: number) => boolean): Predictions => ({
          ...{ kind: "classes", classes: 2, depth: 1, logits: null, inTop5: null },
          top: labels.map((_, i) => (wrong(i) ? 1 : 0)),
        });
        const pair = [answer((i) => i >= b && i < b + c), answer((i) => i < b)] as const;
        const found = compareOnImages("accuracy", pair, testSet(labels, 2), { resamples: 20 });
        // Of all 2^(b + c) equally likely splits: those as far from even, and half of those exactly as far.
        let [beyond, level] = [0, 0];
        const distance = Math.abs(b - c);
        for (let split = 0; split < 2 ** (b + c); split++) {
          const ones = [...split.toString(2)].filter((bit) => bit === "1").length;
          const own = Math.abs(b + c - 2 * ones);
          if (own > distance) beyond++;
          else if (own === distance) level++;
        }
        const all = 2 ** (b + c);
        expect(found.mcnemar!.exact).toBeCloseTo((beyond + level) / all, 10);
        expect(found.p).toBeCloseTo(distance === 0 ? 1 : (beyond + level / 2) / all, 10);
      }),
      { numRuns: 40 },
    );
  });

  it("have the bootstrap's interval that a plain loop over the same drawn images gives", () => {
    const { labels, logits } = classifier(300, 10, 1.5);
    const other = Float64Array.from(logits, (value) => value + random.uniform());
    const pair = [bestClasses(logits, 10), bestClasses(other, 10)] as const;
    const found = compareOnImages("accuracy", pair, testSet(labels, 10));
    const right = pair.map(({ top, depth }) => labels.map((label, i) => Number(top[i * depth] === label)));
    const draws = new NumpyRandomState(0);
    const differences = Array.from({ length: 2_000 }, () => {
      let sum = 0;
      for (let i = 0; i < 300; i++) {
        const image = draws.interval(299);
        sum += right[0]![image]! - right[1]![image]!;
      }
      return (100 * sum) / 300;
    }).sort((x, y) => x - y);
    const quantile = (q: number) => {
      const at = q * 1_999;
      const low = Math.floor(at);
      return differences[low]! + (at - low) * (differences[low + 1]! - differences[low]!);
    };
    expect(found.bootstrap.lower).toBeCloseTo(quantile(0.025), 9);
    expect(found.bootstrap.upper).toBeCloseTo(quantile(0.975), 9);
  });

  it("of a table of pairs are the same as asked for one by one", () => {
    const methods = [1, 1.5, 3].map((skill) => bestClasses(classifier(200, 8, skill).logits, 8));
    const set = testSet(classifier(200, 8, 1).labels, 8);
    for (const { a, b, p, difference } of everyPair("accuracy", methods, set)) {
      const alone = compareOnImages("accuracy", [methods[a]!, methods[b]!], set, { resamples: 10 });
      expect([p, difference]).toEqual([alone.p, alone.mcnemar!.difference]);
    }
  });
});

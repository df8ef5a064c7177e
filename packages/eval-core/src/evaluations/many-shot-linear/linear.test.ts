import { describe, expect, it } from "vitest";
import { plainProducts } from "../../probe/loss.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { convergedModel } from "./converged.ts";
import { fitLinear } from "./evaluate.ts";
import { WEIGHT_DECAYS } from "./protocol.ts";
import type { LinearOptions, LinearSplit, LinearState } from "./record.ts";

const FEATURES = 12;
const CLASSES = 3;

function makeSplit(random: SeededRandom, samples: number, task: LinearOptions["task"]): LinearSplit {
  const x = new Float32Array(samples * FEATURES);
  const y = new Int32Array(task === "multi-class" ? samples : samples * CLASSES);
  for (let i = 0; i < samples; i++) {
    const label = random.below(CLASSES);
    if (task === "multi-class") y[i] = label;
    else for (let k = 0; k < CLASSES; k++) y[i * CLASSES + k] = k === label || random.below(4) === 0 ? 1 : 0;
    for (let j = 0; j < FEATURES; j++) x[i * FEATURES + j] = random.normal(j % CLASSES === label ? 2.5 : 2);
  }
  return {
    x: { dtype: "float32", shape: [samples, FEATURES], data: x },
    y: { dtype: "int32", shape: task === "multi-class" ? [samples] : [samples, CLASSES], data: y },
  };
}

function makeOptions(task: LinearOptions["task"] = "multi-class"): LinearOptions {
  const random = new SeededRandom(7);
  return {
    train: makeSplit(random, 60, task),
    val: makeSplit(random, 30, task),
    test: makeSplit(random, 40, task),
    classes: CLASSES,
    task,
    metric: task === "multi-class" ? "accuracy" : "map11",
    device: "cpu",
  };
}

describe("fitLinear", () => {
  // Of the mode converged, probes/resume.test.ts does so through its files.
  it("goes on with the same numbers when interrupted and resumed: paper-exact", async () => {
    const options: LinearOptions = { ...makeOptions(), mode: "paper-exact" };
    const whole = await fitLinear(options);
    const controller = new AbortController();
    let saved: LinearState | undefined;
    const interrupted = fitLinear({
      ...options,
      signal: controller.signal,
      checkpoint: {
        save: (state) => {
          saved = structuredClone(state);
          if (state.sweep.length === 20) controller.abort(new Error("interrupted"));
        },
      },
    });
    await expect(interrupted).rejects.toThrow("interrupted");
    expect(saved?.sweep.length).toBe(20);
    const resumed = await fitLinear({ ...options, checkpoint: { state: saved!, save: () => {} } });
    expect(resumed).toEqual(whole);
  });

  it("scores multi-label by the 11-point mAP, near the paper's own path", async () => {
    const converged = await fitLinear(makeOptions("multi-label"));
    expect(converged.warnings).toEqual([]);
    expect(converged.sweep).toHaveLength(45);
    expect(converged.test.allScores.accuracy).toBeNull();
    expect(converged.test.score).toBe(converged.test.allScores.map11);
    const paper = await fitLinear({ ...makeOptions("multi-label"), mode: "paper-exact" });
    // From weak decay up scikit-learn stops early; from 1e-2 on it is at the optimum.
    for (let i = 16; i < 45; i++) {
      expect(paper.sweep[i]!.objective / converged.sweep[i]!.objective).toBeCloseTo(1, 4);
    }
    expect(paper.protocol).not.toEqual(converged.protocol);
  });

  it("does not depend on where a fit starts", async () => {
    const { train, val, test } = makeOptions();
    const labels = (split: LinearSplit) => ({
      x: split.x,
      labels: Int32Array.from(split.y.data as Int32Array),
    });
    const splits = { train: labels(train), val: labels(val), test: labels(test) };
    await using model = await convergedModel(splits, "multi-class", CLASSES, "cpu", undefined);
    const random = new SeededRandom(1);
    const far = Float64Array.from({ length: (FEATURES + 1) * CLASSES }, () => random.normal(0, 3));
    const cold = await model.fit("train", WEIGHT_DECAYS[20]!, []);
    const warm = await model.fit("train", WEIGHT_DECAYS[20]!, [far]);
    expect(warm.objective / cold.objective).toBeCloseTo(1, 7);
  });

  it("leaves out a class that train and val lack, and never predicts it", async () => {
    const options = makeOptions();
    const { testLogits, sweep } = await fitLinear({ ...options, classes: CLASSES + 1 });
    expect(sweep.every((point) => point.status === "converged")).toBe(true);
    expect(testLogits.shape).toEqual([40, CLASSES + 1]);
    for (let i = 0; i < 40; i++) expect(testLogits.data[i * 4 + 3]).toBe(-1e4);
  });

  it("answers logits of the weights that it fitted", async () => {
    const { testLogits, test } = await fitLinear(makeOptions());
    expect(testLogits.data.every(Number.isFinite)).toBe(true);
    expect(test.n).toBe(40);
    expect(plainProducts(makeOptions().test.x, CLASSES).samples).toBe(40);
  });
});

describe("what fitLinear refuses", () => {
  const spoilt = (
    change: (options: LinearOptions) => Partial<LinearOptions>,
    task?: LinearOptions["task"],
  ) => {
    const options = makeOptions(task);
    return fitLinear({ ...options, ...change(options) });
  };

  it.each<[string, (options: LinearOptions) => Partial<LinearOptions>, string]>([
    [
      "a feature that is not a number",
      ({ val }) => {
        val.x.data[FEATURES + 3] = Number.NaN;
        return {};
      },
      "the val features hold NaN in row 1, column 3: every feature must be a finite number",
    ],
    ["a label out of range", () => ({ classes: 2 }), "expected an integer from 0 to 1"],
    [
      "an empty split",
      ({ test }) => ({
        test: { ...test, x: { dtype: "float32", shape: [0, FEATURES], data: new Float32Array() } },
      }),
      "the test split is empty",
    ],
    [
      "splits of other widths",
      ({ test }) => ({ test: { ...test, x: { ...test.x, shape: [80, FEATURES / 2] } } }),
      "the test features have 6 columns, the train features 12",
    ],
    [
      "labels that do not pair up",
      ({ train }) => ({ val: { ...train, y: { dtype: "int32", shape: [1], data: Int32Array.of(0) } } }),
      "the val labels have shape [1]: expected [60]",
    ],
    [
      "one class alone",
      ({ train }) => ({
        train: { ...train, y: { ...train.y, data: new Int32Array(60) } as LinearSplit["y"] },
      }),
      "every train label is 0",
    ],
    [
      "a metric of another task",
      () => ({ metric: "map11" }),
      "the metric map11 does not fit a multi-class task",
    ],
    [
      "a state of other data",
      () => ({ checkpoint: { state: { key: "x", sweep: [], solutions: [] }, save: () => {} } }),
      "the saved state is of other data or another protocol",
    ],
  ])("%s", async (_, change, message) => {
    await expect(spoilt(change)).rejects.toThrow(message);
  });

  it("a class without a positive sample to learn from", async () => {
    const without = ({ train }: LinearOptions) => {
      const data = (train.y.data as Int32Array).map((value, i) => (i % CLASSES === 1 ? 0 : value));
      return { train: { ...train, y: { ...train.y, data } as LinearSplit["y"] } };
    };
    await expect(spoilt(without, "multi-label")).rejects.toThrow(
      "class 1 has no positive sample in the train split",
    );
  });
});

/** What happens at the edges of a dataset: each case by name, one clear sentence or the defined value. */
import { describe, expect, it } from "vitest";
import { type Dataset, type Item, makeItem } from "../../datasets/index.ts";
import type { ShiftedSet } from "../../datasets/shifted.ts";
import type { DatasetFeatures } from "../../features/index.ts";
import { PREPROCESSINGS } from "../../images/index.ts";
import { isFull } from "../../tensor/testing/counts.ts";
import type { Result } from "../evaluation.ts";
import type { AnyKind, RunContext } from "../kind.ts";
import { RESNET_FACTS } from "../plan.ts";
import { noProgress } from "../progress.ts";
import type { RevisitedQuery } from "../retrieval/revisited.ts";
import { settingNamed } from "../settings.ts";

/** Labels by split, and a feature row for each image. */
interface Made {
  readonly classes: number;
  /** Of landmarks: what each query's answers are. */
  readonly truth?: readonly RevisitedQuery[];
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly rows?: (split: "train" | "test", i: number, label: number) => readonly number[];
}

/** Classes apart by direction, images of one apart by a little. */
const usualRow = (split: "train" | "test", i: number, label: number) => [
  Math.cos(label) + 0.01 * i,
  Math.sin(label) - 0.01 * i,
  split === "train" ? 0.1 : 0.2 + 0.001 * i,
];

function make({ classes, truth, train, test, rows = usualRow }: Made): {
  dataset: Dataset;
  features: DatasetFeatures;
} {
  const item = (split: string, label: number, i: number): Item =>
    makeItem(`${split}/${i}`, label, { kind: "file", path: "" });
  const splits = {
    train: train.map((label, i) => item("train", label, i)),
    test: test.map((label, i) => item("test", label, i)),
  };
  const all = [
    ...train.map((label, i) => rows("train", i, label)),
    ...test.map((label, i) => rows("test", i, label)),
  ];
  const dataset: Dataset & { tests: readonly ShiftedSet[] } = {
    name: "digits",
    title: "Made",
    task: "multi-class",
    metric: "accuracy",
    classes: Array.from({ length: classes }, (_, c) => `class-${c}`),
    splits,
    origin: { layout: "", splitRule: "", missing: [] },
    manifestHash: async () => "",
    ...(truth ? { truth } : {}),
    // For robustness: the test split once more, as a set that shares the classes.
    tests: [
      {
        name: "imagenet-a",
        layout: "by class",
        items: splits.test,
        mapping: Array.from({ length: classes }, (_, c) => c),
      },
    ],
  };
  const items = [...splits.train, ...splits.test];
  const features = {
    featureSize: 3,
    x: Float32Array.from(all.flat()),
    rowOf: new Map(items.map((one, i) => [one, i])),
    unreadable: [],
  };
  return { dataset, features };
}

async function run(setting: string, made: Made, given: Record<string, string> = {}): Promise<Result> {
  const { dataset, features } = make(made);
  const { kind, name, options } = settingNamed(setting, given) as {
    kind: AnyKind;
    name: string;
    options: object;
  };
  const spec = {
    setting: name,
    options,
    data: dataset,
    network: RESNET_FACTS,
    preprocessing: PREPROCESSINGS["imagenet-shorter-224"],
    skipUnreadable: false,
    seed: 0,
  };
  const context = {
    device: "cpu",
    threads: 1,
    work: undefined,
    signal: new AbortController().signal,
    progress: noProgress,
    features: async () => features,
  } as unknown as RunContext;
  return kind.run(spec, context);
}

const measured = ({ values }: Result, metric: string) =>
  values.find(({ measure }) => measure.endsWith(`/${metric}`))?.value;

/** Probes that are fitted on train and scored on test. */
const TRAIN_AND_TEST: readonly (readonly [string, Record<string, string>])[] = [
  ["knn", {}],
  ["linear-bn-lars", {}],
  ["retrieval", { form: "query-gallery" }],
];
/** Those of many fits: in the full run. */
const SWEPT: typeof TRAIN_AND_TEST = [
  ["few-shot-linear-16", {}],
  ["logistic-regression-dinov3", {}],
  ["linear-bn", {}],
  ["robustness-imagenet", { tests: "imagenet-a=/nowhere" }],
];
const twelve = Array.from({ length: 12 }, (_, i) => i % 3);

describe("one image a class", () => {
  const made = { classes: 3, train: [0, 1, 2], test: [0, 1, 2] };

  it("k-NN answers by the nearest", async () => {
    expect(measured(await run("knn", made), "top-1-k20")).toBe(100);
  });

  it("DINOv3's regression has no validation to take, and says so", async () => {
    await expect(run("logistic-regression-dinov3", made)).rejects.toThrow(
      "every class of Made has one training image: none can be taken for validation",
    );
  });

  it("robustness needs DINOv3's validation too", async () => {
    await expect(run("robustness-imagenet", made)).rejects.toThrow(
      "every class of Made has one training image: none can be taken for validation",
    );
  });

  it("few-shot linear takes what there is, and says so", async () => {
    const found = await run("few-shot-linear-16", made);
    expect(measured(found, "accuracy")).toBe(100);
    expect(found.warnings).toContainEqual(
      "some classes have fewer than 16 training images: each gives what it has",
    );
  });

  it("the standardised probe needs a fifth for validation, MAE's steps batches of two", async () => {
    await expect(run("linear-bn", made)).rejects.toThrow(
      "the train split has 3 images: a fifth of it becomes validation, so at least 5 are needed",
    );
    await expect(run("linear-bn-lars", made)).rejects.toThrow(
      "batch norm needs batches of two: Made has 3 training images, 8 are needed",
    );
  });

  it("retrieval among such images has no positive, and says so; asked by test it has one each", async () => {
    await expect(run("retrieval", made)).rejects.toThrow("no query of Made has a positive");
    const found = await run("retrieval", made, { form: "query-gallery" });
    expect(found.record["queries-without-positive"]).toBe(0);
    expect(measured(found, "recall-at-1")).toBe(100);
  });

  it("predictors have values but for what needs more directions", async () => {
    const found = await run("predictor", made);
    expect(measured(found, "logme")).toBeTypeOf("number");
    expect(found.warnings).toEqual([
      "alpha-req has no value: 3 images have too few directions in their features",
    ]);
  });
});

describe("a class missing in test, and duplicates across train and test", () => {
  // Two pictures with every label: nothing tells them apart, so that fits end after a step. Two of test are of train.
  const rows = (split: "train" | "test", i: number) => {
    if (split === "test" && i > 1) return [1, 0.1 * i, -0.5];
    return Math.floor(i / 3) % 2 === 0 ? [1, 0, 0.5] : [0, 1, 0.5];
  };
  const warnsOfBoth = async (name: string, given: Record<string, string>) => {
    const found = await run(name, { classes: 3, train: twelve, test: [0, 1, 0, 1], rows }, given);
    expect(found.values.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(found.warnings?.[0]).toMatch(/^2 test images have the very features of a training image/);
    expect(found.warnings).toContainEqual(
      'the test split has no image of "class-2": means over classes are over the 2 that it has',
    );
  };
  it.each(TRAIN_AND_TEST)("%s warns of both, with their number", warnsOfBoth);
  it.runIf(isFull).each(SWEPT)("%s too", { timeout: 240_000 }, warnsOfBoth);
});

it("k larger than the training set: all rows vote, the measure keeps its name, and a note says so", async () => {
  const found = await run("knn", { classes: 2, train: [0, 0, 1], test: [0, 1] });
  expect(found.values.map(({ measure }) => measure)).toContain("knn/digits/top-1-k200");
  expect(found.warnings).toContainEqual("k = 20 is more than the 3 rows that can answer: all of them vote");
});

it("a query without positives: left out of the means, and counted", async () => {
  const found = await run("retrieval", { classes: 3, train: [0, 1, 2], test: [0, 0, 1, 1, 2] });
  expect(found.record["queries-without-positive"]).toBe(1);
  expect(found.values[0]!.n).toBe(4);
  expect(found.warnings).toContainEqual("1 of 5 queries have no positive: they are left out of every mean");
});

it("a query of a class that train lacks: without a positive, left out and counted", async () => {
  const asked = { classes: 3, train: [0, 0, 1], test: [0, 1, 2] };
  const found = await run("retrieval", asked, { form: "query-gallery" });
  expect(found.record["queries-without-positive"]).toBe(1);
  expect(found.values[0]!.n).toBe(2);
});

it("landmark queries without positives: left out of each level's means, and counted; a level of none has no value", async () => {
  const none = { easy: [], hard: [], junk: [] };
  const truth = [
    { ...none, easy: [0] },
    { ...none, easy: [1], junk: [0] },
    { ...none, junk: [2] },
  ];
  const found = await run("retrieval", { classes: 1, truth, train: [0, 0, 0], test: [0, 0, 0] });
  const n = found.values.map((one) => `${one.measure.split("/")[2]} ${one.n}`);
  expect(n).toContain("map-medium 2");
  expect(n.some((one) => one.includes("hard"))).toBe(false);
  expect(found.warnings).toContainEqual("easy: 1 of 3 queries have no positive and are left out");
  expect(found.warnings).toContainEqual("hard: 3 of 3 queries have no positive and are left out");
  await expect(
    run("retrieval", { classes: 1, truth: [none, none, none], train: [0], test: [0, 0, 0] }),
  ).rejects.toThrow("no query of Made has a positive");
});

it("one training image cannot ask itself", async () => {
  await expect(run("knn", { classes: 1, train: [0], test: [0] }, { self: "index" })).rejects.toThrow(
    "train has one image",
  );
});

it("one class alone cannot be told from another by a linear probe", async () => {
  const made = { classes: 2, train: [1, 1, 1], test: [0, 1] };
  await expect(run("few-shot-linear-16", made)).rejects.toThrow(
    "every row is of class 1: a classifier needs rows of at least two classes",
  );
});

it("features that are all zero: no value that is none, and a sentence for each", async () => {
  const found = await run("predictor", {
    classes: 2,
    train: [0, 1, 0, 1],
    test: [0, 1],
    rows: () => [0, 0, 0],
  });
  for (const { value } of found.values) expect(Number.isFinite(value)).toBe(true);
  expect(found.warnings?.join(" ")).toContain("rankme has no value");
});

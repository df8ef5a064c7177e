/** What happens at the edges of a dataset: each case by name, one clear sentence or the defined value. */
import { describe, expect, it } from "vitest";
import { type Dataset, type Item, makeItem } from "../../datasets/index.ts";
import type { DatasetFeatures } from "../../features/index.ts";
import { PREPROCESSINGS } from "../../images/index.ts";
import type { Result } from "../evaluation.ts";
import type { AnyKind, RunContext } from "../kind.ts";
import { RESNET_FACTS } from "../plan.ts";
import { noProgress } from "../progress.ts";
import { settingNamed } from "../settings.ts";

/** Labels by split, and a feature row for each image. */
interface Made {
  readonly classes: number;
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

function make({ classes, train, test, rows = usualRow }: Made): {
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
  const dataset: Dataset = {
    name: "digits",
    title: "Made",
    task: "multi-class",
    metric: "accuracy",
    classes: Array.from({ length: classes }, (_, c) => `class-${c}`),
    splits,
    origin: { layout: "", splitRule: "", missing: [] },
    manifestHash: async () => "",
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

  it("retrieval among such images has no positive, and says so", async () => {
    await expect(run("retrieval", made)).rejects.toThrow("no query of Made has a positive");
  });
});

it("a class missing in test: the mean per class is over those that it has, with a warning", async () => {
  const found = await run("knn", { classes: 3, train: [0, 0, 1, 1, 2, 2], test: [0, 1] });
  expect(measured(found, "mean-per-class-accuracy-k20")).toBeDefined();
  expect(found.warnings).toContainEqual(
    'the test split has no image of "class-2": means over classes are over the 2 that it has',
  );
});

it("duplicates across train and test: warned of, with their number", async () => {
  const rows = (split: "train" | "test", i: number, label: number) =>
    usualRow(split === "test" && i < 2 ? "train" : split, i, label);
  const found = await run("knn", { classes: 3, train: [0, 1, 2, 0, 1, 2], test: [0, 1, 2], rows });
  expect(found.warnings?.[0]).toMatch(/^2 test images have the very features of a training image/);
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

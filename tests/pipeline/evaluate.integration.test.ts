/** The command from end to end: a checkpoint, images, numbers, and the record of how they came about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "@transferboard/eval-core/tensor";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { worstDifference } from "./arrays.ts";
import { checkpoint, golden, start, temporaryFolder, transferboard } from "./command.ts";
import { makeSmallDatasets } from "./small-datasets.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));

describe("transferboard evaluate", () => {
  it("records a dataset once, with its run, and says so the second time", async () => {
    const cache = temporaryFolder();
    const data = temporaryFolder();
    makeSmallDatasets(data);
    const args = [
      ...[
        "evaluate",
        "--checkpoint",
        checkpoint,
        "--method",
        "untrained-resnet",
        "--method-name",
        "Untrained ResNet",
      ],
      ...["--dataset", "cifar10", "--data", data, "--allow-partial", "--protocol", "few-shot-5"],
      ...["--preprocessing", "shorter-32", "--device", "cpu", "--cache", cache],
    ];
    // 15 images a class: not enough for 5 shots and 15 queries.
    const few = await transferboard(args, { databaseUrl: database.appUrl });
    expect(few).toMatchObject({ code: 3, stdout: "" });
    expect(few.stderr).toContain("5-shot episodes with 15 queries need 5 classes of at least 20 images each");
    const failed = await database.client.run.findMany({ include: { results: true } });
    expect(failed).toMatchObject([{ state: "FAILED", results: [] }]);
    expect(failed[0]!.failure).toContain("need 5 classes");

    const linear = [...args, "--protocol", "many-shot-linear"];
    const first = await transferboard(linear, { databaseUrl: database.appUrl });
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/many-shot-linear\/cifar10\/accuracy +\d+\.\d\d .* beside 14 published/);
    const results = () =>
      database.client.result.findMany({ where: { method: { slug: "untrained-resnet" } } });
    expect(await results()).toHaveLength(3);
    const second = await transferboard(linear, { databaseUrl: database.appUrl });
    expect(second).toMatchObject({ code: 0, stdout: first.stdout });
    expect(second.stderr).toContain("CIFAR10 is recorded already");
    expect(await results()).toHaveLength(3);
    const run = await database.client.run.findFirstOrThrow({
      where: { state: "DONE", protocol: { settingSlug: "many-shot-linear" } },
      include: { protocol: true, checkpoint: true },
    });
    expect(run).toMatchObject({
      device: "cpu",
      datasetSlug: "cifar10",
      versions: { node: process.versions.node },
      checkpoint: { architecture: "resnet50, width 0.125", featureDimension: 256 },
      protocol: { body: { preprocessing: { crop: 32 }, splits: { validation: "numpy-seed-0-20%" } } },
    });
    expect((run.record as { sweep: unknown[] }).sweep).toHaveLength(45);

    const plan = await transferboard([...linear, "--dry-run", "--json"], { databaseUrl: database.appUrl });
    expect(JSON.parse(plan.stdout)).toMatchObject({
      targets: [{ state: "recorded", images: 150, toExtract: 0 }],
    });

    // The same weights as another method's: not theirs, and not said to be recorded.
    const other = linear.map((arg) => (arg === "untrained-resnet" ? "lab.other" : arg));
    for (const more of [[], ["--dry-run"]]) {
      const renamed = await transferboard([...other, ...more], { databaseUrl: database.appUrl });
      expect(renamed.code).toBe(3);
      expect(renamed.stderr).toMatch(
        /are recorded as '.*' of the method untrained-resnet: evaluate them as that method, not as lab\.other/,
      );
    }
  });

  it("stops at Ctrl-C with what is done kept and the reason on record, and goes on when run again", async () => {
    const cache = temporaryFolder();
    const data = temporaryFolder();
    makeSmallDatasets(data);
    const args = [
      ...[
        "evaluate",
        "--checkpoint",
        checkpoint,
        "--method",
        "untrained-resnet",
        "--suite",
        "many-shot-linear",
      ],
      ...[
        "--data",
        data,
        "--allow-partial",
        "--preprocessing",
        "shorter-40",
        "--device",
        "cpu",
        "--cache",
        cache,
      ],
    ];
    const { child, ended } = start(args, { databaseUrl: database.appUrl });
    child.stderr?.on("data", (chunk: Buffer) => {
      if (chunk.includes("CIFAR100: features")) child.kill("SIGINT");
    });
    const { code, stderr } = await ended;
    expect({ code, stderr }).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("what is done is kept"),
    });
    const runs = () =>
      database.client.run.findMany({
        where: {
          protocol: {
            settingSlug: "many-shot-linear",
            body: { path: ["preprocessing", "crop"], equals: 40 },
          },
        },
        orderBy: { datasetSlug: "asc" },
      });
    expect(await runs()).toMatchObject([
      { datasetSlug: "cifar10", state: "DONE" },
      { datasetSlug: "cifar100", state: "FAILED", failure: "interrupted" },
    ]);
    const resumed = await transferboard([...args, "--resume"], { databaseUrl: database.appUrl });
    expect(resumed.stderr).toContain("CIFAR10 is recorded already");
    expect(resumed.code).toBe(0);
    expect(await runs()).toMatchObject([{ state: "DONE" }, { state: "DONE", failure: null }]);
  });

  it("works without a database when nothing shall be recorded, and says what to do when something shall", async () => {
    const cache = temporaryFolder();
    const data = temporaryFolder();
    makeSmallDatasets(data);
    const args = [
      ...["evaluate", "--checkpoint", checkpoint, "--method", "m", "--dataset", "cifar10", "--data", data],
      ...["--allow-partial", "--preprocessing", "shorter-32", "--device", "cpu", "--cache", cache, "--json"],
    ];
    const recording = await transferboard(args);
    expect(recording).toMatchObject({ code: 4, stdout: "" });
    expect(recording.stderr).toMatch(
      /^transferboard: the database at 127.0.0.1:1 cannot be used: .*--no-record\n$/,
    );
    const plain = await transferboard([...args, "--no-record"]);
    expect(plain).toMatchObject({ code: 0 });
    expect(JSON.parse(plain.stdout)).toMatchObject({
      values: [{ measure: "many-shot-linear/cifar10/accuracy" }, {}, {}],
    });
  });
});

describe("transferboard evaluate --features", () => {
  it("agrees with the goldens on the sweep, the choice, the test score and the calibration", async () => {
    const logits = join(temporaryFolder(), "logits.npy");
    const { code, stdout } = await transferboard([
      ...["evaluate", "--features", golden("linear"), "--protocol", "many-shot-linear", "--device", "cpu"],
      ...["--logits", logits, "--json"],
    ]);
    expect(code).toBe(0);
    const { record, values } = JSON.parse(stdout);
    const expected = json(golden("linear/expected.json"));
    expect(record.chosen).toBe(expected.chosen_weight_decay);
    for (const [i, point] of expected.sweep.entries()) {
      expect(record.sweep[i].objective / point.objective - 1).toBeLessThan(1e-5);
      expect(Math.abs(record.sweep[i].validation - point.val_accuracy)).toBeLessThanOrEqual(0.5);
    }
    const [accuracy, ece, eceScaled] = values;
    const oneSample = 100 / 600 + 1e-9;
    expect(Math.abs(accuracy.value - expected.test_accuracy)).toBeLessThanOrEqual(oneSample);
    expect(Math.abs(ece.value - expected.ece_15_bins)).toBeLessThan(0.05);
    expect(Math.abs(eceScaled.value - expected.ece_after_temperature_5_fold)).toBeLessThan(0.05);
    expect(record.scores["mean-per-class-accuracy"].value).toBeCloseTo(expected.test_mean_per_class, 0);
    // scikit-learn's own logits are 3.6e-3 from the optimum that both look for; the tight ones are at it.
    expect(worstDifference(logits, golden("linear/tight_test_logits.npy"))).toBeLessThan(1e-4);
    expect(worstDifference(logits, golden("linear/test_logits.npy"))).toBeLessThan(5e-3);
  });

  it("agrees with the golden on every given episode", async () => {
    const { code, stdout } = await transferboard([
      ...["evaluate", "--features", golden("few_shot"), "--protocol", "few-shot-5"],
      ...["--episodes", golden("few_shot/episodes.json"), "--json"],
    ]);
    expect(code).toBe(0);
    const { record } = JSON.parse(stdout);
    const expected = json(golden("few_shot/expected.json"));
    expected.accuracy_per_episode.forEach((accuracy: number, i: number) => {
      expect(record.accuracyPerEpisode[i]).toBeCloseTo(accuracy, 10);
    });
  });
});

describe("the commands that let anyone compare", () => {
  it("features --input agrees with PyTorch", async () => {
    const out = join(temporaryFolder(), "features.npy");
    const args = [
      "features",
      "--checkpoint",
      golden("checkpoint/moco.pth.tar"),
      "--out",
      out,
      "--device",
      "cpu",
    ];
    expect(await transferboard([...args, "--input", golden("checkpoint/input.npy")])).toMatchObject({
      code: 0,
    });
    expect(worstDifference(out, golden("checkpoint/features.npy"), { relative: true })).toBeLessThan(1e-4);
  });

  it("preprocess writes Pillow's crop", async () => {
    const out = join(temporaryFolder(), "crop.npy");
    const image = golden("preprocess/06_rgba_97x151.png");
    expect(await transferboard(["preprocess", image, "--out", out])).toMatchObject({ code: 0 });
    expect(readNpy(out).dtype).toBe("uint8");
    expect(worstDifference(out, `${image}.expected.npy`)).toBeLessThanOrEqual(1);
  });

  it("checkpoint inspect and convert tell and keep the network", async () => {
    const inspected = await transferboard([
      "checkpoint",
      "inspect",
      golden("checkpoint/moco.pth.tar"),
      "--json",
    ]);
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      format: "torch-legacy",
      architecture: { name: "resnet50", width: 0.125, featureDimension: 256 },
    });
    const onnx = join(temporaryFolder(), "backbone.onnx");
    expect(await transferboard(["checkpoint", "convert", checkpoint, "--out", onnx])).toMatchObject({
      code: 0,
    });
    const again = await transferboard(["checkpoint", "inspect", onnx, "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ format: "onnx", architecture: { name: "resnet50" } });
  });
});

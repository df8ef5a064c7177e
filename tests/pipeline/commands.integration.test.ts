/** What the single commands answer: every golden of a kind through its command, and what a choice of options changes. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeNpy, readNpy, tensor } from "@transferboard/eval-core/tensor";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { worstDifference } from "./arrays.ts";
import { checkpoint, golden, temporaryFolder, transferboard } from "./command.ts";
import { makeSmallDatasets } from "./small-datasets.ts";

const moco = golden("checkpoint/moco.pth.tar");

async function succeeded(args: readonly string[], databaseUrl?: string): Promise<string> {
  const { code, stdout, stderr } = await transferboard(
    args,
    databaseUrl === undefined ? {} : { databaseUrl },
  );
  expect(code, stderr).toBe(0);
  return stdout;
}

describe("features --input", () => {
  const features = async (file: string, ...more: string[]) => {
    const out = join(temporaryFolder(), "features.npy");
    const input = golden("checkpoint/input.npy");
    const args = ["--checkpoint", file, "--input", input, "--out", out, "--device", "cpu", ...more];
    await succeeded(["features", ...args]);
    return out;
  };

  it.each([
    ["swav.pth.tar", "features.npy"],
    ["pycontrast.pth", "features.npy"],
    ["half.pth", "features_half.npy"],
    ["backbone.safetensors", "features.npy"],
  ])("%s agrees with PyTorch", async (file, expected) => {
    const out = await features(golden(`checkpoint/${file}`));
    expect(worstDifference(out, golden(`checkpoint/${expected}`), { relative: true })).toBeLessThan(1e-4);
  });

  it("float64 is narrowed: it is what NumPy writes unless told", async () => {
    const { shape, data } = readNpy(golden("checkpoint/input.npy"));
    const input = join(temporaryFolder(), "input64.npy");
    writeFileSync(input, encodeNpy(tensor("float64", shape, Float64Array.from(data, Number))));
    const out = await features(golden("checkpoint/backbone.safetensors"), "--input", input);
    expect(worstDifference(out, golden("checkpoint/features.npy"), { relative: true })).toBeLessThan(1e-4);
  });

  it("--prefix takes another backbone of the file", async () => {
    const other = await features(moco, "--prefix", "module.encoder_k.");
    expect(worstDifference(other, golden("checkpoint/features.npy"), { relative: true })).toBeGreaterThan(
      0.01,
    );
  });
});

describe("preprocess", () => {
  it.each(["01_rgb_333x500.jpg", "09_cmyk_300x200.jpg", "05_l_640x480.png"])("%s", async (name) => {
    const out = join(temporaryFolder(), "crop.npy");
    const image = golden(`preprocess/${name}`);
    await succeeded(["preprocess", image, "--out", out]);
    expect(worstDifference(out, `${image}.expected.npy`)).toBeLessThanOrEqual(name.endsWith(".jpg") ? 3 : 1);
  });
});

describe("evaluate --features of several labels an image", () => {
  it("answers the 11-point mean average precision, and no calibration", async () => {
    const folder = temporaryFolder();
    // Feature c tells of class c; of three classes an image has those whose bits its number has.
    for (const [split, count] of [
      ["train", 60],
      ["val", 30],
      ["test", 30],
    ] as const) {
      const bit = (i: number, c: number) => (((i % 7) + 1) & (1 << c) ? 1 : 0);
      const x = Float32Array.from(
        { length: count * 3 },
        (_, i) => bit(Math.floor(i / 3), i % 3) + (i % 5) / 50,
      );
      const y = Int32Array.from({ length: count * 3 }, (_, i) => bit(Math.floor(i / 3), i % 3));
      writeFileSync(join(folder, `${split}_x.npy`), encodeNpy(tensor("float32", [count, 3], x)));
      writeFileSync(join(folder, `${split}_y.npy`), encodeNpy(tensor("int32", [count, 3], y)));
    }
    const { values } = JSON.parse(
      await succeeded(["evaluate", "--features", folder, "--device", "cpu", "--json"]),
    );
    expect(values).toMatchObject([{ measure: "many-shot-linear/given/map11", value: 100 }]);
    expect(values).toHaveLength(1);
  });
});

describe("dataset check", () => {
  it("tells what ships, what is not whole, and what is not there", async () => {
    const whole = JSON.parse(await succeeded(["dataset", "check", "digits", "--json"]));
    expect(whole).toMatchObject({ state: "whole", classCount: 10, problems: [], missing: [] });
    expect(whole.manifestHash).toMatch(/^[0-9a-f]{64}$/);

    const folder = temporaryFolder();
    makeSmallDatasets(folder);
    const partial = await transferboard(["dataset", "check", "cifar10", "--root", folder]);
    expect(partial.code).toBe(3);
    expect(partial.stdout).toContain("CIFAR10 in");
    expect(partial.stdout).toContain("published  train 50000, test 10000");
    expect(partial.stderr).toMatch(/^transferboard: CIFAR10 in .* is not whole: [^\n]*--allow-partial\n$/);
    const allowed = await succeeded([
      "dataset",
      "check",
      "cifar10",
      "--root",
      folder,
      "--allow-partial",
      "--json",
    ]);
    expect(JSON.parse(allowed)).toMatchObject({ state: "partial", counts: { train: 100, test: 50 } });

    const absent = await transferboard(["dataset", "check", "pets", "--root", folder]);
    expect(absent.code).toBe(3);
    expect(absent.stderr).toMatch(/^transferboard: [^\n]*: expected [^\n]+\n$/);
  });
});

describe("the network that is evaluated", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  /** Ten classes of one colour each, as a folder of images by class. */
  function colours(): string {
    const folder = temporaryFolder();
    const image = readFileSync(golden("preprocess/02_rgb_32x32.png"));
    const other = readFileSync(golden("preprocess/06_rgba_97x151.png"));
    for (const [name, content] of [
      ["a", image],
      ["b", other],
    ] as const) {
      mkdirSync(join(folder, name));
      for (let i = 0; i < 5; i++) writeFileSync(join(folder, name, `${i}.png`), content);
    }
    return folder;
  }

  it("is another run with another normalisation or another backbone of the file, and never the first one's", async () => {
    const [cache, data] = [temporaryFolder(), colours()];
    const evaluate = (file: string, ...more: string[]) => [
      ...[
        "evaluate",
        "--checkpoint",
        file,
        "--method",
        "two-in-one",
        "--data",
        data,
        "--json",
        "--cache",
        cache,
      ],
      ...["--preprocessing", "shorter-32", "--device", "cpu", "--allow-partial", ...more],
    ];
    const first = JSON.parse(await succeeded(evaluate(checkpoint, "--dry-run", "--no-record")));
    const second = JSON.parse(
      await succeeded(evaluate(checkpoint, "--dry-run", "--no-record", "--normalisation", "none")),
    );
    expect(first.targets[0].identity).not.toBe(second.targets[0].identity);

    await succeeded(evaluate(moco), database.appUrl);
    const copy = await transferboard(evaluate(moco, "--prefix", "module.encoder_k."), {
      databaseUrl: database.appUrl,
    });
    expect(copy.code, copy.stderr).toBe(3);
    expect(copy.stderr).toContain("the backbone at 'state_dict / module.encoder_q.' is recorded");
    expect(await database.client.run.count({ where: { state: "DONE" } })).toBe(1);
  });
});

/** Damaged and impossible inputs: one clear sentence each, an exit code that says so, and nothing on record. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeNpy, tensor } from "@transferboard/eval-core/tensor";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpoint, golden, temporaryFolder, transferboard } from "./command.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Runs the command, and holds it to one sentence, the code for bad input, and an untouched ledger. */
async function refused(args: readonly string[]): Promise<string> {
  const before = await database.client.result.count();
  const { code, stdout, stderr } = await transferboard(args, { databaseUrl: database.appUrl });
  expect(code, stderr).toBe(3);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^transferboard: [^\n]+\n$/);
  expect(await database.client.result.count()).toBe(before);
  expect(await database.client.run.count({ where: { state: { in: ["DONE", "RUNNING"] } } })).toBe(0);
  return stderr;
}

function file(name: string, content: Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** A folder of images by class: `counts` images of each, all sound unless replaced. */
function images(counts: readonly number[], damage?: (image: Uint8Array) => Uint8Array): string {
  const folder = temporaryFolder();
  const image = readFileSync(golden("preprocess/00_rgb_500x333.jpg"));
  counts.forEach((count, c) => {
    mkdirSync(join(folder, `class-${c}`));
    for (let i = 0; i < count; i++) {
      const damaged = c === 0 && i === 0 && damage ? damage(image) : image;
      writeFileSync(join(folder, `class-${c}`, `${i}.jpg`), damaged);
    }
  });
  return folder;
}

const evaluate = (weights: string, ...more: string[]) => [
  ...["evaluate", "--checkpoint", weights, "--method", "faulty", "--preprocessing", "shorter-32"],
  ...["--device", "cpu", "--cache", temporaryFolder(), ...more],
];

describe("checkpoints", () => {
  it("a truncated .pth", async () => {
    const bytes = readFileSync(checkpoint);
    const sentence = await refused(
      evaluate(file("half.pth", bytes.subarray(0, bytes.length / 2)), "--dataset", "digits"),
    );
    expect(sentence).toContain("half.pth");
  });

  it("a pickle that calls os.system is refused by name and not run", async () => {
    const witness = join(temporaryFolder(), "witness");
    const pickle = `cos\nsystem\n(S'touch ${witness}'\ntR.`;
    const zip = zipSync(
      { "archive/data.pkl": Buffer.from(pickle), "archive/version": Buffer.from("3\n") },
      { level: 0 },
    );
    const sentence = await refused(evaluate(file("evil.pth", zip), "--dataset", "digits"));
    expect(sentence).toContain("os.system");
    expect(() => readFileSync(witness)).toThrow("ENOENT");
  });

  it("a safetensors header longer than its file", async () => {
    const header = Buffer.alloc(16);
    header.writeBigUInt64LE(1_000_000n);
    expect(await refused(evaluate(file("long.safetensors", header), "--dataset", "digits"))).toContain(
      "long.safetensors",
    );
  });
});

describe("images", () => {
  it("half a JPEG is named; --skip-unreadable goes on and records which", async () => {
    const folder = images([6, 6], (image) => image.subarray(0, image.length / 3));
    expect(await refused(evaluate(checkpoint, "--data", folder))).toContain("class-0/0.jpg");
    const { code, stdout } = await transferboard(
      evaluate(checkpoint, "--data", folder, "--skip-unreadable", "--no-record", "--json"),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).record.unreadable).toEqual([expect.stringContaining("class-0/0.jpg")]);
  });

  it("a class with one image", async () => {
    expect(await refused(evaluate(checkpoint, "--data", images([1, 4])))).toContain('class "class-0"');
  });

  it("an empty folder", async () => {
    await refused(evaluate(checkpoint, "--data", temporaryFolder()));
  });
});

describe("features", () => {
  /** Six samples of two features and two classes in every split, then what the test changes. */
  function arrays(change: { split: string; x?: Float32Array; y?: Int32Array }): string {
    const folder = temporaryFolder();
    for (const split of ["train", "val", "test"]) {
      const own: Partial<typeof change> = split === change.split ? change : {};
      const x = own.x ?? Float32Array.from({ length: 12 }, (_, i) => i % 5);
      const y = own.y ?? Int32Array.from({ length: 6 }, (_, i) => i % 2);
      writeFileSync(join(folder, `${split}_x.npy`), encodeNpy(tensor("float32", [x.length / 2, 2], x)));
      writeFileSync(join(folder, `${split}_y.npy`), encodeNpy(tensor("int32", [y.length], y)));
    }
    return folder;
  }
  const ofArrays = (folder: string) => ["evaluate", "--features", folder, "--device", "cpu"];

  it("NaN", async () => {
    const x = Float32Array.from({ length: 12 }, (_, i) => (i === 7 ? Number.NaN : i));
    expect(await refused(ofArrays(arrays({ split: "train", x })))).toContain("NaN in row 3, column 1");
  });

  it("labels out of range", async () => {
    expect(await refused(ofArrays(arrays({ split: "test", y: Int32Array.of(0, 1, -1, 1, 0, 1) })))).toContain(
      "-1 in row 2",
    );
  });

  it("an empty split", async () => {
    const empty = { split: "val", x: new Float32Array(0), y: new Int32Array(0) };
    expect(await refused(ofArrays(arrays(empty)))).toContain("val split is empty");
  });

  it("a folder without arrays", async () => {
    expect(await refused(ofArrays(temporaryFolder()))).toMatch(/train_[xy][.]npy: no such file/);
  });
});

describe("usage", () => {
  it.each([
    ["an unknown command", ["evalute"], "Did you mean evaluate?"],
    [
      "an unknown suite",
      ["evaluate", "--checkpoint", checkpoint, "--method", "m", "--suite", "few"],
      "known are many-shot-linear",
    ],
    [
      "a method that cannot be a slug",
      ["evaluate", "--checkpoint", "x", "--method", "My Method", "--dataset", "digits"],
      "--method",
    ],
    ["an unknown device", ["evaluate", "--features", ".", "--device", "tpu"], "unknown device 'tpu'"],
  ] as const)("%s", async (_, args, sentence) => {
    const { code, stderr } = await transferboard(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

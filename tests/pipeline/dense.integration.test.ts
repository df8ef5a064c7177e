/** Dense prediction by the command: recorded with curves and pictures; damaged data records nothing. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { matWithCodebook } from "../../packages/eval-core/src/datasets/testing/codebook.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";

const core = fileURLToPath(new URL("../../packages/eval-core/", import.meta.url));
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "dense-recorded-"));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly text: string;
}

function evaluate(...more: readonly string[]): Promise<Ended> {
  const command = [
    ...[join(core, "bin/transferboard.mjs"), "evaluate", "--device", "cpu", "--method", "shapes"],
    ...["--method-name", "Shapes", "--checkpoint", join(core, "data/shapes-backbone.pth")],
    ...["--cache", join(folder, "cache"), "--steps", "2", ...more],
  ];
  const env = { ...process.env, DATABASE_URL: database.appUrl };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, text: stdout + stderr }),
    );
  });
}

interface Case {
  readonly protocol: string;
  readonly dataset: string;
  readonly metrics: readonly string[];
  /** With an interval. */
  readonly first: string;
  readonly testImages: number;
  readonly roles: readonly string[];
  readonly curves: readonly string[];
  readonly files: number;
}

const CASES: readonly Case[] = [
  {
    protocol: "detection-frozen",
    dataset: "voc-shapes",
    metrics: ["ap", "ap50", "ap75"],
    first: "ap",
    testImages: 40,
    roles: ["detections", "true objects"],
    curves: ["loss", "loss_box_reg", "loss_cls", "loss_rpn_cls", "loss_rpn_loc"],
    files: 20,
  },
  {
    protocol: "surface-normals",
    dataset: "nyu-shapes",
    metrics: ["mean-error", "median-error", "within-11.25", "within-22.5", "within-30"],
    first: "mean-error",
    testImages: 20,
    roles: ["image", "normals", "normals, truth"],
    curves: ["loss"],
    files: 20,
  },
  {
    protocol: "segmentation",
    dataset: "ade-shapes",
    metrics: ["mean-iou", "pixel-accuracy"],
    first: "mean-iou",
    testImages: 20,
    roles: ["image", "label map", "label map, truth"],
    curves: ["loss"],
    files: 20,
  },
];

// Segmentation trains its whole backbone and tests at three sizes: in the full run.
it.each(CASES.filter(({ protocol }) => isFull || protocol !== "segmentation"))(
  "records $protocol with intervals, curves and pictures, and writes predictions",
  async (one) => {
    const predictions = join(folder, one.protocol);
    const { code, text } = await evaluate(
      ...["--protocol", one.protocol, "--dataset", one.dataset, "--predictions", predictions],
    );
    expect(code, text).toBe(0);
    const run = await database.client.run.findFirstOrThrow({
      where: { datasetSlug: one.dataset },
      include: { results: { include: { measure: true } }, protocol: true },
    });
    expect(run.state).toBe("DONE");
    expect(run.results.map(({ measure }) => measure.slug).sort()).toEqual(
      one.metrics.map((metric) => `${one.protocol}/${one.dataset}/${metric}`),
    );
    const first = run.results.find(({ measure }) => measure.slug.endsWith(`/${one.first}`))!;
    expect(first.intervalLower).toBeLessThanOrEqual(first.value);
    expect(first.intervalUpper).toBeGreaterThanOrEqual(first.value);
    expect(first.sampleSize).toBe(one.testImages);
    const record = run.record as unknown as {
      training: { steps: number; curves: Record<string, number[]>; weightsSha256: string };
      artefacts: { role: string }[];
    };
    expect(record.training.steps).toBe(2);
    expect(record.training.curves.learningRate).toHaveLength(2);
    for (const curve of one.curves) expect(record.training.curves[curve]).toHaveLength(2);
    expect(record.artefacts.map(({ role }) => role)).toEqual(expect.arrayContaining([...one.roles]));
    expect(readdirSync(predictions)).toHaveLength(one.files);
  },
  180_000,
);

type Damage = (data: string) => void | Promise<void>;

const edit =
  (file: string, from: string | RegExp, to: string): Damage =>
  (data) => {
    const path = join(data, file);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
  };
const ANNOTATION = "VOCdevkit/VOC2007/Annotations/000001.xml";
const LABELS = "ADEChallengeData2016/annotations/validation";
/** Of another size than the first. */
const OTHER = "ADE_val_00000002.png";
const METADATA = "surfacenormal_metadata";

/** What is damaged, of which data, and the sentence that says so. The first three are of one dataset each. */
const DAMAGED: readonly (readonly [what: string, protocol: string, damage: Damage, sentence: RegExp])[] = [
  [
    "a box outside its image",
    "detection-frozen",
    edit(ANNOTATION, "<xmax>109", "<xmax>1090"),
    /000001\.xml has a box outside its image: cat from \(77, 15\) to \(1090, 58\) in 144 x 144 pixels/,
  ],
  [
    "a label map of another size than its image",
    "segmentation",
    (data) => cpSync(join(data, LABELS, OTHER), join(data, LABELS, "ADE_val_00000001.png")),
    /the label map .*ADE_val_00000001\.png is \d+ x \d+, but its image .*ADE_val_00000001\.jpg is \d+ x \d+/,
  ],
  [
    "a truncated pickle",
    "surface-normals",
    (data) => {
      const pickle = join(data, METADATA, "all_normals.pklz");
      writeFileSync(pickle, readFileSync(pickle).subarray(0, 100_000));
    },
    /all_normals\.pklz is truncated or damaged/,
  ],
  [
    "an annotation without a size",
    "detection-frozen",
    edit(ANNOTATION, /<size>[\s\S]*<\/size>/, ""),
    /000001\.xml does not say how large its image is: expected <size> with a positive <width> and <height>/,
  ],
  [
    "a class that VOC does not have",
    "detection-frozen",
    edit(ANNOTATION, "<name>cat", "<name>zebra"),
    /000001\.xml has an object of the unknown class "zebra": known are aeroplane, /,
  ],
  [
    "a codebook of 39 rows",
    "surface-normals",
    (data) => writeFileSync(join(data, METADATA, "vocab40.mat"), matWithCodebook(39)),
    /vocab40\.mat is 39 x 3: expected 40 x 3/,
  ],
  [
    "an empty split",
    "surface-normals",
    (data) => writeFileSync(join(data, METADATA, "test_SN40.json"), "[]"),
    /is empty: its list names no image/,
  ],
];

it.each(isFull ? DAMAGED : DAMAGED.slice(0, 3))(
  "records nothing of %s, says why in one sentence and does not exit with 0",
  async (_, protocol, damage, sentence) => {
    const recorded = async () => [
      await database.client.run.count({ where: { state: "DONE" } }),
      await database.client.result.count(),
    ];
    const before = await recorded();
    const { dataset } = CASES.find((one) => one.protocol === protocol)!;
    const data = mkdtempSync(join(folder, "damaged-"));
    cpSync(join(core, "data", dataset), data, { recursive: true });
    await damage(data);
    const { code, text } = await evaluate("--protocol", protocol, "--dataset", dataset, "--data", data);
    expect(code).not.toBe(0);
    expect(text).toMatch(sentence);
    expect(await recorded()).toEqual(before);
  },
  120_000,
);

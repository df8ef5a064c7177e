/** Surface normals and segmentation by the command: recorded with curves and pictures; damaged data records nothing. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

const core = fileURLToPath(new URL("../../packages/eval-core/", import.meta.url));
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "pixels-recorded-"));
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

it("records scores with intervals, curves and pictures, and writes predictions", async () => {
  const predictions = join(folder, "predictions");
  const { code, text } = await evaluate(
    "--protocol",
    "surface-normals",
    "--dataset",
    "nyu-shapes",
    "--predictions",
    predictions,
  );
  expect(code, text).toBe(0);
  const run = await database.client.run.findFirstOrThrow({
    where: { datasetSlug: "nyu-shapes" },
    include: { results: { include: { measure: true } }, protocol: true },
  });
  expect(run.state).toBe("DONE");
  expect(run.results.map(({ measure }) => measure.slug).sort()).toEqual(
    ["mean-error", "median-error", "within-11.25", "within-22.5", "within-30"].map(
      (m) => `surface-normals/nyu-shapes/${m}`,
    ),
  );
  const mean = run.results.find(({ measure }) => measure.slug.endsWith("mean-error"))!;
  expect(mean.intervalLower).toBeLessThan(mean.value);
  expect(mean.sampleSize).toBe(20);
  const record = run.record as unknown as {
    training: { steps: number; curves: Record<string, number[]>; weightsSha256: string };
    artefacts: { role: string }[];
  };
  expect(record.training.steps).toBe(2);
  expect(record.training.curves.learningRate).toEqual([0.02, 0.02]);
  expect(record.training.curves.loss).toHaveLength(2);
  expect(record.artefacts.map(({ role }) => role)).toEqual(
    expect.arrayContaining(["image", "normals", "normals, truth"]),
  );
  expect(readdirSync(predictions)).toHaveLength(20);
}, 120_000);

it("records nothing of damaged data, says why in a sentence and does not exit with 0", async () => {
  const recorded = async () => [
    await database.client.run.count({ where: { state: "DONE" } }),
    await database.client.result.count(),
  ];
  const before = await recorded();
  const data = join(folder, "data");
  cpSync(join(core, "data/nyu-shapes"), data, { recursive: true });
  const pickle = join(data, "surfacenormal_metadata/all_normals.pklz");
  writeFileSync(pickle, readFileSync(pickle).subarray(0, 100_000));
  const truncated = await evaluate(
    "--protocol",
    "surface-normals",
    "--dataset",
    "nyu-shapes",
    "--data",
    data,
  );
  expect(truncated.code).not.toBe(0);
  expect(truncated.text).toMatch(/all_normals\.pklz is truncated or damaged/);
  writeFileSync(join(data, "surfacenormal_metadata/test_SN40.json"), "[]");
  const empty = await evaluate("--protocol", "surface-normals", "--dataset", "nyu-shapes", "--data", data);
  expect(empty.code).not.toBe(0);
  expect(empty.text).toContain("is empty: its list names no image");
  expect(await recorded()).toEqual(before);
}, 120_000);

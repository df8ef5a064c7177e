/** Labels in the shapes that people have them, and what stands beside arrays: taken as meant, and said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readFeatures } from "../../evaluations/arrays/given.ts";
import {
  type AnyTensor,
  decodeFloat16,
  encodeFloat16,
  SeededRandom,
  tensor,
  writeNpy,
} from "../../tensor/index.ts";
import { makeTerminal } from "../terminal.ts";
import { evaluateFeatures } from "./features.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const N = 30;
type Labels = (split: string) => AnyTensor;

/** Three blobs of features, so that a classifier has something to learn. */
function folderOf(labels: Labels, more: Record<string, AnyTensor> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "transferboard-labels-"));
  folders.push(folder);
  const random = new SeededRandom(1);
  for (const split of ["train", "val", "test"]) {
    const x = Float32Array.from({ length: N * 2 }, (_, i) => {
      const label = (i >> 1) % 3;
      return (i % 2 === 0 ? Math.cos(label * 2) : Math.sin(label * 2)) + random.uniform(-0.9, 0.9);
    });
    writeNpy(tensor("float32", [N, 2], x), join(folder, `${split}_x.npy`));
    writeNpy(labels(split), join(folder, `${split}_y.npy`));
  }
  for (const [name, array] of Object.entries(more)) writeNpy(array, join(folder, name));
  return folder;
}

interface Printed {
  values: { measure: string; value: number; protocol: { fingerprint: string } }[];
  warnings: string[];
}

async function evaluated(features: string): Promise<Printed> {
  const lines: string[] = [];
  const terminal = { ...makeTerminal(true), say: () => undefined, print: (text: string) => lines.push(text) };
  const context = { terminal, signal: new AbortController().signal } as unknown as Parameters<
    typeof evaluateFeatures
  >[0];
  await evaluateFeatures(context, {
    features,
    protocol: "many-shot-linear",
    given: {},
    device: "cpu",
    seed: "0",
    preprocessing: "imagenet-shorter-224",
    record: false,
    json: true,
  });
  return JSON.parse(lines.join("\n"));
}

const classOf = (row: number) => row % 3;
const numbers: Labels = () =>
  tensor(
    "int64",
    [N],
    BigInt64Array.from({ length: N }, (_, i) => BigInt(classOf(i))),
  );
/** What numbers of classes in one row give, computed once. */
let flat: Promise<Printed> | undefined;
const fromNumbers = () => {
  flat ??= evaluated(folderOf(numbers));
  return flat;
};
const measureOf = ({ values }: Printed) => values.map(({ measure, value }) => [measure, value]);

describe("labels of shape [n, 1]", () => {
  it.each<[string, Labels]>([
    [
      "int64",
      () =>
        tensor(
          "int64",
          [N, 1],
          BigInt64Array.from({ length: N }, (_, i) => BigInt(classOf(i))),
        ),
    ],
    [
      "int32",
      () =>
        tensor(
          "int32",
          [N, 1],
          Int32Array.from({ length: N }, (_, i) => classOf(i)),
        ),
    ],
    [
      "float64, as data frames give them",
      () =>
        tensor(
          "float64",
          [N, 1],
          Float64Array.from({ length: N }, (_, i) => classOf(i)),
        ),
    ],
  ])("of %s are class numbers, and that is said", async (_, column) => {
    const found = await evaluated(folderOf(column));
    expect(measureOf(found)).toEqual(measureOf(await fromNumbers()));
    expect(found.values[0]!.measure).toBe("many-shot-linear/given/accuracy");
    expect(found.warnings).toContain(
      "The train labels are one column of shape [30, 1]: taken as class numbers.",
    );
  });

  it("in one split and flat in another are the same task", async () => {
    const column: Labels = (split) =>
      split === "test"
        ? tensor(
            "int64",
            [N, 1],
            BigInt64Array.from({ length: N }, (_, i) => BigInt(classOf(i))),
          )
        : numbers(split);
    expect(measureOf(await evaluated(folderOf(column)))).toEqual(measureOf(await fromNumbers()));
  });
});

it("labels with one 1 in each row are several labels an image, and that is said", async () => {
  const hot: Labels = () =>
    tensor(
      "float32",
      [N, 3],
      Float32Array.from({ length: 3 * N }, (_, i) => Number(classOf(Math.floor(i / 3)) === i % 3)),
    );
  const { values, warnings } = await evaluated(folderOf(hot));
  expect(values[0]!.measure).toBe("many-shot-linear/given/map11");
  expect(warnings.join()).toMatch(/exactly one 1: they are taken as several labels an image/);
});

it("class numbers from 1 and with gaps are the same task as from 0", async () => {
  const other: Labels = () =>
    tensor(
      "uint8",
      [N],
      Uint8Array.from({ length: N }, (_, i) => 1 + 50 * classOf(i)),
    );
  expect(measureOf(await evaluated(folderOf(other)))).toEqual(measureOf(await fromNumbers()));
});

it("features of half precision are read as what they are", () => {
  const stored = encodeFloat16([0.1, -2, 3e4, 6e-8]);
  const folder = folderOf(numbers, { "half.npy": tensor("float16", [2, 2], stored) });
  expect(readFeatures(join(folder, "half.npy"))).toEqual({
    dtype: "float32",
    shape: [2, 2],
    data: decodeFloat16(stored),
  });
});

it("a fold order between images is refused", async () => {
  const order = tensor(
    "float64",
    [N],
    Float64Array.from({ length: N }, (_, i) => i + 0.5),
  );
  await expect(evaluated(folderOf(numbers, { "fold_order.npy": order }))).rejects.toThrow(
    /fold_order\.npy holds 0\.5: expected numbers of images/,
  );
});

it("labels of two shapes are refused", async () => {
  const mixed: Labels = (split) =>
    split === "val" ? tensor("float32", [N, 3], new Float32Array(3 * N)) : numbers(split);
  await expect(evaluated(folderOf(mixed))).rejects.toThrow(
    /of different shapes \(train \[30\]; val \[30, 3\]/,
  );
});

it("a class that is tested and never trained on is warned of", async () => {
  const strange: Labels = (split) =>
    tensor(
      "int64",
      [N],
      BigInt64Array.from({ length: N }, (_, i) => BigInt(split === "test" && i < 2 ? 7 : classOf(i))),
    );
  const { warnings } = await evaluated(folderOf(strange));
  expect(warnings).toContain(
    "The test split holds classes that no training image has (7): every test image of theirs counts as wrong.",
  );
});

it("fold_order.npy is in the calibration's fingerprint, not in the classifier's, and said", async () => {
  const order = tensor(
    "int32",
    [N],
    Int32Array.from({ length: N }, (_, i) => N - 1 - i),
  );
  const plain = await fromNumbers();
  const ordered = await evaluated(folderOf(numbers, { "fold_order.npy": order }));
  const fingerprints = ({ values }: Printed) => values.map(({ protocol }) => protocol.fingerprint);
  expect(fingerprints(ordered)[0]).toBe(fingerprints(plain)[0]);
  expect(fingerprints(ordered)[1]).not.toBe(fingerprints(plain)[1]);
  expect(ordered.warnings.join()).toMatch(/folds are those of fold_order\.npy \(30 images\)/);
});

/** LogME of several labels an image: each label's column is a target, and one label an image is the same as its columns. */
import { expect, it } from "vitest";
import { NumpyRandomState, tensor } from "../../tensor/index.ts";
import { logMe } from "./logme.ts";
import { featureSpectrum } from "./measure.ts";

const CLASSES = 3;
const random = new NumpyRandomState(4);
const made = (rows: number, features: number) => {
  const labels = Array.from({ length: rows }, (_, i) => i % CLASSES);
  const data = Float32Array.from({ length: rows * features }, (_, at) => {
    const own = labels[Math.floor(at / features)] === at % features ? 1 : 0;
    return own + random.uniform();
  });
  return { x: tensor("float32", [rows, features], data), labels };
};
const oneHot = (label: number) => Array.from({ length: CLASSES }, (_, c) => (c === label ? 1 : 0));
const evidence = async (x: Parameters<typeof featureSpectrum>[0], labels: readonly (number | number[])[]) =>
  logMe((await featureSpectrum(x, { labels })).projections!);

it.each([
  ["more rows than features", 30, 8],
  ["more features than rows", 9, 20],
])("columns of 0 and 1 give what class numbers do, with %s", async (_, rows, features) => {
  const { x, labels } = made(rows, features);
  const byNumber = await evidence(x, labels);
  expect((await evidence(x, labels.map(oneHot))).perClass).toEqual(byNumber.perClass);
});

it("a label more changes its own column alone", async () => {
  const { x, labels } = made(30, 8);
  const columns = labels.map(oneHot);
  const before = await evidence(x, columns);
  const more = columns.map((row, i) => (i % 5 === 0 ? [row[0]!, row[1]!, 1] : row));
  const after = await evidence(x, more);
  expect(after.perClass.slice(0, 2)).toEqual(before.perClass.slice(0, 2));
  expect(after.perClass[2]).not.toBe(before.perClass[2]);
});

it("a label that no image has is a target of zeros, not left out", async () => {
  const { x, labels } = made(30, 8);
  const found = await evidence(
    x,
    labels.map((label) => [...oneHot(label), 0]),
  );
  expect(found.perClass).toHaveLength(CLASSES + 1);
  expect(Number.isFinite(found.value)).toBe(true);
});

/** Folders of images as users reported them: each README.md says what was wrong and what is right. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDataset } from "../../packages/eval-core/src/datasets/index.ts";

const open = (report: string, name = "folder", folder = "data", allowPartial = false) =>
  openDataset(name, join(import.meta.dirname, report, folder), { allowPartial });
const counts = ({ splits }: Awaited<ReturnType<typeof openDataset>>) => [
  splits.train.length,
  splits.val?.length,
  splits.test.length,
];

it("a third split called validation", async () => {
  expect(counts(await open("06-folder-validation"))).toEqual([36, 12, 12]);
});

it("folders inside classes", async () => {
  const [train = 0, , test = 0] = counts(await open("07-folder-nested"));
  expect(train + test).toBe(48);
});

it("__MACOSX beside the classes", async () => {
  const dataset = await open("18-folder-macosx");
  expect(dataset.classes).toEqual(["ant", "bee", "cat"]);
});

it("Stanford Cars one folder deeper", async () => {
  const dataset = await open("19-cars-one-deeper", "cars", "cars", true);
  expect(dataset.origin.missing.filter((sentence) => sentence.includes("missing"))).toEqual([]);
  const [train, , test] = counts(dataset);
  expect(train).toBeGreaterThan(0);
  expect(test).toBeGreaterThan(0);
});

/**
 * A short training of a network that labels pixels as a process of its own, to be killed: prints a line a step, and at its
 * end the hash of the final weights and the scores.
 *
 *     node pixel-run.ts segmentation|surface-normals WORK_FOLDER
 */
import { loadCheckpoint } from "../../backbones/index.ts";
import { openAde20k } from "../../datasets/dense/ade20k.ts";
import { openNyuv2 } from "../../datasets/dense/nyuv2.ts";
import { evaluateSegmentation } from "../segmentation/evaluate.ts";
import { shippedData } from "../shipped.ts";
import { evaluateNormals } from "../surface-normals/evaluate.ts";

const [, , which, work] = process.argv as unknown as [string, string, string, string];
const checkpoint = await loadCheckpoint(shippedData("shapes-backbone.pth"));
const settings = {
  steps: 9,
  batch: 2,
  shortSizes: [40, 48],
  longest: 1000,
  testShortSizes: [40],
  poolWidth: 4,
  width: 8,
};
const common = {
  ...{ checkpoint, settings, work },
  mode: "default",
  seed: 3,
  identity: "the same",
  device: "cpu",
  threads: 1,
  saveEvery: 2,
  onStep: ({ step }: { readonly step: number }) => console.log(`step ${step}`),
} as const;
if (which === "segmentation") {
  const data = await openAde20k(shippedData("ade-shapes"), "ade-shapes", "ade-shapes");
  const few = { ...data, splits: { ...data.splits, test: data.splits.test.slice(0, 3) } };
  const { training, test } = await evaluateSegmentation({ ...common, data: few });
  console.log(`weights ${training.weightsSha256} ${test.meanIou} ${training.curves.loss!.join()}`);
} else {
  const data = await openNyuv2(shippedData("nyu-shapes"), "nyu-shapes", "nyu-shapes");
  const few = { ...data, splits: { ...data.splits, test: data.splits.test.slice(0, 3) } };
  const { training, test } = await evaluateNormals({ ...common, data: few });
  console.log(`weights ${training.weightsSha256} ${test.medianError} ${training.curves.loss!.join()}`);
}

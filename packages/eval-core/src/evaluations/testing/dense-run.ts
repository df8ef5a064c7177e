/**
 * A short evaluation of dense prediction as a process of its own, to be killed: prints a line a step, and at its end the hash
 * of the final weights, the scores and the losses.
 *
 *     node dense-run.ts detection|segmentation|surface-normals WORK_FOLDER
 */
import { loadCheckpoint } from "../../backbones/index.ts";
import { openAde20k } from "../../datasets/dense/ade20k.ts";
import { openNyuv2 } from "../../datasets/dense/nyuv2.ts";
import { findVocDetection, openVocDetection } from "../../datasets/dense/voc-detection.ts";
import { evaluateDetection } from "../detection/evaluate.ts";
import { SHORTENED, scaled } from "../detection/settings.ts";
import { evaluateSegmentation } from "../segmentation/evaluate.ts";
import { shippedData } from "../shipped.ts";
import { evaluateNormals } from "../surface-normals/evaluate.ts";

const [, , which, work] = process.argv as unknown as [string, string, string, string];
const checkpoint = await loadCheckpoint(shippedData("shapes-backbone.pth"));
const common = {
  ...{ checkpoint, work },
  mode: "default",
  seed: 3,
  identity: "the same",
  device: "cpu",
  threads: 1,
  saveEvery: 2,
  onStep: ({ step }: { readonly step: number }) => console.log(`step ${step}`),
} as const;
const settings = {
  steps: 9,
  batch: 2,
  shortSizes: [40, 48],
  longest: 1000,
  testShortSizes: [40],
  poolWidth: 4,
  width: 8,
};

interface Split<Image> {
  readonly splits: { readonly train: readonly Image[]; readonly test: readonly Image[] };
}
/** The data with three test images. */
const few = <Image, Data extends Split<Image>>(data: Data): Data => ({
  ...data,
  splits: { ...data.splits, test: data.splits.test.slice(0, 3) },
});

const RUNS: Readonly<Record<string, () => Promise<string>>> = {
  async detection() {
    const root = await findVocDetection(shippedData("voc-shapes"));
    const data = await openVocDetection(root!, "voc-shapes", "voc-shapes", { allowPartial: false });
    const schedule = { ...scaled(SHORTENED, 9), shortEdges: [64, 80], testShortEdge: 64 };
    const own = { data: few(data), setting: "detection-frozen", schedule } as const;
    const { findings, detections } = await evaluateDetection({ ...common, ...own });
    return line(findings.training, JSON.stringify(detections));
  },
  async segmentation() {
    const data = await openAde20k(shippedData("ade-shapes"), "ade-shapes", "ade-shapes");
    const { training, test } = await evaluateSegmentation({ ...common, settings, data: few(data) });
    return line(training, test.meanIou);
  },
  async "surface-normals"() {
    const data = await openNyuv2(shippedData("nyu-shapes"), "nyu-shapes", "nyu-shapes");
    const { training, test } = await evaluateNormals({ ...common, settings, data: few(data) });
    return line(training, test.medianError);
  },
};
console.log(await RUNS[which]!());

function line(
  training: { readonly weightsSha256: string; readonly curves: Readonly<Record<string, readonly number[]>> },
  tested: number | string,
): string {
  return `weights ${training.weightsSha256} ${tested} ${training.curves.loss!.join()}`;
}

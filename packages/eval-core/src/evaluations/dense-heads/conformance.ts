/**
 * The heads and algorithms of dense prediction against PyTorch's, torchvision's, detectron2's and CSAIL's: each by itself, and
 * whole narrow networks through their first steps.
 */
import {
  type ConformanceContext,
  type ConformanceKind,
  type Finding,
  findingsOf,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { anchorsCase, boxesCase, matchingCase, nmsCase, proposalsCase, roiAlignCase } from "./box-cases.ts";
import { fasterRcnnCase } from "./faster-rcnn-case.ts";
import { detectionInputsCase } from "./input-cases.ts";
import { boxLossCase, rpnLossCase } from "./loss-cases.ts";
import { dilatedResnetCase, pixelNetworkCase } from "./network-cases.ts";
import { normalsCase, pixelInputsCase, segmentationScoresCase } from "./pixel-cases.ts";
import { ade20kCase, pixelLossCase } from "./score-cases.ts";
import { vocApCase } from "./voc-ap-case.ts";

type Case = (
  folder: GoldenFolder,
  context: ConformanceContext,
  all: GoldenFolder,
) => Iterable<Finding> | AsyncIterable<Finding>;

/** One folder a case; a folder that is not there is not held. */
const CASES: Readonly<Record<string, Case>> = {
  anchors: anchorsCase,
  boxes: boxesCase,
  matching: (folder, _, all) => matchingCase(folder, all.folder("anchors")),
  nms: nmsCase,
  proposals: (folder, _, all) => proposalsCase(folder, all.folder("anchors")),
  roi_align: roiAlignCase,
  rpn_loss: (folder, context, all) => rpnLossCase(folder, all.folder("anchors"), context),
  box_loss: boxLossCase,
  faster_rcnn: fasterRcnnCase,
  voc_ap: vocApCase,
  inputs: detectionInputsCase,
  ade20k: ade20kCase,
  normals: pixelLossCase,
  dilated_resnet: dilatedResnetCase,
  pspnet: (folder, context) => pixelNetworkCase("pspnet", folder, context),
  upernet: (folder, context) => pixelNetworkCase("upernet", folder, context),
};

/** What the evaluations on pixels make of the same folders. */
const PIXEL_CASES: Readonly<Record<string, Case>> = {
  inputs: pixelInputsCase,
  normals: normalsCase,
  ade20k: segmentationScoresCase,
};

export const denseHeadsConformance: ConformanceKind = {
  kind: "dense-heads",
  title:
    "detection, segmentation and normals: boxes, losses, scores, and whole networks through their first steps",
  usesDevice: true,
  goldens: new URL("../../../golden/dense-heads/", import.meta.url),
  async *check(folder, context) {
    const held = [...Object.entries(CASES), ...Object.entries(PIXEL_CASES)].filter(([name]) =>
      folder.has(name),
    );
    for (const [name, check] of held) {
      yield* findingsOf(name, "the whole case", context.signal, () =>
        asAsync(check(folder.folder(name), context, folder)),
      );
    }
  },
};

async function* asAsync(findings: Iterable<Finding> | AsyncIterable<Finding>): AsyncGenerator<Finding> {
  yield* findings;
}

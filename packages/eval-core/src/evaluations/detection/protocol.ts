/** Faster R-CNN with a pyramid on VOC07+12: what makes two numbers comparable, and what the papers' code does otherwise. */
import { PUBLISHED_DETECTIONS } from "./boxes/detections.ts";
import {
  ANCHOR_FRACTION,
  type DetectionSchedule,
  type DetectionSetting,
  MOMENTUM,
  type Mode,
  PROPOSAL_NMS,
  REGION_FRACTION,
  WEIGHT_DECAY,
} from "./settings.ts";

export function detectionProtocol(
  setting: DetectionSetting,
  schedule: DetectionSchedule,
  mode: Mode,
  classes: number,
) {
  const exact = mode === "paper-exact";
  const { scoreThreshold, nmsThreshold, most } = PUBLISHED_DETECTIONS;
  return {
    evaluation: "detection",
    version: 1,
    network: "Faster R-CNN on a pyramid P2 to P6 without normalisation",
    trained:
      setting === "detection-frozen"
        ? "layer4's convolutions, pyramid and heads; stem to layer3 constant"
        : "all convolutions, pyramid and heads",
    batchNorm: "never changed: running statistics, weight and bias of the checkpoint",
    pyramid: { channels: schedule.width, upsampling: "nearest", p6: "every second position of P5" },
    boxHead: { pooled: 7, width: schedule.boxWidth, classes },
    headStart:
      "pyramid and box head uniform sqrt(3 / fan-in); proposal head and class scores normal 0.01; boxes normal 0.001; biases 0",
    anchors: { sides: schedule.anchorSides, ratios: [0.5, 1, 2], offset: 0 },
    matching: {
      precision: "float32, one rounding an operation",
      anchors: [0.3, 0.7],
      lowQuality: exact ? "also of objects that meet no anchor" : "only of objects that meet an anchor",
      regions: 0.5,
    },
    sampling: {
      anchorsPerImage: schedule.anchorsPerImage,
      anchorFraction: ANCHOR_FRACTION,
      regionsPerImage: schedule.regionsPerImage,
      regionFraction: REGION_FRACTION,
      objectsAreProposals: true,
    },
    proposals: {
      train: schedule.train,
      test: schedule.test,
      nms: PROPOSAL_NMS,
      groups: exact ? "by an offset of the boxes, in float32" : "compared within themselves",
    },
    pooling: { kind: "ROIAlign, aligned, adaptive sampling", canonicalSide: schedule.canonicalSide },
    losses: "binary cross-entropy and L1 of anchors, cross-entropy and L1 of regions, all of weight 1",
    steps: schedule.steps,
    batch: schedule.batch,
    batches: "two buckets, wider than high and the rest, filled from shuffled epochs",
    augmentation: {
      shortEdges: schedule.shortEdges,
      longest: schedule.longest,
      perImage: true,
      flip: 0.5,
      resize: "Pillow bilinear",
      canvasMultiple: 32,
    },
    difficult: "trained on, not counted in the test",
    normalisation: "the checkpoint's",
    optimizer: {
      name: "SGD",
      learningRate: schedule.learningRate,
      warmUp: schedule.warmUp,
      warmUpFactor: 0.001,
      milestones: schedule.milestones,
      momentum: MOMENTUM,
      weightDecay: WEIGHT_DECAY,
      weightDecayOf: "every trained parameter",
    },
    test: {
      shortEdge: schedule.testShortEdge,
      longest: schedule.longest,
      scoreThreshold,
      nms: nmsThreshold,
      most,
    },
    metric: {
      ap: "11-point, 1-based inclusive boxes, scores of 3 decimals and corners of 1, ties in the test list's order",
      overlaps: "0.50 to 0.95 by 0.05, more than",
      classes: exact ? "all, those without objects count 0" : "those with objects that count",
    },
  };
}

/** 11-point AP against the PASCAL VOC definition, and dense metrics against NumPy's, to 1e-6. */
import {
  type ConformanceKind,
  finding,
  findingsOf,
  type GoldenFolder,
  largestDifference,
} from "../conformance/index.ts";
import { angularErrors, meanAveragePrecision11, SegmentationMetric } from "./index.ts";

const ALLOWED = 1e-6;

export const map11Conformance: ConformanceKind = {
  kind: "map11",
  title: "11-point interpolated average precision, ties included",
  usesDevice: false,
  goldens: new URL("../../golden/map11/", import.meta.url),
  async *check(folder, { signal }) {
    yield* findingsOf("map11", "average precision", signal, () => {
      const expected = folder.json<{ ap_per_class: number[]; mean_ap_percent: number }>("expected.json");
      const { value, perClass } = meanAveragePrecision11(
        folder.npyOf("scores.npy", "float32"),
        folder.npyOf("labels.npy", "int32"),
      );
      return [
        finding(
          "every class",
          "AP",
          largestDifference(
            perClass.map((ap) => ap ?? Number.NaN),
            expected.ap_per_class,
          ),
          ALLOWED,
        ),
        finding("mean", "mAP in percent", Math.abs(value - expected.mean_ap_percent), ALLOWED),
      ];
    });
  },
};

interface DenseGolden {
  readonly ignore_label: number;
  readonly iou_per_class: number[];
  readonly mean_iou: number;
  readonly pixel_accuracy: number;
  readonly normals: {
    readonly mean: number;
    readonly median: number;
    readonly within: Record<string, number>;
  };
}

function segmentation(folder: GoldenFolder, expected: DenseGolden) {
  const predictions = folder.npyOf("predictions.npy", "uint8");
  const labels = folder.npyOf("labels.npy", "uint8");
  const metric = new SegmentationMetric(expected.iou_per_class.length, expected.ignore_label);
  const pixels = labels.shape[1]! * labels.shape[2]!;
  for (let start = 0; start < labels.data.length; start += pixels) {
    metric.add(predictions.data.subarray(start, start + pixels), labels.data.subarray(start, start + pixels));
  }
  const score = metric.score();
  const iou = score.iouPerClass.map((value) => value ?? Number.NaN);
  return [
    finding("segmentation", "IoU of every class", largestDifference(iou, expected.iou_per_class), ALLOWED),
    finding("segmentation", "mean IoU", Math.abs(score.meanIou - expected.mean_iou), ALLOWED),
    finding(
      "segmentation",
      "pixel accuracy in percent",
      Math.abs(score.pixelAccuracy - expected.pixel_accuracy),
      ALLOWED,
    ),
  ];
}

function normals(folder: GoldenFolder, { normals: expected }: DenseGolden) {
  const score = angularErrors(
    folder.npyOf("normals_predicted.npy", "float32").data,
    folder.npyOf("normals_true.npy", "float32").data,
    folder.npyOf("normals_valid.npy", "uint8").data,
  );
  const within = score.within.map(({ degrees, percent }) =>
    Math.abs(percent - (expected.within[String(degrees)] ?? Number.NaN)),
  );
  return [
    finding(
      "normals",
      "mean and median error in degrees",
      largestDifference([score.meanError, score.medianError], [expected.mean, expected.median]),
      ALLOWED,
    ),
    finding("normals", "shares within 11.25, 22.5, 30 degrees, in percent", Math.max(0, ...within), ALLOWED),
  ];
}

export const denseConformance: ConformanceKind = {
  kind: "dense",
  title: "mean IoU, pixel accuracy and angular errors, against NumPy's",
  usesDevice: false,
  goldens: new URL("../../golden/dense/", import.meta.url),
  async *check(folder, { signal }) {
    const expected = folder.json<DenseGolden>("expected.json");
    yield* findingsOf("segmentation", "metrics", signal, () => segmentation(folder, expected));
    yield* findingsOf("normals", "metrics", signal, () => normals(folder, expected));
  },
};

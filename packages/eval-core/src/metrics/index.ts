/**
 * What a prediction is worth: every metric of the house with its unit, direction and bounds.
 * This room imports nothing but the tensors' seeded generator, so that the API can load it alone.
 */
export {
  accuracy,
  type ClassAccuracy,
  type MeanPerClassAccuracy,
  meanPerClassAccuracy,
  topClasses,
  wilsonInterval,
  Z_95,
} from "./accuracy.ts";
export { greatestAssignment } from "./assignment.ts";
export {
  type CalibrationError,
  type CalibrationOptions,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  type ReliabilityBin,
  TEMPERATURES,
  type TemperatureFit,
} from "./calibration.ts";
export { ConfusionMatrix, type ConfusionScore } from "./confusion.ts";
export {
  angularErrors,
  intersectionOverUnion,
  type NormalsScore,
  SegmentationMetric,
  type SegmentationScore,
  WITHIN_DEGREES,
} from "./dense.ts";
export { type ClassificationReport, classificationReport } from "./f1.ts";
export { MetricError, type Score, type ScoreInterval, type ScoreMatrix } from "./input.ts";
export {
  type Map11Options,
  type MeanAveragePrecision,
  meanAveragePrecision11,
} from "./map11.ts";
export {
  type ApAtK,
  averagePrecision,
  averagePrecisionAt,
  cappedPrecisionAt,
  mapAtR,
  positivesAmong,
  trapezoidAveragePrecision,
} from "./retrieval.ts";
export { METRICS, type Metric, metricOf } from "./table.ts";
export { topKAccuracy } from "./top-k.ts";
export * from "./voc-detection.ts";

export { checkDataset, type DatasetReport } from "./check.ts";
export * from "./dataset.ts";
export {
  isLandmarks,
  LANDMARK_NAMES,
  LANDMARKS,
  type LandmarkDataset,
  landmarkLayout,
  locateLandmarks,
  openLandmarks,
  type QueryCrop,
} from "./landmarks.ts";
export { computeManifestHash } from "./manifest.ts";
export { datasetEntry, locateDataset, type OpenOptions, openDataset, SHIPPED_DATA, someOf } from "./open.ts";
export {
  DATASET_NAMES,
  DATASETS,
  type DatasetEntry,
  type DatasetName,
  type PublishedCounts,
} from "./registry.ts";
export { describeSource, type ImageSource, loadSource } from "./source.ts";
export { splitTrainVal, type TrainingSplits, trainingSplits, VALIDATION_SHARE } from "./split.ts";

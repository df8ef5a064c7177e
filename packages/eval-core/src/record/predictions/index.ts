/** Predictions of every test image: as arrays, as files, as values, and two methods' against each other. */
export {
  compareOnImages,
  type Draws,
  everyPair,
  type PairTest,
  pairOf,
  type Significance,
} from "./compare.ts";
export {
  decodePredictions,
  decodeTestSet,
  encodePredictions,
  encodeTestSet,
  PREDICTIONS_ROLE,
  PREDICTIONS_TYPE,
  type PredictionFile,
  PredictionsError,
  ranksOfScores,
  TEST_SET_ROLE,
  TEST_SET_TYPE,
  testSetName,
} from "./file.ts";
export {
  decodePictures,
  encodePictures,
  PICTURES_ROLE,
  PICTURES_TYPE,
  type SmallPicture,
} from "./pictures.ts";
export * from "./predictions.ts";
export {
  gives,
  type ImageMetric,
  imageMetricOf,
  requireFits,
  rightImages,
  tellsTop5,
  tolerated,
  valueOfPredictions,
} from "./values.ts";

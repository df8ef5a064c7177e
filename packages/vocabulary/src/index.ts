/** The fixed words that all share: kinds of evaluation, metrics, datasets, measures, suites. Data only. */
export { type DatasetFact, datasetNamed, datasets, type RecognitionTask } from "./datasets.ts";
export { ONE_LABEL, partsOf, seededMeasures } from "./measures.ts";
export { type Direction, type Metric, metricNamed, metrics } from "./metrics.ts";
export { type SettingName, settings } from "./settings.ts";
export { type Suite, type SuiteMeasure, suiteNamed, suites } from "./suites.ts";

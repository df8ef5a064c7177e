/** Backbone x images -> features, cached by content. */
export { requireAgreement } from "./agreement.ts";
export { type Backbone, backboneOf } from "./backbone.ts";
export { batchSize } from "./batches.ts";
export { type BlockStore, noCache, openCache } from "./cache.ts";
export {
  type ExtractOptions,
  type ExtractProgress,
  extractFeatures,
  FeatureError,
  type Features,
} from "./extract.ts";
export {
  countCached,
  type DatasetFeatures,
  type DatasetOptions,
  type Extractor,
  type ExtractorOptions,
  openExtractor,
} from "./extractor.ts";
export { type Network, type NetworkOptions, openNetwork } from "./network.ts";
export { PreprocessPool } from "./preprocess-pool.ts";

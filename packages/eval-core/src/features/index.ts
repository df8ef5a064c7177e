/** Backbone x images -> features, cached by content. */
export { requireAgreement } from "./agreement.ts";
export { apartOf, trial } from "./apart.ts";
export { type Backbone, type BackboneReadout, backboneOf, type ReadoutOptions } from "./backbone.ts";
export { batchSize } from "./batches.ts";
export { type BlockStore, blockPath, type FeatureBlock, noCache, openCache } from "./cache.ts";
export {
  type Extracted,
  type ExtractOptions,
  type ExtractProgress,
  extractReadouts,
  FeatureError,
} from "./extract.ts";
export {
  countCached,
  type DatasetFeatures,
  type DatasetOptions,
  type DatasetReadouts,
  type Extractor,
  type ExtractorOptions,
  openExtractor,
  type ReadoutRows,
  type Share,
} from "./extractor.ts";
export { type Network, type NetworkOptions, openNetwork } from "./network.ts";
export { PreprocessPool } from "./preprocess-pool.ts";

/** The reference data as the API holds it in memory: small, seldom changed, and read by every request. */

export const FAMILIES = ["CONTRASTIVE", "CLUSTERING", "SUPERVISED", "CONTROL", "OTHER"] as const;
export type Family = (typeof FAMILIES)[number];

export const DIRECTIONS = ["HIGHER", "LOWER", "NEITHER"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const AGGREGATES = ["MEAN", "MEAN_LOGIT", "MEAN_RANK", "BORDA"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const PROVENANCES = ["PUBLISHED", "SELF_REPORTED", "REPRODUCED"] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** Augmentations by their column in Table 10. */
export const AUGMENTATIONS = {
  JIGSAW: "jigsaw",
  GRAYSCALE: "grayscale",
  COLOUR_JITTER: "colourJitter",
  PCA_COLOUR: "pcaColour",
  SOLARIZE: "solarize",
  BLUR: "blur",
  RANDOM_CROP: "randomCrop",
  MULTI_CROP: "multiCrop",
  HORIZONTAL_FLIP: "horizontalFlip",
} as const;
export type Augmentation = keyof typeof AUGMENTATIONS;

export interface Pretraining {
  readonly dataset: string | null;
  readonly source: string | null;
  readonly epochs: number | null;
  readonly batchSize: number | null;
  readonly targetNet: boolean | null;
  readonly momentumEncoder: boolean | null;
  readonly memoryBank: boolean | null;
  readonly projectionHead: boolean | null;
  readonly jigsaw: boolean | null;
  readonly grayscale: boolean | null;
  readonly colourJitter: boolean | null;
  readonly pcaColour: boolean | null;
  readonly solarize: boolean | null;
  readonly blur: boolean | null;
  readonly randomCrop: boolean | null;
  readonly multiCrop: boolean | null;
  readonly horizontalFlip: boolean | null;
  readonly normalize: boolean | null;
}

export interface Method {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
  readonly year: number | null;
  readonly paperTitle: string | null;
  readonly paperUrl: string | null;
  readonly bibtex: string | null;
  readonly createdAt: Date;
  readonly pretraining: Pretraining | null;
}

export interface Setting {
  readonly slug: string;
  readonly title: string;
}

export interface Metric {
  readonly slug: string;
  readonly title: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly digits: number;
}

export interface Dataset {
  readonly slug: string;
  readonly title: string;
  readonly domain: string;
  readonly classCount: number | null;
  readonly trainSize: number | null;
  readonly valSize: number | null;
  readonly testSize: number | null;
}

export interface Measure {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly setting: Setting;
  readonly dataset: Dataset;
  readonly metric: Metric;
}

export interface Suite {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly aggregate: Aggregate;
  readonly measures: readonly Measure[];
  readonly rankedBy: readonly Measure[];
}

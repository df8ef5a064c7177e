/** What evaluations run on: datasets with labels, folders of images, boxes, label maps; each kind says which it takes. */
import type { ManifestOptions } from "../datasets/index.ts";

/** What everything that can be evaluated on has; a kind's own type adds items, labels, splits. */
export interface EvaluationData {
  /** The dataset's slug in measures. */
  readonly name: string;
  readonly title: string;
  /** How the splits came to be, and what a copy that is not whole lacks. */
  readonly origin: { readonly splitRule: string; readonly missing: readonly string[] };
  /** SHA-256 over everything of it that a number depends on. */
  manifestHash(options?: ManifestOptions): Promise<string>;
}

/** What the record says of a dataset. */
export interface DatasetFacts {
  readonly slug: string;
  readonly title: string;
  readonly domain: string;
  readonly classCount: number | null;
  readonly sizes?: { readonly train?: number; readonly val?: number; readonly test?: number };
  /** One's own images, which another folder of the same name contradicts. */
  readonly own?: boolean;
}

/** What of a dataset decides which measures an evaluation gives on it. */
export interface DatasetKind {
  readonly slug: string;
  readonly task: string;
  /** The metric that the paper reports of a recognition dataset. */
  readonly metric?: string;
  readonly classCount?: number | undefined;
}

export interface OpenPlace {
  /** `--data`: where datasets are; undefined for those that ship. */
  readonly folder: string | undefined;
  readonly allowPartial: boolean;
}

/** Where a kind's data comes from. */
export interface DataSource<D extends EvaluationData, O> {
  /** Names that --dataset takes. */
  readonly names: readonly string[];
  kindOf(name: string): DatasetKind;
  titleOf(name: string): string;
  /** What is meant when no name is given; undefined where one must be. */
  unnamed(folder: string | undefined, options: O): string | undefined;
  /** Where a copy lies; undefined when it is not there. @throws an error listing the names for one that is none */
  locate(name: string, folder: string | undefined, options: O): Promise<string | undefined>;
  /** For a person who has no copy: what is expected where, and where to get it. */
  expected(name: string): { readonly layout: string; readonly source: string };
  open(name: string, place: OpenPlace, options: O): Promise<D>;
  /** @param name as it was opened */
  facts(data: D, name: string): DatasetFacts;
}

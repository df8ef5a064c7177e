/** What is told of a dataset. */

/** multi-class: each image has one class; multi-label: any number of them. */
export type RecognitionTask = "multi-class" | "multi-label";

export interface DatasetFact {
  readonly slug: string;
  readonly title: string;
  readonly domain: string;
  readonly classes: number | null;
  /** Images by published split: train, validation, test; null where there is none, or all of them in no split. */
  readonly sizes: readonly [train: number | null, val: number | null, test: number | null];
  /** Of recognition datasets: what a label is, and the metric that the paper reports. */
  readonly recognition?: { readonly task: RecognitionTask; readonly metric: string };
}

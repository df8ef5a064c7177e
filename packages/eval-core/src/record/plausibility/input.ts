/** What the checks look at: offered values, what is known of measures and datasets, and the rounding of a number. */
import { partsOf } from "@transferboard/vocabulary";
import type { Bounds } from "../forecast/scale.ts";

export interface OfferedValue {
  /** setting/dataset/metric */
  readonly measure: string;
  readonly value: number;
  readonly interval?: { readonly lower: number; readonly upper: number } | null;
  readonly sampleSize?: number | null;
  readonly seeds?: readonly number[] | null;
  /** Its protocol's fingerprint; values without one share "no protocol". */
  readonly protocol?: string | null;
}

/** What the catalogue knows. Undefined where it does not. */
export interface Facts {
  readonly bounds: (measure: string) => Bounds;
  /** Images of the published test split. */
  readonly testSize: (dataset: string) => number | undefined;
  readonly classes: (dataset: string) => number | undefined;
  /** Test images of each class. */
  readonly classSizes: (dataset: string) => readonly number[] | undefined;
}

export interface Measure {
  readonly setting: string;
  readonly dataset: string;
  readonly metric: string;
}

export { partsOf as measureOf };

export const isFewShot = ({ setting }: Measure): boolean => /^few-shot-\d+$/.test(setting);

/** Whether the value is a share of test images (or queries) that were answered rightly. */
export function isAccuracy(measure: Measure): boolean {
  if (isFewShot(measure)) return true;
  return (
    ["many-shot-linear", "many-shot-finetune", "imagenet"].includes(measure.setting) &&
    ["accuracy", "top1", "mean-per-class-accuracy"].includes(measure.metric)
  );
}

/** Queries of a few-shot episode: 5 classes of 15. */
export const QUERIES = 75;
export const EPISODES = 600;

/** Decimals of the shortest decimal that reads back as this double. */
export function decimalsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

/** How far the true number may lie from the printed one: half a last digit, or float32's rounding. */
export const halfUnit = (value: number): number =>
  Math.max(0.5 * 10 ** -decimalsOf(value), Math.abs(value) * 2 ** -22);

/** Whether 100 k / n of some whole k, rounded or cut to its decimals or to float32, is the value. */
export function isAttainable(value: number, n: number): boolean {
  const low = value - halfUnit(value) - 1e-9;
  const high = value + Math.max(10 ** -decimalsOf(value), Math.abs(value) * 2 ** -22) + 1e-9;
  return Math.floor((high * n) / 100) >= Math.ceil((low * n) / 100);
}

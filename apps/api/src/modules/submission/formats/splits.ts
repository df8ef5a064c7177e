/** Which splits of a dataset its published results are of. */

/** Datasets whose validation split is the one that everybody tests on: their test labels are not public, or there are none. */
const TESTED_ON_VALIDATION = /^(imagenet.*|objectnet|ade20k|food|food101|tiny-imagenet)$/;
const VALIDATION = new Set(["validation", "val", "valid", "dev"]);

/** @param measure setting/dataset/metric */
export function isTestSplit(split: string, measure: string): boolean {
  const name = split.trim().toLowerCase();
  if (name === "test" || name === "testing") return true;
  return VALIDATION.has(name) && TESTED_ON_VALIDATION.test(measure.split("/")[1] ?? "");
}

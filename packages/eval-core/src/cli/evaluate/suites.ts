/** The suites that can be evaluated here: which setting, and the datasets in the registry's order. */
import { DATASET_NAMES, datasetEntry } from "../../datasets/index.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

/** The setting of each suite; its datasets are those that name it in the registry. */
const SETTING_OF: Readonly<Record<string, string>> = {
  demo: "many-shot-linear",
  "many-shot-linear": "many-shot-linear",
  "many-shot-finetune": "many-shot-finetune",
  "few-shot-kornblith": "few-shot-20",
  "few-shot-kornblith-5": "few-shot-5",
  "few-shot-kornblith-50": "few-shot-50",
  "few-shot-cdfsl": "few-shot-20",
  "few-shot-cdfsl-5": "few-shot-5",
  "few-shot-cdfsl-50": "few-shot-50",
};

export const SUITE_NAMES = Object.keys(SETTING_OF);

export function suiteNamed(name: string): { setting: string; datasets: readonly string[] } {
  const setting = Object.hasOwn(SETTING_OF, name) ? SETTING_OF[name] : undefined;
  if (setting === undefined) {
    throw new CommandError(`unknown suite '${name}': known are ${SUITE_NAMES.join(", ")}`, EXIT.usage);
  }
  return {
    setting,
    datasets: DATASET_NAMES.filter((dataset) => datasetEntry(dataset).suites.includes(name)),
  };
}

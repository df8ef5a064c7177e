/** The suites that can be evaluated here, as settings and datasets in the order of their columns. */
import { suites } from "@transferboard/vocabulary";
import { targetOfMeasure } from "../../evaluations/settings.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

export interface SuiteTarget {
  readonly setting: string;
  readonly dataset: string;
}

/** What must be evaluated for the columns of a suite; columns that no evaluation gives are left out. */
const targetsOf = (measures: readonly { readonly slug: string }[]): SuiteTarget[] => {
  const targets = measures.flatMap(({ slug }) => {
    const target = targetOfMeasure(slug);
    return target ? target.datasets.map((dataset) => ({ setting: target.setting, dataset })) : [];
  });
  return [...new Map(targets.map((target) => [`${target.setting}/${target.dataset}`, target])).values()];
};

/** Those with a column that an evaluation gives. */
export const suiteNames = (): string[] =>
  suites.filter(({ measures }) => targetsOf(measures).length > 0).map(({ slug }) => slug);

/** @throws CommandError for a suite that is none, or of which nothing can be evaluated */
export function suiteTargets(name: string): SuiteTarget[] {
  const targets = targetsOf(suites.find(({ slug }) => slug === name)?.measures ?? []);
  if (targets.length > 0) return targets;
  throw new CommandError(`unknown suite '${name}': known are ${suiteNames().join(", ")}`, EXIT.usage);
}

/** The suites that can be evaluated here, as settings and datasets in the order of their columns. */
import { suites } from "@transferboard/vocabulary";
import type { AnyKind } from "../kind.ts";
import { type GivenOptions, isRemote, type Option } from "../options.ts";
import { kindOf, ProtocolError, type Setting, settingNamed, targetOfMeasure } from "../settings.ts";

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

/** @throws ProtocolError for a suite that is none, or of which nothing can be evaluated */
export function suiteTargets(name: string): SuiteTarget[] {
  const targets = targetsOf(suites.find(({ slug }) => slug === name)?.measures ?? []);
  if (targets.length > 0) return targets;
  throw new ProtocolError(`unknown suite '${name}': known are ${suiteNames().join(", ")}`);
}

/** What is asked: every column of a suite, or one measure. */
export type Asked = { readonly suite: string } | { readonly measure: string };

/** The targets of what is asked. @throws ProtocolError for a suite or a measure that no evaluation gives */
export function targetsOfAsked(asked: Asked): SuiteTarget[] {
  if ("suite" in asked) return suiteTargets(asked.suite);
  const target = targetOfMeasure(asked.measure);
  if (!target) throw new ProtocolError(`no evaluation gives the measure ${asked.measure}`);
  return target.datasets.map((dataset) => ({ setting: target.setting, dataset }));
}

/**
 * The settings of several targets under one set of options: each takes those that it has.
 * @throws ProtocolError for a value that is none, or an option that none of them has
 */
export function settingsFor(targets: readonly SuiteTarget[], given: GivenOptions): Map<string, Setting> {
  const names = [...new Set(targets.map(({ setting }) => setting))];
  const kinds = names.map((name) => kindOf(name));
  return new Map(
    names.map((name, i) => {
      const own = Object.entries(given).filter(
        ([key]) => has(kinds[i]!, key) || !kinds.some((kind) => has(kind, key)),
      );
      return [name, settingNamed(name, Object.fromEntries(own))];
    }),
  );
}

const has = ({ options }: AnyKind, key: string) => Object.hasOwn(options, key);

/**
 * The same, of what somebody else asks for.
 * @throws ProtocolError besides for an option that names a file or folder, which is not looked at: it is of their machine
 */
export function settingsFromAfar(targets: readonly SuiteTarget[], given: GivenOptions): Map<string, Setting> {
  for (const { setting } of targets) {
    const options = kindOf(setting).options as Record<string, Option<unknown>>;
    for (const key of Object.keys(given)) {
      const option = Object.hasOwn(options, key) ? options[key]! : undefined;
      if (option === undefined || isRemote(option)) continue;
      const flag = option.flag.split(" ")[0];
      throw new ProtocolError(`${flag} names a file of one machine: it cannot be asked for from afar`);
    }
  }
  return settingsFor(targets, given);
}

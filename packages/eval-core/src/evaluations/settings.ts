/** Finding an evaluation by what is asked: a setting's name and its options, or a measure. */
import type { AnyKind, Derivation } from "./kind.ts";
import { type GivenOptions, helpOf, isRemote, keyOf, type Option, parseOptions } from "./options.ts";
import { ProtocolError } from "./protocol-error.ts";
import { EVALUATIONS } from "./registry.ts";

export { ProtocolError };

/** A setting with its options: all that is asked but for data and checkpoint. */
export interface Setting {
  readonly kind: AnyKind;
  readonly name: string;
  readonly options: object;
}

export const settingNames = (kinds: readonly AnyKind[] = EVALUATIONS): string[] =>
  kinds.flatMap(({ settings }) => settings.map(({ name }) => name));

/** The kind that has this setting. @throws ProtocolError listing the settings */
export function kindOf(setting: string, kinds: readonly AnyKind[] = EVALUATIONS): AnyKind {
  const kind = kinds.find(({ settings }) => settings.some(({ name }) => name === setting));
  if (kind) return kind;
  throw new ProtocolError(`unknown protocol '${setting}': known are ${settingNames(kinds).join(", ")}`);
}

/** @throws ProtocolError for a setting or option value that is none, and for an option of other settings */
export function settingNamed(
  name: string,
  given: GivenOptions = {},
  kinds: readonly AnyKind[] = EVALUATIONS,
): Setting {
  const kind = kindOf(name, kinds);
  for (const key of Object.keys(given)) {
    if (given[key] === undefined || Object.hasOwn(kind.options, key)) continue;
    const option = optionsOf(kinds).find((one) => one.key === key);
    throw new ProtocolError(
      option
        ? `${option.flag.split(" ")[0]} is of ${option.settings.join(", ")}: '${name}' has none`
        : `'${name}' has no option '${key}': it has ${Object.keys(kind.options).join(", ") || "none"}`,
    );
  }
  return { kind, name, options: parseOptions(kind.options, given) };
}

export interface CommandOption {
  readonly key: string;
  readonly flag: string;
  readonly help: string;
  /** The settings that have it. */
  readonly settings: readonly string[];
  /** Whether a queue may carry it: paths of one machine mean nothing on another. */
  readonly remote: boolean;
}

/** Every option of every kind, once a flag, for the command's help. @throws Error where two kinds write one flag differently */
export function optionsOf(kinds: readonly AnyKind[] = EVALUATIONS): CommandOption[] {
  const byKey = new Map<string, { flag: string; remote: boolean; by: { help: string; kind: AnyKind }[] }>();
  for (const kind of kinds) {
    for (const [key, option] of Object.entries<Option<unknown>>(kind.options)) {
      if (keyOf(option.flag) !== key)
        throw new Error(`${kind.name}: '${key}' is not the key of ${option.flag}`);
      const known = byKey.get(key) ?? { flag: option.flag, remote: isRemote(option), by: [] };
      if (known.flag !== option.flag)
        throw new Error(
          `${kind.name} writes '${option.flag}', another evaluation '${known.flag}': use one form`,
        );
      known.by.push({ help: helpOf(option), kind });
      byKey.set(key, known);
    }
  }
  return [...byKey].map(([key, { flag, remote, by }]) => {
    const groups = Map.groupBy(by, ({ help }) => help);
    const help = [...groups].map(([words, of]) => `${words} (${of.map(({ kind }) => kind.name).join(", ")})`);
    return { key, flag, remote, help: help.join("; "), settings: settingNames(by.map(({ kind }) => kind)) };
  });
}

/** What must be evaluated so that a measure gets its value: one setting on one dataset, or on several. */
export interface MeasureTarget {
  readonly setting: string;
  readonly datasets: readonly string[];
}

/** Undefined for a measure that no evaluation gives. */
export function targetOfMeasure(
  slug: string,
  kinds: readonly AnyKind[] = EVALUATIONS,
): MeasureTarget | undefined {
  for (const kind of kinds) {
    const derivation = kind.derivations?.find(({ measures }: Derivation<object>) => measures.includes(slug));
    if (derivation) return { setting: derivation.setting, datasets: derivation.datasets };
  }
  const dataset = slug.split("/")[1] ?? "";
  for (const kind of kinds) {
    if (!kind.data.names.includes(dataset)) continue;
    const setting = kind.settings.find(({ name }) =>
      kind.measures(name, kind.data.kindOf(dataset)).some((measure) => measure.slug === slug),
    );
    if (setting) return { setting: setting.name, datasets: [dataset] };
  }
  return undefined;
}

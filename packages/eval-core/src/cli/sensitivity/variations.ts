/** What `transferboard sensitivity` tries: one evaluation, and the same with one of its options changed at a time. */
import { optionsOf } from "../../evaluations/settings.ts";
import type { EvaluateOptions } from "../evaluate/request.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

export interface Variation {
  /** The option's long name: readout, preprocessing, seed, or one of the evaluation's own. */
  readonly field: string;
  readonly value: string;
  readonly options: EvaluateOptions;
}

const COMMON = ["readout", "preprocessing", "normalisation", "seed"] as const;
type Common = (typeof COMMON)[number];

const isCommon = (field: string): field is Common => (COMMON as readonly string[]).includes(field);

/** Of the evaluations' own options: as it is written -> its key. Switches are given by their name alone. */
const ownOptions = () =>
  new Map(
    optionsOf().map(({ key, flag }) => [
      /--([a-z0-9-]+)/.exec(flag)![1]!,
      { key, isSwitch: !flag.includes("<") },
    ]),
  );

/**
 * @param asked "readout=pooled,class-token", one text a field
 * @throws CommandError on an unknown field, an empty value, or one that is named twice
 */
export function variationsOf(options: EvaluateOptions, asked: readonly string[]): Variation[] {
  const own = ownOptions();
  const seen = new Set<string>();
  return asked.flatMap((text) => {
    const at = text.indexOf("=");
    const field = at < 0 ? text : text.slice(0, at);
    const known = own.get(field);
    if (!isCommon(field) && !known) {
      throw new CommandError(
        `--vary ${text}: '${field}' is no option of an evaluation: known are ${[...COMMON, ...own.keys()].join(", ")}`,
        EXIT.usage,
      );
    }
    if (known?.isSwitch && at < 0) {
      return [
        { field, value: "on", options: { ...options, given: { ...options.given, [known.key]: true } } },
      ];
    }
    return text
      .slice(at + 1)
      .split(",")
      .map((value): Variation => {
        if (at < 0 || value === "" || known?.isSwitch) {
          const form = known?.isSwitch ? field : `${field}=VALUE[,VALUE...]`;
          throw new CommandError(`--vary must be written ${form}: found '${text}'`, EXIT.usage);
        }
        if (seen.has(`${field}=${value}`))
          throw new CommandError(`--vary names ${field}=${value} twice`, EXIT.usage);
        seen.add(`${field}=${value}`);
        const changed = isCommon(field)
          ? { ...options, [field]: value }
          : { ...options, given: { ...options.given, [known!.key]: value } };
        return { field, value, options: changed };
      });
  });
}

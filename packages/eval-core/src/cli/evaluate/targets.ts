/** From what is asked (a dataset, a suite, a measure) to the settings and datasets that are evaluated. */
import type { GivenOptions } from "../../evaluations/options.ts";
import { kindOf, type Setting, settingNamed, targetOfMeasure } from "../../evaluations/settings.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { EvaluateOptions, Target } from "./request.ts";
import { suiteTargets } from "./suites.ts";

type Asked = Pick<EvaluateOptions, "suite" | "measure" | "dataset" | "data" | "protocol" | "given">;

/** @throws CommandError or ProtocolError where it says nothing that can be evaluated */
export function targetsOf({ suite, measure, dataset, data, protocol, given }: Asked): Target[] {
  if (suite !== undefined) {
    if (dataset !== undefined) {
      throw new CommandError("--suite names its datasets: leave --dataset out", EXIT.usage);
    }
    return ofSuite(suite, given);
  }
  if (measure !== undefined) {
    const target = targetOfMeasure(measure);
    if (!target) throw new CommandError(`no evaluation gives the measure ${measure}`, EXIT.usage);
    return on(settingNamed(target.setting, given), target.datasets);
  }
  const setting = settingNamed(protocol, given);
  const source = setting.kind.data;
  const name = dataset ?? source.unnamed(data, setting.options);
  if (name === undefined) {
    throw new CommandError(
      "say on what: --dataset NAME, --suite NAME, or --data DIR with images by class",
      EXIT.usage,
    );
  }
  // Throws for a name that is none, listing those that are.
  source.titleOf(name);
  return on(setting, [name]);
}

/** Options are for those of its settings that have them. @throws ProtocolError for one that none has */
function ofSuite(suite: string, given: GivenOptions): Target[] {
  const targets = suiteTargets(suite);
  const kinds = [...new Set(targets.map(({ setting }) => kindOf(setting)))];
  const settings = new Map<string, Setting>();
  for (const { setting } of targets) {
    const { options } = kindOf(setting);
    const own = Object.entries(given).filter(
      ([key]) => Object.hasOwn(options, key) || !kinds.some((kind) => Object.hasOwn(kind.options, key)),
    );
    settings.set(setting, settingNamed(setting, Object.fromEntries(own)));
  }
  return targets.map(({ setting, dataset }) => ({ setting: settings.get(setting)!, dataset }));
}

const on = (setting: Setting, datasets: readonly string[]): Target[] =>
  datasets.map((dataset) => ({ setting, dataset }));

/** @throws CommandError for a dataset whose files must be brought, when nobody said where they are. */
export async function requireShipped({ setting: { kind, options }, dataset }: Target): Promise<void> {
  if ((await kind.data.locate(dataset, undefined, options)) !== undefined) return;
  const { source } = kind.data.expected(dataset);
  throw new CommandError(
    `say where the files of ${kind.data.titleOf(dataset)} are: --data DIR (${source})`,
    EXIT.usage,
  );
}

/** For a protocol that makes its images in its own way, --preprocessing would say nothing. */
export function requirePreprocessing({ preprocessing, protocol }: EvaluateOptions): void {
  if (preprocessing === undefined || kindOf(protocol).needs.preprocessing) return;
  throw new CommandError(
    `--preprocessing is not for ${protocol}: its protocol says how images are made`,
    EXIT.usage,
  );
}

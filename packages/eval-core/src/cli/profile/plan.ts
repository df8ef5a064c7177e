/** What a profile runs: every evaluation that the data allow, cheapest and most telling first, as far as a budget goes. */
import { partsOf, suites } from "@transferboard/vocabulary";
import { DATASET_NAMES, type Dataset, datasetEntry, locateDataset } from "../../datasets/index.ts";
import type { GivenOptions } from "../../evaluations/options.ts";
import { kindOf, type Setting, settingNamed } from "../../evaluations/settings.ts";
import { PASSES_OF_A_STEP, type Plan, type PlannedTarget } from "../evaluate/dry-run.ts";
import type { Target } from "../evaluate/request.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

/** In the order in which they are worth their time: no training, then probes by their cost, then the longest. */
export const PROFILE: readonly string[] = [
  "knn",
  "predictor",
  "retrieval",
  "few-shot-5",
  "few-shot-20",
  "few-shot-linear-16",
  "linear-bn-lars",
  "many-shot-linear",
  "linear-bn",
  "logistic-regression-dinov3",
  "few-shot-50",
  "dense-knn",
  "linear-segmentation-cached",
];

/** What a profile asks of an evaluation that would take days on two cores by its own defaults. */
const OPTIONS: Readonly<Record<string, GivenOptions>> = {
  "linear-segmentation-cached": { schedule: "shortened" },
};
const settingOf = (name: string): Setting => settingNamed(name, OPTIONS[name]);

/**
 * The datasets of a folder: those of the registry that lie in it, or else the folder itself as images by class; what
 * ships where no folder is given.
 */
export async function datasetsIn(folder: string | undefined, named: string | undefined): Promise<string[]> {
  if (named !== undefined) {
    const known = PROFILE.some((setting) => kindOf(setting).data.names.includes(named));
    if (!known) datasetEntry(named);
    return [named];
  }
  const names = [...new Set(PROFILE.flatMap((setting) => kindOf(setting).data.names))];
  const found: string[] = [];
  for (const name of names) if (await isThere(name, folder)) found.push(name);
  if (found.some((name) => (DATASET_NAMES as readonly string[]).includes(name))) return found;
  return folder === undefined ? found : [...found, "folder"];
}

async function isThere(name: string, folder: string | undefined): Promise<boolean> {
  if (name === "folder") return false;
  if ((DATASET_NAMES as readonly string[]).includes(name))
    return (await locateDataset(name, folder)) !== undefined;
  const setting = settingOf(PROFILE.find((one) => kindOf(one).data.names.includes(name))!);
  return (await setting.kind.data.locate(name, folder, setting.options)) !== undefined;
}

/** The boards of whole profiles, of those datasets that have one. */
export const profileBoards = (datasets: readonly string[]): string[] =>
  suites
    .filter(({ slug }) => slug.startsWith("profile-"))
    .filter(({ measures }) => measures.some(({ slug }) => datasets.includes(partsOf(slug).dataset)))
    .map(({ slug }) => slug);

/** Every setting of the profile on every dataset that it is for, by setting. */
export function profileTargets(datasets: readonly string[]): Omit<Target, "readout">[] {
  const targets = PROFILE.flatMap((name) => {
    const setting = settingOf(name);
    const { data, measures } = setting.kind;
    return datasets
      .filter((dataset) => isFor(data.names, dataset) && measures(name, data.kindOf(dataset)).length > 0)
      .map((dataset) => ({ setting, dataset }));
  });
  if (targets.length > 0) return targets;
  throw new CommandError(
    `no evaluation of the profile is for ${datasets.join(", ") || "what is there"}: say which data by --data DIR or --dataset NAME`,
    EXIT.usage,
  );
}

/** One's own folder is of every recognition evaluation. */
const isFor = (names: readonly string[], dataset: string) =>
  names.includes(dataset) || (dataset === "folder" && names.includes("digits"));

/** Why an evaluation would fail on a dataset; undefined where it would not. */
export function obstacle(
  { setting: { name } }: Pick<Target, "setting">,
  { splits, classes }: Dataset,
): string | undefined {
  const shot = /^few-shot-(\d+)$/.exec(name)?.[1];
  if (shot === undefined) return undefined;
  const need = Number(shot) + 15;
  const counts = new Map<unknown, number>();
  for (const { label } of [...splits.train, ...(splits.val ?? []), ...splits.test]) {
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const enough = [...counts.values()].filter((n) => n >= need).length;
  return enough >= 5
    ? undefined
    : `${enough} of ${classes.length} classes have the ${need} images of an episode: five are needed`;
}

export interface Chosen {
  readonly targets: readonly Target[];
  readonly leftOut: readonly { readonly target: Target; readonly seconds: number }[];
  /** Of all targets, its sums of those that are chosen. */
  readonly plan: Plan;
}

export const BEYOND = "beyond the budget";

/**
 * What fits a budget, in order; the extraction of a dataset counts with the first evaluation that needs it.
 * @param plan of these targets, one each
 */
export function chooseWithin(
  targets: readonly Target[],
  plan: Plan,
  budgetSeconds = Number.POSITIVE_INFINITY,
): Chosen {
  const extracted = new Set<string>();
  const chosen: Target[] = [];
  const leftOut: Chosen["leftOut"][number][] = [];
  const sums = { extractionSeconds: 0, trainingSeconds: 0, seconds: 0 };
  const planned = targets.map((target, i): PlannedTarget => {
    const alone = plan.targets[i]!;
    const own =
      extracted.has(target.dataset) && alone.toExtract !== undefined ? { ...alone, toExtract: 0 } : alone;
    const extraction = (own.toExtract ?? 0) / plan.imagesPerSecond;
    const training = (PASSES_OF_A_STEP * (own.toTrain ?? 0)) / plan.imagesPerSecond;
    const seconds = extraction + training + (own.seconds ?? 0);
    if (sums.seconds + seconds > budgetSeconds) {
      leftOut.push({ target, seconds });
      return { ...own, state: "left out", reason: BEYOND };
    }
    if (own.toExtract !== undefined) extracted.add(target.dataset);
    chosen.push(target);
    sums.extractionSeconds += extraction;
    sums.trainingSeconds += training;
    sums.seconds += seconds;
    return own;
  });
  return { targets: chosen, leftOut, plan: { ...plan, targets: planned, ...sums } };
}

/** "30m", "90s", "2h", "1h30m" -> seconds. @throws CommandError */
export function budgetSeconds(text: string): number {
  const [, hours, minutes, seconds] =
    /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text) ?? [];
  const total = 3600 * Number(hours ?? 0) + 60 * Number(minutes ?? 0) + Number(seconds ?? 0);
  if (total > 0) return total;
  throw new CommandError(`--budget must be a time such as 30m, 90s or 1h30m, not '${text}'`, EXIT.usage);
}

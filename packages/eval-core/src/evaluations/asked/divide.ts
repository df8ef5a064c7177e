/**
 * Divides what is asked into jobs for as many workers: shares of the features of a large dataset, one job a dataset, and where
 * an evaluation falls into parts, one a part, with the dataset's job after them. What closes the evaluation is the request's
 * own job, after all of these.
 */
import { datasetNamed } from "@transferboard/vocabulary";
import { readsPooled } from "../kind.ts";
import type { GivenOptions } from "../options.ts";
import { type Asked, settingsFromAfar, targetsOfAsked } from "./suites.ts";

interface Column {
  readonly setting: string;
  readonly dataset: string;
}

/** A job to be, as the queue takes it. */
export interface JobToBe {
  readonly work:
    | ({ readonly kind: "EXTRACTION"; readonly share: number; readonly of: number } & Column)
    | ({ readonly kind: "PART"; readonly part: number } & Column)
    | ({ readonly kind: "DATASET" } & Column);
  /** For people. */
  readonly title: string;
  /** Places of those that must have ended before it; each smaller than its own. */
  readonly after: readonly number[];
}

/** A grid with more points is worked out by one job: each would cost the queue more than it is worth. */
const MOST_PARTS = 500;
/** Images whose features are worth a job of their own: some minutes of a CPU, or half a minute of a graphics card. */
const IMAGES_A_SHARE = 10_000;
const MOST_SHARES = 64;

/**
 * @param imagesAShare of what features are divided by; a dataset of fewer is extracted by whoever evaluates on it
 * @returns none where there is nothing to divide @throws ProtocolError as `settingsFromAfar`
 */
export function jobsOfAsked(
  asked: Asked,
  given: GivenOptions,
  imagesAShare: number = IMAGES_A_SHARE,
): JobToBe[] {
  const targets = targetsOfAsked(asked);
  const settings = settingsFromAfar(targets, given);
  const jobs: JobToBe[] = [];
  /** Places of the shares by dataset: evaluations on the same images have the same features. */
  const extracted = new Map<string, readonly number[]>();
  for (const { setting, dataset } of targets) {
    const { kind, options } = settings.get(setting)!;
    const title = kind.data.titleOf(dataset);
    const put = (some: readonly JobToBe[]) => {
      const first = jobs.length;
      jobs.push(...some);
      return some.map((_, i) => first + i);
    };
    let shares: readonly number[] = [];
    if (readsPooled(kind)) {
      shares = extracted.get(dataset) ?? put(sharesOf({ setting, dataset }, title, imagesAShare));
      extracted.set(dataset, shares);
    }
    const words: readonly string[] = kind.division?.parts(options) ?? [];
    const isDivided = words.length > 1 && words.length <= MOST_PARTS;
    const parts = put(
      (isDivided ? words : []).map((of, part) => ({
        ...{ work: { kind: "PART", setting, dataset, part }, title: `${title}: ${of}`, after: shares },
      })),
    );
    const own = parts.length > 0 ? `${title}: selection and refit` : title;
    put([{ work: { kind: "DATASET", setting, dataset }, title: own, after: [...shares, ...parts] }]);
  }
  return jobs.length > 1 ? jobs : [];
}

/** None of a dataset of unknown size, or of fewer images than are worth it. */
function sharesOf(column: Column, title: string, imagesAShare: number): JobToBe[] {
  const images = (datasetNamed(column.dataset)?.sizes ?? []).reduce<number>((sum, n) => sum + (n ?? 0), 0);
  const of = Math.min(MOST_SHARES, Math.ceil(images / imagesAShare));
  if (of < 2) return [];
  return Array.from({ length: of }, (_, share) => ({
    work: { kind: "EXTRACTION", ...column, share, of },
    title: `${title}: features, share ${share + 1} of ${of}`,
    after: [],
  }));
}

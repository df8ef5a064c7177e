/**
 * Divides what is asked into jobs for as many workers: one a dataset, and where an evaluation falls into parts, one a
 * part, with the dataset's job after them. What closes the evaluation is the request's own job, after all of these.
 */
import type { GivenOptions } from "../options.ts";
import { type Asked, settingsFromAfar, targetsOfAsked } from "./suites.ts";

interface Column {
  readonly setting: string;
  readonly dataset: string;
}

/** A job to be, as the queue takes it. */
export interface JobToBe {
  readonly work:
    | ({ readonly kind: "PART"; readonly part: number } & Column)
    | ({ readonly kind: "DATASET" } & Column);
  /** For people. */
  readonly title: string;
  /** Places of those that must have ended before it; each smaller than its own. */
  readonly after: readonly number[];
}

/** A grid with more points is worked out by one job: each would cost the queue more than it is worth. */
const MOST_PARTS = 500;

/** @returns none where there is nothing to divide @throws ProtocolError as `settingsFromAfar` */
export function jobsOfAsked(asked: Asked, given: GivenOptions): JobToBe[] {
  const targets = targetsOfAsked(asked);
  const settings = settingsFromAfar(targets, given);
  const jobs: JobToBe[] = [];
  for (const { setting, dataset } of targets) {
    const { kind, options } = settings.get(setting)!;
    const parts: readonly string[] = kind.division?.parts(options) ?? [];
    const title = kind.data.titleOf(dataset);
    const first = jobs.length;
    if (parts.length > 1 && parts.length <= MOST_PARTS) {
      parts.forEach((words, part) => {
        const work = { kind: "PART", setting, dataset, part } as const;
        jobs.push({ work, title: `${title}: ${words}`, after: [] });
      });
    }
    const after = jobs.slice(first).map((_, i) => first + i);
    jobs.push({
      work: { kind: "DATASET", setting, dataset },
      title: after.length > 0 ? `${title}: selection and refit` : title,
      after,
    });
  }
  return jobs.length > 1 ? jobs : [];
}

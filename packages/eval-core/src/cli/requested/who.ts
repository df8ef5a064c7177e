/** Who did what of a run, where and how long: kept in the run's own record, under "work". */
import type { JobFound, JobWork } from "@transferboard/prisma";
import type { Store } from "../../jobs/index.ts";
import type { Device } from "../../runtime/index.ts";

interface Job {
  /** What it was of, in words. */
  readonly job: string;
  readonly worker: string | null;
  readonly device?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly seconds: number;
  /** How often it was taken; the last time is the one that counts. */
  readonly attempts: number;
}

interface OwnJob {
  readonly job: JobWork | undefined;
  readonly found: readonly JobFound[];
  readonly startedAt: Date;
  readonly device: Device;
  readonly worker: string;
  readonly attempts: number;
}

/** The jobs that a run came out of, the one that records it last. */
export function workOf({ job, found, startedAt, ...own }: OwnJob): { readonly jobs: Job[] } {
  const others = found.map((one) => ({
    ...{ job: one.title, worker: one.worker, attempts: one.taken.at(-1)?.attempt ?? 1 },
    ...times(one.startedAt, one.finishedAt),
  }));
  const { worker, device, attempts } = own;
  const last = { job: titleOf(job, found), worker, device, attempts };
  return { jobs: [...others, { ...last, ...times(startedAt, new Date()) }] };
}

function titleOf(job: JobWork | undefined, found: readonly JobFound[]): string {
  if (job !== undefined && found.some(({ work }) => work.kind === "PART")) return "selection and refit";
  if (job !== undefined) return found.length > 0 ? "all but the features" : "whole evaluation";
  return found.length > 0 ? "final values over all datasets" : "whole evaluation";
}

const times = (startedAt: Date, finishedAt: Date) => ({
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt.toISOString(),
  seconds: Math.round(finishedAt.getTime() - startedAt.getTime()) / 1000,
});

/** A store that writes down with every run who worked on it. */
export const storeWithWork = (store: Store, work: () => { readonly jobs: readonly Job[] }): Store => ({
  ...store,
  record: (evaluation, companions) => {
    const record = { ...evaluation.run.record, work: work() };
    return store.record({ ...evaluation, run: { ...evaluation.run, record } }, companions);
  },
});

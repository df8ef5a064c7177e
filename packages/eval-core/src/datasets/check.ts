/** What of a dataset is on disk, what is missing, and where to get it: the answer of `transferboard dataset check`. */
import { DatasetError } from "./dataset.ts";
import { datasetEntry, differences, locateDataset, problemOf, readDataset } from "./open.ts";
import type { PublishedCounts } from "./registry.ts";

export interface DatasetReport {
  readonly name: string;
  readonly title: string;
  /** Where the copy lies; undefined when there is none. */
  readonly root: string | undefined;
  /** whole: as published, fit to evaluate on; partial: readable with allowPartial; absent; damaged: cannot be read. */
  readonly state: "whole" | "partial" | "absent" | "damaged";
  /** One sentence each on what is missing, different or damaged. */
  readonly problems: readonly string[];
  /** Listed files that are not there. */
  readonly missing: readonly string[];
  readonly counts: PublishedCounts | undefined;
  readonly published: PublishedCounts | undefined;
  readonly classCount: number | undefined;
  /** Which layout was read, and where the splits come from. */
  readonly layout: string | undefined;
  readonly splitRule: string | undefined;
  readonly expectedLayout: string;
  readonly source: string;
}

/**
 * Looks at a copy without loading an image.
 * @throws DatasetError only for an unknown name: what is wrong on disk is in the report
 */
export async function checkDataset(name: string, folder?: string): Promise<DatasetReport> {
  const entry = datasetEntry(name);
  const root = await locateDataset(name, folder);
  const nothing = {
    name,
    title: entry.title,
    root,
    missing: [],
    counts: undefined,
    published: entry.published,
    classCount: undefined,
    layout: undefined,
    splitRule: undefined,
    expectedLayout: entry.layout,
    source: entry.source,
  };
  if (root === undefined) {
    const where = folder === undefined ? "no folder was given" : `nothing of it is in ${folder}`;
    return { ...nothing, state: "absent", problems: [where] };
  }
  try {
    const reading = await readDataset(name, root);
    const problems = differences(entry, reading);
    const fault = problemOf(entry, reading, root, problems.length > 0);
    const { train, val, test } = reading.splits;
    const all = train.length + (val?.length ?? 0) + test.length;
    return {
      ...nothing,
      state: fault !== undefined ? "damaged" : problems.length > 0 ? "partial" : "whole",
      problems: fault !== undefined ? [fault, ...problems] : problems,
      missing: reading.missing,
      counts: { train: train.length, ...(val ? { val: val.length } : {}), test: test.length, all },
      classCount: reading.classes.length,
      layout: reading.layout,
      splitRule: reading.splitRule,
    };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { ...nothing, state: "damaged", problems: [error.message] };
  }
}

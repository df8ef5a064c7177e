/**
 * Which predictions stand behind a value of the ledger: those that its run kept, or that its submission brought. Only
 * where the value is the one that these predictions give.
 */
import {
  type ImageMetric,
  imageMetricOf,
  type PredictionFile,
  type TestSet,
  tolerated,
  valueOfPredictions,
} from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import type { Measure } from "../catalogue/entities.ts";
import type { Entry } from "../ledger/entries.ts";

export interface Backed {
  readonly entry: Entry;
  readonly measure: Measure;
  readonly metric: ImageMetric;
  /** Of the file of predictions. */
  readonly sha256: string;
  readonly file: PredictionFile;
  readonly testSet: TestSet;
  /** Of the file of pictures of missed images, where the run kept one. */
  readonly pictures: string | null;
}

interface Row {
  readonly id: string;
  readonly sha256: string | null;
  readonly pictures: string | null;
}

/** The artefacts of runs by role, and what submissions name beside their values. One statement. */
const TEXT = `select r.id::text as id,
    coalesce(
      (select a->>'sha256' from jsonb_array_elements(
         case jsonb_typeof(run.record->'artefacts') when 'array' then run.record->'artefacts' else '[]' end) a
       where a->>'role' = 'predictions' limit 1),
      (select v->>'predictions' from jsonb_array_elements(s.body->'values') v
       where v->>'measure' = m.slug and v ? 'predictions' limit 1)) as sha256,
    (select a->>'sha256' from jsonb_array_elements(
       case jsonb_typeof(run.record->'artefacts') when 'array' then run.record->'artefacts' else '[]' end) a
     where a->>'role' = 'missed images' limit 1) as pictures
  from result r join measure m on m.id = r.measure_id
    left join run on run.id = r.run_id left join submission s on s.id = r.submission_id
  where r.id = any($1::bigint[]) and (r.run_id is not null or r.submission_id is not null)`;

/** Those of the entries that have predictions here which give their value. One statement, and the files. */
export async function backedEntries(
  entries: readonly { readonly entry: Entry; readonly measure: Measure }[],
  { db, predictions: store }: Pick<Context, "db" | "predictions">,
): Promise<Backed[]> {
  const asked = entries.flatMap((one) => {
    const metric = imageMetricOf(one.measure.slug);
    return metric ? [{ ...one, metric }] : [];
  });
  if (asked.length === 0) return [];
  const rows = await db.sql<Row>(TEXT, [asked.map(({ entry }) => entry.id)]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = await Promise.all(
    asked.map(async ({ entry, measure, metric }): Promise<Backed[]> => {
      const { sha256 = null, pictures = null } = byId.get(entry.id) ?? {};
      const file = sha256 === null ? undefined : await store.predictions(sha256);
      const testSet = file && (await store.testSet(file.testSet));
      if (!file || !testSet || sha256 === null || !file.measures.includes(measure.slug)) return [];
      const value = valueOfPredictions(metric, file.predictions, testSet);
      if (value === undefined || Math.abs(value - entry.value) > tolerated(entry.value, metric) + 1e-6)
        return [];
      return [{ entry, measure, metric, sha256, file, testSet, pictures }];
    }),
  );
  return found.flat();
}

/** Those on the test set that most of them are of; of equally many, the first named. */
export function onOneTestSet(backed: readonly Backed[]): readonly Backed[] {
  const groups = Map.groupBy(backed, ({ file }) => file.testSet);
  return (
    [...groups.entries()].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[1] ?? []
  );
}

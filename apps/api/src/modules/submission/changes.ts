/** What a submission would change if it were accepted: the method's rank in each suite, before and after. */
import type { Context } from "../../context.ts";
import { Catalogue } from "../catalogue/catalogue.ts";
import type { Measure, Method, Suite } from "../catalogue/entities.ts";
import { Grid } from "../leaderboard/grid.ts";
import { toCells } from "../ledger/cells.ts";
import type { Column, Columns } from "../ledger/columns.ts";
import type { Entry } from "../ledger/entries.ts";
import { openSource } from "../ledger/source.ts";
import type { SubmissionBody } from "./body.ts";

export interface RankChange {
  readonly suite: Suite;
  readonly method: string;
  readonly before: number | null;
  readonly after: number | null;
  /** What it would still have no value in, of the measures that the suite ranks by. */
  readonly missing: readonly Measure[];
}

function withMethod(
  catalogue: Catalogue,
  { method }: SubmissionBody,
): { catalogue: Catalogue; method: Method } {
  const known = catalogue.findMethod(method.slug);
  if (known) return { catalogue, method: known };
  const made: Method = {
    // No row has this id: it stands for a method that is not there yet.
    id: Math.max(0, ...catalogue.methods.map(({ id }) => id)) + 1,
    slug: method.slug,
    name: method.name ?? method.slug,
    family: method.family ?? "OTHER",
    year: method.year ?? null,
    paperTitle: null,
    paperUrl: null,
    bibtex: null,
    createdAt: new Date(),
    pretraining: null,
  };
  return { catalogue: new Catalogue({ ...catalogue, methods: [...catalogue.methods, made] }), method: made };
}

/** Later than any entry of the ledger, as an id of one. */
const afterAll = (i: number) => `9${String(i).padStart(18, "0")}`;

export async function rankChanges(body: SubmissionBody, context: Context): Promise<RankChange[]> {
  const snapshot = await context.snapshot();
  const { catalogue, method } = withMethod(snapshot.catalogue, body);
  const added = body.values.map((value, i): Entry => {
    const { interval } = value;
    return {
      id: afterAll(i),
      methodId: method.id,
      measureId: catalogue.measure(value.measure).id,
      value: value.value,
      lower: interval?.lower ?? null,
      upper: interval?.upper ?? null,
      sampleSize: value.sampleSize ?? null,
      provenance: "SELF_REPORTED",
      source: body.source,
      fingerprint: value.protocol ?? null,
      runId: null,
      supersedes: null,
      // A submission's protocol is not looked into: its values are shown as the newest are.
      readout: null,
      usualReadout: null,
      basis: null,
    };
  });
  const touched = new Set(added.map(({ measureId }) => measureId));
  const corrected = new Set(body.values.flatMap(({ corrects }) => corrects ?? []));
  const suites = catalogue.suites.filter(({ measures }) => measures.some(({ id }) => touched.has(id)));
  // What any of the suites shows, and what is known of this method, in a statement each.
  const measures = [...new Set(suites.flatMap((suite) => suite.measures))];
  const [{ columns: before }, own] = await Promise.all([
    openSource(context.ledger, snapshot, { measures }),
    context.ledger.entriesOf(snapshot, measures, [method]),
  ]);
  const cells = toCells([...own.filter(({ id }) => !corrected.has(id)), ...added]);
  const after = new Map(before);
  for (const id of touched) {
    const shown = cells.get(id)?.get(method.id)?.entry.value;
    after.set(id, withValue(before.get(id), method.id, shown));
  }
  const missingIn = ({ rankedBy }: Suite) =>
    rankedBy.filter(({ id }) => Number.isNaN(after.get(id)?.[method.id] ?? Number.NaN));
  return suites.map((suite) => {
    const rankIn = (columns: Columns) => {
      const grid = new Grid({ catalogue, ...suite, columns });
      const kept = new Uint8Array(grid.methods.length).fill(1);
      const { ranks } = grid.aggregates.of(suite.aggregate, kept);
      return ranks[grid.methods.indexOf(method)] || null;
    };
    return {
      suite,
      method: method.slug,
      before: rankIn(before),
      after: rankIn(after),
      missing: missingIn(suite),
    };
  });
}

function withValue(column: Column | undefined, methodId: number, value: number | undefined): Column {
  const changed = new Float64Array(Math.max(column?.length ?? 0, methodId + 1)).fill(Number.NaN);
  changed.set(column ?? []);
  changed[methodId] = value ?? Number.NaN;
  return changed;
}

/** What a submission would change if it were accepted: the method's rank in each suite, before and after. */
import type { Context } from "../../context.ts";
import { Catalogue } from "../catalogue/catalogue.ts";
import type { Method, Suite } from "../catalogue/entities.ts";
import { makeBoard } from "../leaderboard/board.ts";
import { toCells } from "../ledger/cells.ts";
import type { Entry } from "../ledger/entries.ts";
import type { SubmissionBody } from "./body.ts";

export interface RankChange {
  readonly suite: Suite;
  readonly method: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** No row has this id: it stands for a method that is not there yet. */
const NOT_YET = -1;

function withMethod(
  catalogue: Catalogue,
  { method }: SubmissionBody,
): { catalogue: Catalogue; method: Method } {
  const known = catalogue.findMethod(method.slug);
  if (known) return { catalogue, method: known };
  const made: Method = {
    id: NOT_YET,
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
    };
  });
  const touched = new Set(added.map(({ measureId }) => measureId));
  const corrected = new Set(body.values.flatMap(({ corrects }) => corrects ?? []));
  const suites = catalogue.suites.filter(({ measures }) => measures.some(({ id }) => touched.has(id)));
  return Promise.all(
    suites.map(async (suite): Promise<RankChange> => {
      const entries = await context.ledger.entries(snapshot.position, suite.measures);
      const rankWith = (all: readonly Entry[]) => {
        const { measures, rankedBy, aggregate } = suite;
        const board = makeBoard({
          catalogue,
          measures,
          rankedBy,
          aggregate,
          cells: toCells(all),
          keep: () => true,
        });
        return board.rows.find((row) => row.method === method)?.rank ?? null;
      };
      const after = [...entries.filter(({ id }) => !corrected.has(id)), ...added];
      return { suite, method: method.slug, before: rankWith(entries), after: rankWith(after) };
    }),
  );
}

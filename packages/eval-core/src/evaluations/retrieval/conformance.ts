/** Holds retrieval on classes, and ROxford's protocols, against golden rankings and values. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { Cosines, exactNearest, findCandidates, type Rows, rowsOf } from "../../probe/nearest/index.ts";
import { pick } from "../probes/rows.ts";
import { classRanks, type QueryScores, queryScores, type RetrievalOptions } from "./class-retrieval.ts";

const KS = [1, 5, 10, 20] as const;

type GoldenQuery = Readonly<Record<string, number>> | null;
interface GoldenForm {
  readonly mean_percent: Readonly<Record<string, number>>;
  readonly queries: readonly GoldenQuery[];
}
interface Expected {
  readonly leave_one_out: GoldenForm;
  readonly query_gallery: GoldenForm & {
    readonly query: readonly number[];
    readonly gallery: readonly number[];
  };
}

export async function* checkRetrieval(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const x = folder.npyOf("x.npy", "float32");
  const y = folder.npyOf("y.npy", "int32").data;
  const rows = rowsOf(x, "dataset");
  const how = { device: context.device, threads: context.threads, signal: context.signal };
  const ranking = folder.npyOf("ranking.npy", "int32");
  yield exactly("leave-one-out", "every ranking", await sameRanking(rows, rows, ranking, how, true));
  yield* compare("leave-one-out", golden.leave_one_out, { ...how, gallery: rows, galleryLabels: y });
  const part = (ids: readonly number[]) => ({
    rows: rowsOf(pick(x, ids), "dataset"),
    labels: ids.map((row) => y[row]!),
  });
  const gallery = part(golden.query_gallery.gallery);
  yield* compare("query and gallery", golden.query_gallery, {
    ...how,
    gallery: gallery.rows,
    galleryLabels: gallery.labels,
    query: part(golden.query_gallery.query),
  });
}

async function* compare(
  name: string,
  golden: GoldenForm,
  options: RetrievalOptions,
): AsyncGenerator<Finding> {
  const scores = (await classRanks(options)).map((ranks) => queryScores(ranks, KS));
  const absent = scores.every((found, i) => (found === null) === (golden.queries[i] === null));
  yield exactly(name, "which queries have no positive", absent);
  let worst = 0;
  for (const [i, found] of scores.entries()) {
    const expected = golden.queries[i];
    if (!found || !expected) continue;
    const own = named(found);
    for (const [key, value] of Object.entries(expected)) {
      worst = Math.max(worst, Math.abs(own[key]! - value));
    }
  }
  yield finding(name, "every value of every query", worst, 1e-12);
  const counted = scores.filter((found) => found !== null).map(named);
  let furthest = 0;
  for (const [key, value] of Object.entries(golden.mean_percent)) {
    if (key === "queries" || key === "without_positive") continue;
    const mean = (100 * counted.reduce((sum, query) => sum + query[key]!, 0)) / counted.length;
    furthest = Math.max(furthest, Math.abs(mean - value));
  }
  yield finding(name, "means over queries, percent", furthest, 1e-10);
  yield exactly(
    name,
    "queries without a positive",
    scores.length - counted.length === golden.mean_percent.without_positive,
  );
}

/** A query's values under the golden's names. */
function named({ positives, ap, mapAtR, rPrecision, at }: QueryScores): Readonly<Record<string, number>> {
  return {
    positives,
    ap,
    map_at_r: mapAtR,
    r_precision: rPrecision,
    ...Object.fromEntries(
      at.flatMap(({ k, ap, recall, shareFound, precision }) => [
        [`ap_at_${k}`, ap["min(R, k)"]],
        [`ap_at_${k}_over_all_positives`, ap.R],
        [`ap_at_${k}_over_hits`, ap["h(k)"]],
        [`recall_at_${k}`, recall],
        [`share_found_at_${k}`, shareFound],
        [`precision_at_${k}`, precision],
      ]),
    ),
  };
}

/** Whether the whole ranking of every query is the golden one. */
export async function sameRanking(
  gallery: Rows,
  query: Rows,
  golden: { readonly shape: readonly number[]; readonly data: Int32Array },
  how: Pick<RetrievalOptions, "device" | "threads" | "signal">,
  among = false,
): Promise<boolean> {
  const cosines = new Cosines(gallery, query);
  const range = { from: 0, to: query.count, width: gallery.count };
  const { trainNorms, queryNorms } = cosines;
  const candidates = await findCandidates(gallery, trainNorms, query, queryNorms, range, how);
  const width = golden.shape[1]!;
  for (let q = 0; q < query.count; q++) {
    const { index } = exactNearest(cosines, candidates, q, gallery.count, among ? q : -1);
    if (index.length !== width || index.some((row, j) => row !== golden.data[q * width + j])) return false;
  }
  return true;
}

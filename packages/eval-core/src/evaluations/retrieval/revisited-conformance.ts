/** Holds the protocols of ROxford and RParis against golden rankings, values, ground truths and query crops. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { readRevisited } from "../../datasets/revisited.ts";
import { cropBox, decodeRgb } from "../../images/index.ts";
import { Cosines, rowsOf } from "../../probe/nearest/index.ts";
import { sameRanking } from "./conformance.ts";
import { PRECISION_AT, type RevisitedProtocol, revisitedScores } from "./revisited.ts";

interface GoldenProtocol {
  readonly map_percent: number;
  readonly queries_counted: number;
  readonly queries: readonly (Readonly<Record<string, number>> | null)[];
}
interface Expected {
  readonly protocols: Readonly<
    Record<
      RevisitedProtocol,
      GoldenProtocol & Readonly<Record<`mean_precision_at_${number}_percent`, number>>
    >
  >;
  readonly ground_truth: readonly {
    readonly bbx: readonly number[];
    readonly easy: readonly number[];
    readonly hard: readonly number[];
    readonly junk: readonly number[];
  }[];
  readonly crops: readonly { readonly size: readonly number[] }[];
}

export async function* checkRevisited(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const database = rowsOf(folder.npyOf("database_x.npy", "float32"), "database");
  const query = rowsOf(folder.npyOf("query_x.npy", "float32"), "query");
  const how = { device: context.device, threads: context.threads, signal: context.signal };
  const ranking = folder.npyOf("ranking.npy", "int32");
  yield exactly("ranking", "every ranking", await sameRanking(database, query, ranking, how));

  const same = (read: ReturnType<typeof readRevisited>) =>
    JSON.stringify(read.truth.map(({ box, easy, hard, junk }) => ({ bbx: box, easy, hard, junk }))) ===
    JSON.stringify(golden.ground_truth);
  for (const name of folder.names().filter((name) => name.endsWith(".pkl"))) {
    const read = readRevisited(folder.bytes(name), name);
    const lengths = read.database.length === database.count && read.queries.length === query.count;
    yield exactly(name, "the ground truth", lengths && same(read));
  }

  const cosines = new Cosines(database, query);
  for (const [protocol, expected] of Object.entries(golden.protocols)) {
    const found = await revisitedScores(cosines, golden.ground_truth, protocol as RevisitedProtocol, how);
    const counted = found.filter((scores) => scores !== null);
    const absent = found.every((scores, i) => (scores === null) === (expected.queries[i] === null));
    yield exactly(protocol, "which queries have no positive", absent);
    let worst = 0;
    found.forEach((scores, i) => {
      const own = expected.queries[i];
      if (!scores || !own) return;
      const differences = [
        scores.ap - own.ap!,
        scores.positives - own.positives!,
        ...PRECISION_AT.map((k, j) => scores.precision[j]! - own[`precision_at_${k}`]!),
      ];
      worst = Math.max(worst, ...differences.map(Math.abs));
    });
    yield finding(protocol, "AP and precisions of every query", worst, 1e-12);
    const mean = (of: (scores: (typeof counted)[number]) => number) =>
      (100 * counted.reduce((sum, scores) => sum + of(scores), 0)) / counted.length;
    const differences = [
      mean(({ ap }) => ap) - expected.map_percent,
      ...PRECISION_AT.map(
        (k, j) => mean(({ precision }) => precision[j]!) - expected[`mean_precision_at_${k}_percent`]!,
      ),
    ];
    const furthest = Math.max(...differences.map(Math.abs));
    yield finding(protocol, "mAP and mean precisions, percent", furthest, 1e-10);
  }
  yield* crops(folder, golden);
}

async function* crops(folder: GoldenFolder, { ground_truth, crops }: Expected): AsyncGenerator<Finding> {
  const picture = await decodeRgb(folder.file("query.png"));
  for (const [i, { bbx }] of ground_truth.entries()) {
    const { width, height, data } = cropBox(picture, bbx as unknown as [number, number, number, number]);
    const size = crops[i]!.size;
    let holds = width === size[0] && height === size[1];
    if (folder.has(`crop_${i}.npy`)) {
      const golden = folder.npyOf(`crop_${i}.npy`, "uint8").data;
      holds &&= Buffer.compare(data, golden) === 0;
    }
    yield exactly(`crop ${i}`, "size and pixels", holds);
  }
}

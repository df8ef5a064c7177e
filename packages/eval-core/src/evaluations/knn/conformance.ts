/** Holds k-NN against the golden votes: every prediction that rounding does not decide, neighbours, leave-one-out. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { accuracy, meanPerClassAccuracy } from "../../metrics/index.ts";
import { Cosines, exactNearest, findCandidates, type Rows, rowsOf } from "../../probe/nearest/index.ts";
import { classify } from "./classify.ts";

interface Expected {
  readonly classes: number;
  readonly ks: readonly number[];
  readonly temperatures: readonly number[];
  readonly cases: readonly { T: number; k: number; top1: number; top5: number; mean_per_class: number }[];
  readonly leave_one_out: {
    readonly k: number;
    readonly T: number;
    readonly top1: number;
    readonly first_neighbour_dropped_instead_top1: number;
  };
}

export async function* checkKnn(folder: GoldenFolder, context: ConformanceContext): AsyncGenerator<Finding> {
  const expected = folder.json<Expected>("expected.json");
  const { classes, ks, temperatures } = expected;
  const train = rowsOf(folder.npyOf("train_x.npy", "float32"), "train");
  const query = rowsOf(folder.npyOf("test_x.npy", "float32"), "test");
  const trainLabels = folder.npyOf("train_y.npy", "int32").data;
  const queryLabels = folder.npyOf("test_y.npy", "int32").data;
  const predictions = folder.npyOf("predictions.npy", "int32").data;
  const status = folder.npyOf("status.npy", "uint8").data;
  const how = { device: context.device, threads: context.threads, signal: context.signal };

  for (const [t, temperature] of temperatures.entries()) {
    const found = await classify({
      ...how,
      train,
      trainLabels,
      query,
      queryLabels,
      classes,
      ks,
      temperature,
    });
    for (const [i, k] of ks.entries()) {
      const own = found.predicted.subarray(i * query.count, (i + 1) * query.count);
      let differing = 0;
      const from = (t * ks.length + i) * query.count;
      for (let q = 0; q < query.count; q++) {
        if (status[from + q] !== 2 && own[q] !== predictions[from + q]) differing++;
      }
      const name = `T ${temperature}, k ${k}`;
      yield finding(name, "predictions that rounding does not decide: how many differ", differing, 0);
      const golden = expected.cases[t * ks.length + i]!;
      const hits = found.inTop5.subarray(i * query.count, (i + 1) * query.count).filter((hit) => hit === 1);
      const differences = [
        accuracy(own, queryLabels, classes).value - golden.top1,
        (100 * hits.length) / query.count - golden.top5,
        meanPerClassAccuracy(own, queryLabels, classes).value - golden.mean_per_class,
      ];
      yield finding(
        name,
        "top-1, top-5 and mean per-class accuracy, percent",
        Math.max(...differences.map(Math.abs)),
        1e-9,
      );
    }
  }

  const neighbours = folder.npyOf("neighbours_20.npy", "int32");
  yield exactly(
    "neighbours",
    "the 20 nearest rows in order",
    await sameNeighbours(train, query, neighbours, how),
  );
  yield* leaveOneOut(train, trainLabels, expected, folder, how);
}

type How = Pick<ConformanceContext, "device"> & {
  threads: number | undefined;
  signal: AbortSignal | undefined;
};

async function sameNeighbours(
  train: Rows,
  query: Rows,
  golden: { readonly shape: readonly number[]; readonly data: Int32Array },
  how: How,
): Promise<boolean> {
  const k = golden.shape[1]!;
  const cosines = new Cosines(train, query);
  const range = { from: 0, to: query.count, width: k + 32 };
  const candidates = await findCandidates(train, cosines.trainNorms, query, cosines.queryNorms, range, how);
  for (let q = 0; q < query.count; q++) {
    const { index } = exactNearest(cosines, candidates, q, k);
    if (index.some((row, j) => row !== golden.data[q * k + j])) return false;
  }
  return true;
}

async function* leaveOneOut(
  train: Rows,
  labels: Int32Array,
  { classes, leave_one_out: golden }: Expected,
  folder: GoldenFolder,
  how: How,
): AsyncGenerator<Finding> {
  const among = async (self: "index" | "first") => {
    const rows = { train, trainLabels: labels, query: train, queryLabels: labels };
    const found = await classify({ ...how, ...rows, classes, ks: [golden.k], temperature: golden.T, self });
    return { predicted: found.predicted, top1: accuracy(found.predicted, labels, classes).value };
  };
  const byIndex = await among("index");
  const predictions = folder.npyOf("leave_one_out_k20.npy", "int32").data;
  const differing = byIndex.predicted.filter((label, i) => label !== predictions[i]).length;
  yield finding("leave-one-out", "predictions: how many differ", differing, 0);
  yield finding("leave-one-out", "top-1, percent", Math.abs(byIndex.top1 - golden.top1), 1e-9);
  const first = await among("first");
  const difference = Math.abs(first.top1 - golden.first_neighbour_dropped_instead_top1);
  yield finding("first neighbour dropped", "top-1, percent", difference, 1e-9);
}

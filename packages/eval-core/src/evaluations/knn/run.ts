/** The k-NN evaluation from features to values and record. */
import type { Dataset } from "../../datasets/index.ts";
import { accuracy, meanPerClassAccuracy, type Score, wilsonInterval } from "../../metrics/index.ts";
import { rowsOf } from "../../probe/nearest/index.ts";
import type { RunResult, TestPredictions, Value } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { testSetOf } from "../predictions.ts";
import { type LabelledRows, probeRows, warningsOf } from "../probes/rows.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { classify, type KnnState } from "./classify.ts";
import { type KnnEvaluationOptions, KS, RANKED_K } from "./protocol.ts";

interface Scores {
  /** As asked. */
  readonly k: number;
  /** As used: at most the number of rows that answer. */
  readonly used: number;
  readonly top1: Score;
  readonly top5: Score;
  readonly perClass: Score;
}

export async function runKnn(
  spec: Spec<KnnEvaluationOptions, Dataset>,
  context: RunContext,
): Promise<RunResult> {
  const { data, options } = spec;
  const features = await context.features();
  const rows = probeRows(data, features);
  const asking = options.self === "none" ? rows.test : rows.train;
  const { scores, exact, ranked } = await scoresOf(rows.train, asking, rows.classes, options, context);
  const values = valuesOf(scores, data.name, rows.classes);
  // Leaving one out asks the training images: those are no test set.
  const kept =
    ranked && options.self === "none" ? { ...ranked, measures: measuresAt(RANKED_K, values) } : undefined;
  return {
    values,
    predictions: kept && {
      ...kept,
      testSet: testSetOf(data.splits.test, (item) => features.rowOf.has(item), data.classes),
    },
    record: {
      sizes: { train: rows.train.y.length, asking: asking.y.length },
      features: features.featureSize,
      classes: rows.classes,
      scores: scores.map(({ k, used, top1, top5, perClass }) => ({ k, used, top1, top5, perClass })),
      queriesInFloat64: exact,
      unreadable: features.unreadable,
    },
    warnings: [
      ...(options.self === "none" ? warningsOf(rows, data.classes) : []),
      ...scores.flatMap(({ k, used }) =>
        used < k ? [`k = ${k} is more than the ${used} rows that can answer: all of them vote`] : [],
      ),
    ],
  };
}

async function scoresOf(
  train: LabelledRows,
  asking: LabelledRows,
  classes: number,
  { ks, temperature, self }: KnnEvaluationOptions,
  context: RunContext,
): Promise<{
  scores: Scores[];
  exact: number;
  /** Of the k that boards rank by, where it was asked. */
  ranked: Pick<TestPredictions, "predictions"> | undefined;
}> {
  const { device, threads, signal, progress } = context;
  const answering = train.y.length - (self === "none" ? 0 : 1);
  if (answering === 0) {
    throw new ProtocolError("train has one image, which is left out of its own answers: k-NN needs another");
  }
  const used = [...new Set(ks.map((k) => Math.min(k, answering)))];
  const query = rowsOf(asking.x, "test");
  const step = progress.step("k-NN");
  const { predicted, inTop5, exact } = await classify({
    train: self === "none" ? rowsOf(train.x, "train") : query,
    trainLabels: train.y,
    query,
    queryLabels: asking.y,
    classes,
    ks: used,
    temperature,
    self,
    device,
    threads,
    signal,
    onProgress: (done, total) => step.update(Math.floor(done), total),
    resume: stateFile<KnnState>(context, "knn"),
  });
  step.end(`${asking.y.length} images asked`);
  const n = asking.y.length;
  const scores = ks.map((k): Scores => {
    const i = used.indexOf(Math.min(k, answering));
    const own = predicted.subarray(i * n, (i + 1) * n);
    const hits = inTop5.subarray(i * n, (i + 1) * n).reduce((sum, hit) => sum + hit, 0);
    const { value, interval, sampleSize } = meanPerClassAccuracy(own, asking.y, classes);
    return {
      k,
      used: used[i]!,
      top1: accuracy(own, asking.y, classes),
      top5: { value: (100 * hits) / n, interval: wilsonInterval(hits, n), sampleSize: n },
      perClass: { value, interval, sampleSize },
    };
  });
  const at = ks.includes(RANKED_K) ? used.indexOf(Math.min(RANKED_K, answering)) : -1;
  const own = <T extends { slice(from: number, to: number): T }>(all: T) => all.slice(at * n, (at + 1) * n);
  return {
    scores,
    exact,
    ranked:
      at < 0
        ? undefined
        : {
            predictions: {
              ...{ kind: "classes", classes, depth: 1, logits: null },
              top: own(predicted),
              inTop5: own(inTop5),
            },
          },
  };
}

/** Measures of one k, of those that have values. */
const measuresAt = (k: number, values: readonly Value[]): string[] =>
  values.flatMap(({ measure }) => (measure.endsWith(`-k${k}`) ? [measure] : []));

/** The measures of the k's that have one, the ranked k first. */
function valuesOf(scores: readonly Scores[], dataset: string, classes: number): Value[] {
  const value = (metric: string, { value, interval, sampleSize: n }: Score): Value => ({
    measure: `knn/${dataset}/${metric}`,
    value,
    interval,
    n,
  });
  const known = scores
    .filter(({ k }) => (KS as readonly number[]).includes(k))
    .sort((a, b) => Number(b.k === RANKED_K) - Number(a.k === RANKED_K));
  const ranked = known.find(({ k }) => k === RANKED_K);
  return [
    ...known.map(({ k, top1 }) => value(`top-1-k${k}`, top1)),
    ...(ranked && classes >= 5 ? [value(`top-5-k${RANKED_K}`, ranked.top5)] : []),
    ...(ranked ? [value(`mean-per-class-accuracy-k${RANKED_K}`, ranked.perClass)] : []),
  ];
}

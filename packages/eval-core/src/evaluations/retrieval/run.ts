/** Retrieval from features to values and record. */
import type { LandmarkDataset } from "../../datasets/index.ts";
import { wilsonInterval, Z_95 } from "../../metrics/index.ts";
import { Cosines, openDeviceRows, rowsOf } from "../../probe/nearest/index.ts";
import type { Result, Value } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { probeRows, rowsOfItems, warningsOf } from "../probes/rows.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { classRanks, type QueryScores, queryScores, type RetrievalState } from "./class-retrieval.ts";
import { isLandmarkData, type RetrievalData } from "./data.ts";
import type { RetrievalEvaluationOptions } from "./options.ts";
import { RECALL_AT } from "./protocol.ts";
import { PRECISION_AT, PROTOCOLS, type RevisitedProtocol, revisitedScores } from "./revisited.ts";

type RetrievalSpec = Spec<RetrievalEvaluationOptions, RetrievalData>;

export function runRetrieval(spec: RetrievalSpec, context: RunContext): Promise<Result> {
  const { data } = spec;
  return isLandmarkData(data) ? byGroundTruth(data, context) : byClass(spec, context);
}

async function byClass({ data, options }: RetrievalSpec, context: RunContext): Promise<Result> {
  const { device, threads, signal, progress } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const step = progress.step("retrieval");
  const test = { rows: rowsOf(rows.test.x, "test"), labels: rows.test.y };
  const among = options.form === "leave-one-out";
  const ranks = await classRanks({
    gallery: among ? test.rows : rowsOf(rows.train.x, "train"),
    galleryLabels: among ? test.labels : rows.train.y,
    ...(among ? {} : { query: test }),
    device,
    threads,
    signal,
    resume: stateFile<RetrievalState>(context, "ranks"),
    onProgress: (done, total) => step.update(done, total),
  });
  step.end(`${ranks.length} queries`);
  const counted = ranks.map((own) => queryScores(own, RECALL_AT)).filter((scores) => scores !== null);
  const without = ranks.length - counted.length;
  if (counted.length === 0) {
    throw new ProtocolError(
      `no query of ${data.title} has a positive: every class has one image among those that answer; take a dataset with more, or another --form`,
    );
  }
  const measure = (name: string) => `retrieval/${data.name}/${name}`;
  const mean = (name: string, of: (query: QueryScores) => number) =>
    meanValue(measure(name), counted.map(of));
  const at = (k: number) => RECALL_AT.indexOf(k as (typeof RECALL_AT)[number]);
  return {
    values: [
      mean("map", ({ ap }) => ap),
      mean("map-at-10", (query) => query.at[at(10)]!.ap[options.apAt]),
      ...[1, 5, 10].map((k) =>
        shareValue(
          measure(`recall-at-${k}`),
          counted.map((query) => query.at[at(k)]!.recall),
        ),
      ),
      mean("map-at-r", ({ mapAtR }) => mapAtR),
    ],
    record: {
      queries: ranks.length,
      "queries-without-positive": without,
      answers: among ? ranks.length - 1 : rows.train.y.length,
      features: features.featureSize,
      rPrecision: percent(counted.map(({ rPrecision }) => rPrecision)),
      at: RECALL_AT.map((k, i) => ({
        k,
        ap: Object.fromEntries(
          (["min(R, k)", "R", "h(k)"] as const).map((by) => [
            by,
            percent(counted.map((q) => q.at[i]!.ap[by])),
          ]),
        ),
        recall: percent(counted.map((q) => q.at[i]!.recall)),
        shareFound: percent(counted.map((q) => q.at[i]!.shareFound)),
        precision: percent(counted.map((q) => q.at[i]!.precision)),
      })),
      unreadable: features.unreadable,
    },
    warnings: [
      ...(among ? [] : warningsOf(rows, data.classes)),
      ...(without > 0
        ? [`${without} of ${ranks.length} queries have no positive: they are left out of every mean`]
        : []),
    ],
  };
}

async function byGroundTruth(data: LandmarkDataset, context: RunContext): Promise<Result> {
  const { device, threads, signal, progress } = context;
  const features = await context.features();
  if (features.unreadable.length > 0) {
    throw new ProtocolError(
      `${data.title}: ${features.unreadable.length} images cannot be read (${features.unreadable[0]}, ...): its ground truth counts on all of them`,
    );
  }
  const database = rowsOf(rowsOfItems(features, data.splits.train).x, "database");
  const queries = rowsOf(rowsOfItems(features, data.splits.test).x, "query");
  const cosines = new Cosines(database, queries);
  const step = progress.step("retrieval");
  // Opened once: the database goes to the device for all levels together.
  await using on = await openDeviceRows(database.width, { device, threads });
  const levels = Object.keys(PROTOCOLS) as RevisitedProtocol[];
  const values: Value[] = [];
  const record: Record<string, unknown> = {};
  const warnings: string[] = [];
  for (const [i, level] of levels.entries()) {
    step.update(i, levels.length);
    const found = await revisitedScores(cosines, data.truth, level, { on, signal });
    const counted = found.filter((scores) => scores !== null);
    record[level] = { queries: found, counted: counted.length };
    if (counted.length < found.length) {
      warnings.push(
        `${level}: ${found.length - counted.length} of ${found.length} queries have no positive and are left out`,
      );
    }
    if (counted.length === 0) continue;
    const measure = (name: string) => `retrieval/${data.name}/${name}-${level}`;
    values.push(
      meanValue(
        measure("map"),
        counted.map(({ ap }) => ap),
      ),
    );
    PRECISION_AT.forEach((k, j) => {
      values.push(
        meanValue(
          measure(`mp-at-${k}`),
          counted.map(({ precision }) => precision[j]!),
        ),
      );
    });
  }
  step.end(`${queries.count} queries`);
  if (values.length === 0) throw new ProtocolError(`no query of ${data.title} has a positive`);
  // The protocol that papers rank by comes first.
  values.sort((a, b) => Number(b.measure.endsWith("map-medium")) - Number(a.measure.endsWith("map-medium")));
  return { values, record: { ...record, features: features.featureSize }, warnings };
}

const percent = (fractions: readonly number[]): number =>
  (100 * fractions.reduce((sum, value) => sum + value, 0)) / fractions.length;

/** A mean over queries in percent, its normal interval from their sample deviation. */
function meanValue(measure: string, fractions: readonly number[]): Value {
  const value = percent(fractions);
  const n = fractions.length;
  if (n < 2) return { measure, value, interval: null, n };
  const squares = fractions.reduce((sum, one) => sum + (100 * one - value) ** 2, 0);
  const half = (Z_95 * Math.sqrt(squares / (n - 1))) / Math.sqrt(n);
  return {
    measure,
    value,
    interval: { lower: Math.max(0, value - half), upper: Math.min(100, value + half) },
    n,
  };
}

/** A share of queries in percent, with Wilson's interval. */
function shareValue(measure: string, hits: readonly number[]): Value {
  const n = hits.length;
  const count = hits.reduce((sum, hit) => sum + hit, 0);
  return { measure, value: (100 * count) / n, interval: wilsonInterval(count, n), n };
}

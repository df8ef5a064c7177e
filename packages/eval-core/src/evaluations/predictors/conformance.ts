/** Holds the predictors against golden values of wide, tall and collapsed features. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { logMe } from "./logme.ts";
import { featureSpectrum } from "./measure.ts";
import { normsOfRows } from "./norms.ts";
import { alphaReq, logLinearSlope, nesum, rankMe, stableRank } from "./spectrum.ts";

interface GoldenValues {
  readonly norms: Readonly<Record<string, number>>;
  readonly logme: { readonly value: number };
  readonly logme_repository: { readonly value: number };
  readonly logme_icml: { readonly value: number };
  readonly [name: string]: unknown;
}

export async function* checkPredictors(
  folder: GoldenFolder,
  { threads, signal }: ConformanceContext,
): AsyncGenerator<Finding> {
  const { values } = folder.json<{ values: Readonly<Record<string, GoldenValues>> }>("expected.json");
  for (const [name, golden] of Object.entries(values)) {
    const x = folder.npyOf(`${name}_x.npy`, "float32");
    const labels = folder.npyOf(`${name}_y.npy`, "int32").data;
    const { sigma, lambda, projections } = await featureSpectrum(x, { labels, threads, signal });
    const own: Record<string, number | null> = {
      rankme: rankMe(sigma),
      rankme_eps_1e_12: rankMe(sigma, 1e-12, 1e-12),
      rankme_of_centred_covariance: rankMe(lambda),
      stable_rank: stableRank(sigma),
      nesum: nesum(lambda),
      alpha_req_from_12: alphaReq(lambda).value,
      alpha_req_from_6: alphaReq(lambda, 6).value,
      alpha_req_to: alphaReq(lambda, 6).to,
      log_slope_of_singular_values: logLinearSlope(sigma),
    };
    for (const [key, value] of Object.entries(own)) {
      if (!(key in golden)) continue;
      const expected = golden[key] as number | null;
      if (value === null || expected === null) {
        yield exactly(name, `${key}: whether it has a value`, value === expected);
      } else yield finding(name, `${key}, relative`, Math.abs(value / expected - 1), 1e-6);
    }
    for (const version of ["full", "repository", "icml"] as const) {
      const key = version === "full" ? "logme" : (`logme_${version}` as const);
      const difference = Math.abs(logMe(projections!, version).value - golden[key].value);
      yield finding(name, `${key}, nats a row`, difference, 1e-6);
    }
    yield finding(name, "norms, relative", normDifference(x.data, x.shape[1]!, golden.norms), 1e-9);
  }
}

function normDifference(
  data: Float32Array,
  features: number,
  golden: Readonly<Record<string, number>>,
): number {
  const norms = normsOfRows(data, features);
  const named: Readonly<Record<string, number>> = {
    mean: norms.mean,
    deviation_population: norms.deviation,
    coefficient_of_variation: norms.variation,
    minimum: norms.minimum,
    percentile_5: norms.percentile5,
    median: norms.median,
    percentile_95: norms.percentile95,
    maximum: norms.maximum,
    zero_rows: norms.zeroRows,
    zero_values_percent: norms.zeroValuesPercent,
    norm_of_mean: norms.normOfMean,
  };
  let worst = 0;
  for (const [key, value] of Object.entries(golden)) {
    const difference = Math.abs(named[key]! - value);
    worst = Math.max(worst, value === 0 ? difference : difference / Math.abs(value));
  }
  return worst;
}

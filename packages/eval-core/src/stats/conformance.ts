/** Correlations against SciPy's, to 1e-9 of each value. */
import { type ConformanceKind, eachRelativeDifference, finding, findingsOf } from "../conformance/index.ts";
import { correlate, kendallTauB, linearRegression, spearman, weightedTau } from "./index.ts";

const ALLOWED = 1e-9;
const NONE = Number.NaN;

interface Case {
  readonly x: number[];
  readonly y: number[];
  readonly pearson: { readonly r: number; readonly p_value: number; readonly ci95_fisher: [number, number] };
  readonly spearman: { readonly rho: number; readonly p_value: number };
  readonly kendall_tau_b: number;
  readonly weighted_tau: number;
  readonly regression: {
    readonly slope: number;
    readonly intercept: number;
    readonly slope_stderr: number;
  };
}

export const correlationConformance: ConformanceKind = {
  kind: "correlation",
  title: "Pearson, Spearman, Kendall, weighted tau and regression, against SciPy's",
  usesDevice: false,
  goldens: new URL("../../golden/correlation/", import.meta.url),
  async *check(folder, { signal }) {
    const { cases } = folder.json<{ cases: Case[] }>("expected.json");
    for (const [i, golden] of cases.entries()) {
      const { x, y } = golden;
      const name = `case ${i + 1}, ${x.length} points`;
      const line = (compared: string, actual: readonly (number | null | undefined)[], right: number[]) =>
        finding(
          name,
          `${compared}, each relative`,
          eachRelativeDifference(
            actual.map((value) => value ?? NONE),
            right,
          ),
          ALLOWED,
        );
      yield* findingsOf(name, "correlations", signal, () => {
        const pearson = correlate({ x, y });
        const regression = linearRegression(x, y);
        const rank = spearman(x, y);
        const { pearson: p, spearman: s, regression: r } = golden;
        return [
          line(
            "Pearson, p-value, interval",
            [pearson.coefficient, pearson.pValue, pearson.interval?.lower, pearson.interval?.upper],
            [p.r, p.p_value, ...p.ci95_fisher],
          ),
          line("Spearman, p-value", [rank.coefficient, rank.pValue], [s.rho, s.p_value]),
          line(
            "Kendall's tau-b, weighted tau",
            [kendallTauB(x, y).coefficient, weightedTau(x, y).coefficient],
            [golden.kendall_tau_b, golden.weighted_tau],
          ),
          line(
            "slope, intercept, slope's standard error",
            [regression?.slope, regression?.intercept, regression?.slopeStandardError],
            [r.slope, r.intercept, r.slope_stderr],
          ),
        ];
      });
    }
  },
};

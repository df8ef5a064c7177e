/** The coefficients of a pair, with interval and p-value, and the line. */
import { formatNumber } from "../../lib/format";
import { PValue } from "./p-value";

interface Estimate {
  readonly coefficient?: number | null;
  readonly pValue?: number | null;
  readonly interval?: { lower: number; upper: number } | null;
  readonly partial?: {
    readonly coefficient?: number | null;
    readonly pValue?: number | null;
    readonly n: number;
    readonly reason?: string | null;
  } | null;
}

function EstimateView({ name, symbol, estimate }: { name: string; symbol: string; estimate: Estimate }) {
  return (
    <div className="border-b border-line py-1.5">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="tabular-nums">
        <span className="text-lg">
          <i>{symbol}</i> = {formatNumber(estimate.coefficient, 3)}
        </span>
        <span className="block text-xs text-muted">
          {estimate.interval &&
            `95% ${formatNumber(estimate.interval.lower, 3)} to ${formatNumber(estimate.interval.upper, 3)}; `}
          {estimate.pValue != null && <PValue p={estimate.pValue} />}
        </span>
        {estimate.partial && (
          <span className="block text-xs">
            {estimate.partial.reason ?? (
              <>
                partial {formatNumber(estimate.partial.coefficient, 3)}
                <span className="text-muted">
                  , n = {estimate.partial.n}
                  {estimate.partial.pValue != null && (
                    <>
                      ; <PValue p={estimate.partial.pValue} />
                    </>
                  )}
                </span>
              </>
            )}
          </span>
        )}
      </dd>
    </div>
  );
}

export function Statistics({
  pearson,
  spearman,
  kendall,
  bootstrap,
}: {
  pearson: Estimate & {
    readonly n: number;
    readonly regression?: { slope: number; intercept: number } | null;
  };
  spearman: Estimate;
  kendall: Estimate;
  bootstrap: boolean;
}) {
  return (
    <div>
      <dl className="grid grid-cols-2 gap-x-6 sm:grid-cols-3 lg:grid-cols-1">
        <EstimateView name="Pearson" symbol="r" estimate={pearson} />
        <EstimateView name="Spearman" symbol="ρ" estimate={spearman} />
        <EstimateView name="Kendall" symbol="τ" estimate={kendall} />
        <div className="border-b border-line py-1.5">
          <dt className="text-xs text-muted">Methods</dt>
          <dd className="text-lg tabular-nums">
            <i>n</i> = {pearson.n}
          </dd>
        </div>
        {pearson.regression && (
          <div className="border-b border-line py-1.5">
            <dt className="text-xs text-muted">Least squares</dt>
            <dd className="tabular-nums">
              y = {formatNumber(pearson.regression.slope, 3)} x {pearson.regression.intercept < 0 ? "−" : "+"}{" "}
              {formatNumber(Math.abs(pearson.regression.intercept), 3)}
            </dd>
          </div>
        )}
      </dl>
      <p className="mt-1 text-xs text-muted">
        {bootstrap
          ? "95% intervals: BCa bootstrap, 10,000 resamples of the methods."
          : "95% intervals: Fisher’s z. Band: 95% confidence of the line."}
      </p>
    </div>
  );
}

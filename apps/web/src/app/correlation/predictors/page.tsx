import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../../generated";
import { AsOfNotice } from "../../../components/as-of";
import { AutoForm } from "../../../components/auto-form";
import { FamilyBoxes } from "../../../components/correlation/family-boxes";
import { VariableSelect } from "../../../components/correlation/form";
import { CorrelationHead } from "../../../components/correlation/head";
import { variableGroups, variableInput } from "../../../components/correlation/variables";
import { FaultNotice } from "../../../components/fault-notice";
import { FilterNotice } from "../../../components/filter-notice";
import { ListTable } from "../../../components/list-table";
import { readMoment, readQuery, type SearchParams, withQuery } from "../../../lib/address";
import { ask } from "../../../lib/api";
import { filterQuery, noFilter, readFilter } from "../../../lib/board-filter";
import { filterFaults } from "../../../lib/filter-faults";
import { formatNumber } from "../../../lib/format";
import { explorerAddress } from "../../../lib/site";

export const metadata: Metadata = { title: "Best predictors" };

const PredictorsQuery = graphql(`
  query Predictors($of: VariableInput!, $filter: BoardFilter, $transform: Transform!, $asOf: DateTime) {
    predictors(of: $of, filter: $filter, transform: $transform, asOf: $asOf) {
      of {
        title
        unit
      }
      leftOut
      position
      predictors {
        variable {
          slug
          title
        }
        n
        coefficient
        interval {
          lower
          upper
        }
        adjustedPValue
        error
        errorInterval {
          lower
          upper
        }
        baseline
        skill
      }
    }
  }
`);

/** A share of the row's width, for a bar. */
const share = (value: number, most: number) => `${Math.max(0, Math.min(100, (value / most) * 100))}%`;

/** Every measure and covariate, by how well it predicts a chosen one. */
export default async function PredictorsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const of = query.of ?? "many-shot-linear";
  const faults = filterFaults(query);
  if (faults.length > 0) {
    return (
      <FaultNotice
        what="The list"
        faults={faults}
        without={withQuery(query, { ...noFilter, asOf: undefined })}
      />
    );
  }
  const transform = query.transform === "NONE" ? "NONE" : "LOGIT";
  const variables = {
    of: variableInput(of),
    filter: readFilter(query),
    transform,
    asOf: readMoment(query.asOf) ?? null,
  } as const;
  const [{ predictors }, groups] = await Promise.all([ask(PredictorsQuery, variables), variableGroups()]);
  const rows = predictors.predictors;
  const most = Math.max(...rows.map(({ error, errorInterval }) => errorInterval?.upper ?? error), 0.001);
  const unit = predictors.of.unit;
  return (
    <>
      <CorrelationHead current="predictors">
        Every measure and covariate, ranked by how well a straight line predicts a method that was left out of
        its fit (leave-one-out error).
      </CorrelationHead>
      <AsOfNotice
        what="The list"
        asOf={readMoment(query.asOf) ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      <FilterNotice query={query} shown={["family"]} />
      <AutoForm
        key={withQuery(query, {})}
        label="What is predicted"
        names={["of", "transform", "family"]}
        className="mb-4 flex max-w-5xl flex-wrap items-end gap-3"
      >
        <VariableSelect name="of" label="Predict" value={of} groups={groups} />
        <label className="block text-sm">
          <span className="mb-1 block text-muted">Transform</span>
          <select name="transform" defaultValue={transform} className="field">
            <option value="LOGIT">Logit (the paper’s)</option>
            <option value="NONE">None</option>
          </select>
        </label>
        <FamilyBoxes query={query} />
      </AutoForm>
      <h2 className="mb-2 text-lg font-semibold">What predicts {predictors.of.title} best</h2>
      {rows.length === 0 ? (
        <p className="text-sm text-muted">
          Nothing to rank: no other measure has values for at least 4 of the same methods.
        </p>
      ) : (
        <ListTable
          label={`Predictors of ${predictors.of.title}, best first`}
          className="max-w-6xl"
          rows={rows.map((row, i) => ({ ...row, rank: i + 1 }))}
          rowKey={(row) => row.variable.slug}
          columns={[
            {
              title: "Place",
              untitled: true,
              numeric: true,
              className: "text-muted",
              show: ({ rank }) => rank,
            },
            {
              title: "Predictor",
              heads: true,
              className: "min-w-48 font-normal",
              show: ({ variable: { slug, title } }) => (
                <Link
                  className="hover:underline"
                  href={`/correlation${withQuery(filterQuery(query), { x: slug, y: of, transform: transform === "LOGIT" ? undefined : transform, asOf: query.asOf })}`}
                  prefetch={false}
                >
                  {title}
                </Link>
              ),
            },
            {
              title: `Leave-one-out error (${unit})`,
              className: "min-w-64",
              show: ({ error, errorInterval, baseline, skill }) => (
                <span className="flex items-center gap-2">
                  <span className="w-14 text-right">{formatNumber(error, 3)}</span>
                  <span aria-hidden="true" className="relative h-4 grow bg-raised">
                    <span
                      className={`absolute inset-y-1 left-0 ${skill > 0 ? "bg-accent" : "bg-muted"}`}
                      style={{ width: share(error, most) }}
                    />
                    {errorInterval && (
                      <span
                        className="absolute top-1/2 border-t-2 border-ink"
                        style={{
                          left: share(errorInterval.lower, most),
                          right: `calc(100% - ${share(errorInterval.upper, most)})`,
                        }}
                      />
                    )}
                    <span
                      className="absolute inset-y-0 border-l border-fault"
                      style={{ left: share(baseline, most) }}
                    />
                  </span>
                  <span className="sr-only">
                    {errorInterval &&
                      `, 95% ${formatNumber(errorInterval.lower, 3)} to ${formatNumber(errorInterval.upper, 3)}`}
                    ; by the mean alone {formatNumber(baseline, 3)}
                  </span>
                </span>
              ),
            },
            { title: "Explained", numeric: true, show: ({ skill }) => `${formatNumber(100 * skill, 0)}%` },
            {
              title: "r, 95%",
              numeric: true,
              show: ({ coefficient, interval }) => (
                <>
                  {formatNumber(coefficient, 2)}
                  {interval && (
                    <span className="ml-2 text-xs text-muted">
                      {formatNumber(interval.lower, 2)} to {formatNumber(interval.upper, 2)}
                    </span>
                  )}
                </>
              ),
            },
            {
              title: "p, Holm",
              numeric: true,
              show: ({ adjustedPValue }) =>
                adjustedPValue == null ? "" : adjustedPValue < 0.001 ? "< 0.001" : adjustedPValue.toFixed(3),
            },
            { title: "n", numeric: true, show: ({ n }) => n },
          ]}
        />
      )}
      <p className="mt-3 max-w-4xl text-xs leading-5 text-muted">
        Bar: the root mean square error when each method is predicted by the line through the others. Thin
        line: its 95% interval (BCa, 2,000 resamples). Red line: the error of predicting the mean of the
        others. Explained: 1 − (error / error of the mean)², below 0 where the line predicts worse than the
        mean. p is adjusted for all variables in the list (Holm).
        {predictors.leftOut > 0 &&
          ` Left out: ${predictors.leftOut} variables that have fewer than 4 methods in common with it, or a single value.`}{" "}
        Ledger position {predictors.position}.
      </p>
      <p className="mt-3 text-sm">
        <a className="link" href={explorerAddress(PredictorsQuery.toString().trim(), variables)}>
          Open in the explorer
        </a>
      </p>
    </>
  );
}

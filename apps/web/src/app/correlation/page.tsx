import type { Metadata } from "next";
import Link from "next/link";
import type { CovariateInput, VariableInput } from "../../../generated/graphql";
import { AsOfNotice } from "../../components/as-of";
import { CopyButton } from "../../components/copy-button";
import { CorrelationForm, pretraining, type VariableGroup } from "../../components/correlation/form";
import { PValue } from "../../components/correlation/p-value";
import { FamilyKey } from "../../components/family-key";
import { FaultNotice } from "../../components/fault-notice";
import { FilterNotice } from "../../components/filter-notice";
import { ListTable } from "../../components/list-table";
import { Scatter } from "../../components/plot/scatter";
import { Verbatim } from "../../components/scroll-region";
import { readMoment, readQuery, type SearchParams, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { noFilter, readFilter } from "../../lib/board-filter";
import { filterFaults } from "../../lib/filter-faults";
import { familyNames, formatNumber } from "../../lib/format";
import { CorrelationQuery, VariablesQuery } from "./query";

export const metadata: Metadata = { title: "Correlation" };

const defaults = { x: "imagenet/imagenet/top1", y: "many-shot-linear" };

/** A measure's slug has slashes; a suite's has none. */
const variable = (slug: string): VariableInput => (slug.includes("/") ? { measure: slug } : { suite: slug });

function covariate(given: string | undefined): CovariateInput | null {
  if (!given) return null;
  const known = pretraining.options.find(({ value }) => value === given);
  return known ? { pretraining: known.value } : variable(given);
}

async function variableGroups(): Promise<VariableGroup[]> {
  const { suites, measures } = await ask(VariablesQuery);
  const bySetting = new Map<string, VariableGroup["options"][number][]>();
  for (const { slug, title, setting } of measures.nodes) {
    const options = bySetting.get(setting.title) ?? [];
    options.push({ value: slug, title });
    bySetting.set(setting.title, options);
  }
  return [
    {
      label: "Averages over a suite",
      options: suites.nodes.map(({ slug, title }) => ({ value: slug, title })),
    },
    ...[...bySetting].map(([label, options]) => ({ label, options })),
  ];
}

/** What is held fixed, in the words of the form. */
const givenTitle = (given: string | undefined, groups: readonly VariableGroup[]) =>
  [pretraining, ...groups]
    .flatMap(({ options }): readonly { value: string; title: string }[] => options)
    .find(({ value }) => value === given)?.title ?? given;

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
    <div>
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

export default async function CorrelationPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const x = query.x ?? defaults.x;
  const y = query.y ?? defaults.y;
  const faults = filterFaults(query);
  if (faults.length > 0) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold tracking-tight">What predicts what?</h1>
        <FaultNotice
          what="The correlation"
          faults={faults}
          without={withQuery(query, { ...noFilter, asOf: undefined })}
        />
      </>
    );
  }
  const [groups, { pearson, spearman, kendall }] = await Promise.all([
    variableGroups(),
    ask(CorrelationQuery, {
      x: variable(x),
      y: variable(y),
      transform: query.transform === "NONE" ? "NONE" : "LOGIT",
      orient: query.orient === "1",
      filter: readFilter(query),
      interval: query.interval === "BOOTSTRAP" ? "BOOTSTRAP" : "FISHER",
      given: covariate(query.given),
      asOf: readMoment(query.asOf) ?? null,
    }),
  ]);
  const axis = (one: (typeof pearson)["x"]) =>
    `${one.title} (${one.unit}${one.negated ? ", negated so that more is better" : ""})`;
  const description =
    `${pearson.y.title} against ${pearson.x.title} for ${pearson.n} methods` +
    (pearson.coefficient == null ? "" : `, Pearson’s r = ${formatNumber(pearson.coefficient, 3)}`);

  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">What predicts what?</h1>
      <p className="mt-2 mb-6 max-w-3xl text-muted">
        Any two measures or suites against each other, over methods. By default as the paper does it: metrics
        bounded in 0 to 1 by their logit, and a suite by the mean over its measures after that.{" "}
        <Link className="link" href="/correlation/matrix">
          All pairs at once
        </Link>
        .
      </p>
      <AsOfNotice
        what="The correlation"
        asOf={pearson.asOf ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      <FilterNotice query={query} shown={["family"]} />
      <CorrelationForm key={`${x} ${y}`} x={x} y={y} query={query} groups={groups} />
      {pearson.partial && (
        <p className="mb-3 text-sm text-muted">
          Partial: with {givenTitle(query.given, groups)} held fixed, over the methods that have all three.
        </p>
      )}
      <dl className="mb-4 grid grid-cols-2 gap-x-8 gap-y-3 sm:flex sm:flex-wrap sm:gap-x-10">
        <EstimateView name="Pearson" symbol="r" estimate={pearson} />
        <EstimateView name="Spearman" symbol="ρ" estimate={spearman} />
        <EstimateView name="Kendall" symbol="τ" estimate={kendall} />
        <div>
          <dt className="text-xs text-muted">Methods</dt>
          <dd className="text-lg tabular-nums">
            <i>n</i> = {pearson.n}
          </dd>
        </div>
        {pearson.regression && (
          <div>
            <dt className="text-xs text-muted">Least squares</dt>
            <dd className="text-lg tabular-nums">
              y = {formatNumber(pearson.regression.slope, 3)} x {pearson.regression.intercept < 0 ? "−" : "+"}{" "}
              {formatNumber(Math.abs(pearson.regression.intercept), 3)}
            </dd>
          </div>
        )}
      </dl>
      {pearson.reason && (
        <p className="mb-4 rounded border border-line bg-raised p-3 text-sm">{pearson.reason}</p>
      )}
      {pearson.points.length > 0 && (
        <FamilyKey families={pearson.points.map(({ method }) => method.family)} />
      )}
      {pearson.points.length > 0 && (
        <Scatter
          points={pearson.points.map(({ method, x: px, y: py }) => ({
            ...method,
            x: px,
            y: py,
            title: `${method.name}\nx ${formatNumber(px, 3)}\ny ${formatNumber(py, 3)}`,
          }))}
          line={pearson.regression ?? null}
          xLabel={axis(pearson.x)}
          yLabel={axis(pearson.y)}
          description={description}
        />
      )}
      <p className="mt-2 text-sm">
        <Link className="link" href={withQuery(query, { x: y, y: x })} prefetch={false}>
          Swap the axes
        </Link>
      </p>
      <div className="mt-8 grid gap-8 lg:grid-cols-2">
        <section aria-labelledby="points" className="min-w-0">
          <h2 id="points" className="mb-2 text-lg font-semibold">
            The points
          </h2>
          <ListTable
            label="Values of every point"
            rows={pearson.points}
            rowKey={({ method }) => method.slug}
            columns={[
              {
                title: "Method",
                heads: true,
                className: "font-normal whitespace-nowrap",
                show: ({ method }) => (
                  <Link href={`/methods/${method.slug}`} prefetch={false} className="hover:underline">
                    {method.name}
                  </Link>
                ),
              },
              {
                title: "Family",
                className: "text-muted",
                show: ({ method }) => familyNames[method.family],
              },
              { title: "x raw", numeric: true, show: (point) => formatNumber(point.rawX, 2) },
              { title: "x", numeric: true, show: (point) => formatNumber(point.x, 3) },
              { title: "y raw", numeric: true, show: (point) => formatNumber(point.rawY, 2) },
              { title: "y", numeric: true, show: (point) => formatNumber(point.y, 3) },
            ]}
          />
        </section>
        <section aria-labelledby="robust" className="min-w-0">
          <h2 id="robust" className="mb-2 text-lg font-semibold">
            How much hangs on one family
          </h2>
          {pearson.withoutFamily.length < 2 && (
            <p className="text-sm text-muted">There are not several families to leave one out of.</p>
          )}
          <ul className="text-sm tabular-nums">
            {(pearson.withoutFamily.length > 1 ? pearson.withoutFamily : []).map((left) => (
              <li key={left.family} className="py-0.5">
                Without {familyNames[left.family].toLowerCase()}: <i>r</i> ={" "}
                {formatNumber(left.coefficient, 3)}, <i>n</i> = {left.n}
                {left.reason && <span className="text-muted"> ({left.reason})</span>}
              </li>
            ))}
          </ul>
          {pearson.excluded.length > 0 && (
            <>
              <h2 className="mt-6 mb-2 text-lg font-semibold">Left out</h2>
              <ul className="text-sm">
                {pearson.excluded.map(({ method, reason }) => (
                  <li key={method.slug} className="py-0.5">
                    <Link href={`/methods/${method.slug}`} prefetch={false} className="link">
                      {method.name}
                    </Link>
                    : {reason}
                  </li>
                ))}
              </ul>
            </>
          )}
          <h2 className="mt-6 mb-2 text-lg font-semibold">Cite this view</h2>
          <Verbatim label="BibTeX">{pearson.bibtex}</Verbatim>
          <CopyButton text={pearson.bibtex} what="BibTeX" />
        </section>
      </div>
    </>
  );
}

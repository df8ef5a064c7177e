import type { Metadata } from "next";
import Link from "next/link";
import type { Family } from "../../../generated/graphql";
import { AsOfNotice } from "../../components/as-of";
import { toggled } from "../../components/board/view-state";
import { CopyButton } from "../../components/copy-button";
import { CorrelationForm } from "../../components/correlation/form";
import { CorrelationHead } from "../../components/correlation/head";
import { Statistics } from "../../components/correlation/statistics";
import { type VariableGroup, variableGroups, variableInput } from "../../components/correlation/variables";
import { FaultNotice } from "../../components/fault-notice";
import { FilterNotice } from "../../components/filter-notice";
import { ListTable } from "../../components/list-table";
import { LiveLink } from "../../components/live-link";
import { FamilyDot } from "../../components/marks";
import { PointLink } from "../../components/plot/point-link";
import { Scatter, type ScatterAxis } from "../../components/plot/scatter";
import { Verbatim } from "../../components/scroll-region";
import { listOf, readMoment, readQuery, type SearchParams, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { noFilter, readFilter } from "../../lib/board-filter";
import { filterFaults } from "../../lib/filter-faults";
import { familyNames, formatNumber } from "../../lib/format";
import { explorerAddress } from "../../lib/site";
import { CorrelationQuery } from "./query";

export const metadata: Metadata = { title: "Correlation" };

const defaults = { x: "imagenet/imagenet/top1", y: "many-shot-linear" };
const families = Object.keys(familyNames) as Family[];

const titleOf = (value: string | undefined, groups: readonly VariableGroup[]) =>
  groups.flatMap(({ options }) => options).find((option) => option.value === value)?.title ?? value;

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
  const variables = {
    x: variableInput(x),
    y: variableInput(y),
    transform: query.transform === "NONE" ? ("NONE" as const) : ("LOGIT" as const),
    orient: query.orient === "1",
    filter: readFilter(query),
    interval: query.interval === "BOOTSTRAP" ? ("BOOTSTRAP" as const) : ("FISHER" as const),
    given: query.given ? variableInput(query.given) : null,
    asOf: readMoment(query.asOf) ?? null,
  };
  const [groups, { pearson, spearman, kendall }] = await Promise.all([
    variableGroups(),
    ask(CorrelationQuery, variables),
  ]);
  const axis = (one: (typeof pearson)["x"]): ScatterAxis => {
    const [first] = one.measures;
    const alike = one.unit === "logit" && new Set(one.measures.map(({ metric }) => metric.upper)).size === 1;
    return {
      label: `${one.title} (${one.unit}${one.negated ? ", negated so that more is better" : ""})`,
      rawMost: alike ? (first?.metric.upper ?? null) : null,
      negated: one.negated,
    };
  };
  const description =
    `${pearson.y.title} against ${pearson.x.title} for ${pearson.n} methods` +
    (pearson.coefficient == null ? "" : `, Pearson’s r = ${formatNumber(pearson.coefficient, 3)}`);
  const line = pearson.regression ?? null;
  const residual = (point: { x: number; y: number }) =>
    line ? point.y - line.slope * point.x - line.intercept : null;
  const rawUnit = (one: (typeof pearson)["x"]) => one.measures[0]?.metric.unit ?? one.unit;
  const chosen = listOf(families, query.family);
  // What a choice leaves out can be added to it: the points no longer tell what the measures have.
  const present = families.filter(
    (family) => chosen.length > 0 || pearson.points.some(({ method }) => method.family === family),
  );
  // With a single point there is nothing to draw: the axes would be made up.
  const drawable = pearson.points.length > 1;

  return (
    <>
      <CorrelationHead current="pair">
        Correlate any two measures, suites or covariates over all methods. As in the paper, accuracies are
        transformed to logits, and a suite is the mean of its measures.
      </CorrelationHead>
      <AsOfNotice
        what="The correlation"
        asOf={pearson.asOf ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      <FilterNotice query={query} shown={["family"]} />
      <CorrelationForm key={`${x} ${y} ${query.given}`} x={x} y={y} query={query} groups={groups} />
      {pearson.reason && (
        <p className="mb-4 rounded border border-line bg-raised p-3 text-sm">{pearson.reason}</p>
      )}
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,56rem)_minmax(16rem,1fr)]">
        <div className="min-w-0">
          <nav aria-label="Families" className="mb-2 flex flex-wrap gap-1.5">
            {present.map((family) => {
              const on = chosen.includes(family);
              return (
                <LiveLink
                  key={family}
                  set={{ family: toggled(chosen, family) ?? "", zoom: "" }}
                  aria-current={on ? "true" : undefined}
                  className={`chip ${on ? "border-ink font-medium" : ""}`}
                >
                  <FamilyDot family={family} />
                  {familyNames[family]}
                </LiveLink>
              );
            })}
            {pearson.excluded.some(({ method }) => method.family === "CONTROL") && (
              <LiveLink set={{ family: families.join(",") }} className="chip">
                Add controls
              </LiveLink>
            )}
          </nav>
          {drawable ? (
            <>
              <PointLink />
              <Scatter
                points={pearson.points.map((point) => ({
                  slug: point.method.slug,
                  name: point.method.name,
                  family: point.method.family,
                  x: point.x,
                  y: point.y,
                  marked: !point.comparable,
                  card: [
                    point.method.name,
                    `${pearson.x.title}: ${formatNumber(point.rawX, 2)} ${rawUnit(pearson.x)}${pearson.x.unit === "logit" ? `, logit ${formatNumber(point.x, 3)}` : ""}`,
                    `${pearson.y.title}: ${formatNumber(point.rawY, 2)} ${rawUnit(pearson.y)}${pearson.y.unit === "logit" ? `, logit ${formatNumber(point.y, 3)}` : ""}`,
                    line && `Residual ${formatNumber(residual(point), 3)} (positive: above the line)`,
                    !point.comparable && "† Another or an unknown protocol",
                  ]
                    .filter(Boolean)
                    .join("\n"),
                }))}
                line={line}
                x={axis(pearson.x)}
                y={axis(pearson.y)}
                description={description}
              />
            </>
          ) : (
            <p className="rounded border border-line bg-raised p-6 text-center text-sm text-muted">
              {pearson.points.length === 1
                ? `Only ${pearson.points[0]?.method.name} has values for both: at least two methods are needed.`
                : "No method has values for both."}
            </p>
          )}
          {pearson.points.some(({ comparable }) => !comparable) && (
            <p className="mt-2 text-xs text-muted">
              † Open circles: one of the two values has another or an unknown protocol.
            </p>
          )}
        </div>
        <aside className="min-w-0 space-y-5">
          <Statistics
            pearson={pearson}
            spearman={spearman}
            kendall={kendall}
            bootstrap={query.interval === "BOOTSTRAP"}
          />
          {pearson.partial && (
            <p className="text-sm text-muted">
              Partial: controlling for {titleOf(query.given, groups)}, over the methods that have values for
              all three.
            </p>
          )}
          <section aria-labelledby="robust">
            <h2 id="robust" className="mb-1 text-sm font-semibold">
              Leave one family out
            </h2>
            {pearson.withoutFamily.length < 2 ? (
              <p className="text-sm text-muted">All methods are of one family.</p>
            ) : (
              <ul className="text-sm tabular-nums">
                {pearson.withoutFamily.map((left) => (
                  <li key={left.family} className="flex justify-between gap-3 py-0.5">
                    <span className="text-muted">without {familyNames[left.family].toLowerCase()}</span>
                    <span>
                      <i>r</i> = {formatNumber(left.coefficient, 3)}, <i>n</i> = {left.n}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </section>
          {pearson.excluded.length > 0 && (
            <details className="text-sm">
              <summary className="cursor-pointer py-1 font-semibold">
                Left out: {pearson.excluded.length} {pearson.excluded.length === 1 ? "method" : "methods"}
              </summary>
              <ul>
                {pearson.excluded.map(({ method, reason }) => (
                  <li key={method.slug} className="py-0.5">
                    <Link href={`/methods/${method.slug}`} prefetch={false} className="link">
                      {method.name}
                    </Link>
                    : {reason}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <ul className="space-y-1 text-sm">
            <li>
              <LiveLink set={{ x: y, y: x, zoom: "" }} className="link">
                Swap the axes
              </LiveLink>
            </li>
            <li>
              <Link
                className="link"
                href={`/correlation/predictors${withQuery({}, { of: y })}`}
                prefetch={false}
              >
                What predicts {pearson.y.title} best?
              </Link>
            </li>
            <li>
              <a className="link" href={explorerAddress(CorrelationQuery.toString().trim(), variables)}>
                Open in the explorer
              </a>
            </li>
          </ul>
          <details className="text-sm">
            <summary className="cursor-pointer py-1 text-muted hover:text-ink">Cite this view</summary>
            <Verbatim label="BibTeX">{pearson.bibtex}</Verbatim>
            <CopyButton text={pearson.bibtex} what="BibTeX" />
          </details>
        </aside>
      </div>
      {pearson.points.length > 0 && (
        <section aria-labelledby="points" className="mt-8 max-w-4xl">
          <h2 id="points" className="mb-2 text-lg font-semibold">
            Values
          </h2>
          <ListTable
            label="Values of every point"
            rows={pearson.points}
            rowKey={({ method }) => method.slug}
            rowAttributes={({ method }) => ({ "data-point": method.slug })}
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
              {
                title: `x (${rawUnit(pearson.x)})`,
                numeric: true,
                show: (point) => formatNumber(point.rawX, 2),
              },
              ...(pearson.x.unit === "logit"
                ? [
                    {
                      title: "x, logit",
                      numeric: true,
                      show: (point: { x: number }) => formatNumber(point.x, 3),
                    },
                  ]
                : []),
              {
                title: `y (${rawUnit(pearson.y)})`,
                numeric: true,
                show: (point) => formatNumber(point.rawY, 2),
              },
              ...(pearson.y.unit === "logit"
                ? [
                    {
                      title: "y, logit",
                      numeric: true,
                      show: (point: { y: number }) => formatNumber(point.y, 3),
                    },
                  ]
                : []),
              {
                title: "Residual",
                numeric: true,
                show: (point) => formatNumber(residual(point), 3),
              },
            ]}
          />
        </section>
      )}
    </>
  );
}

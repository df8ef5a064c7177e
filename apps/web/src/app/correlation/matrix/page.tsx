import type { Metadata } from "next";
import { graphql } from "../../../../generated";
import { AsOfNotice } from "../../../components/as-of";
import { AutoForm } from "../../../components/auto-form";
import { labelsOf } from "../../../components/board/rows";
import { clusterOrder } from "../../../components/correlation/cluster";
import { Crosshair } from "../../../components/correlation/crosshair";
import { FamilyBoxes } from "../../../components/correlation/family-boxes";
import { CorrelationHead } from "../../../components/correlation/head";
import { FaultNotice } from "../../../components/fault-notice";
import { FilterNotice } from "../../../components/filter-notice";
import { LiveDownload } from "../../../components/live-link";
import { type Query, readMoment, readQuery, type SearchParams, withQuery } from "../../../lib/address";
import { allNodes } from "../../../lib/all-nodes";
import { ask } from "../../../lib/api";
import { filterQuery, noFilter } from "../../../lib/board-filter";
import { filterFaults } from "../../../lib/filter-faults";
import { HeatKey, HeatMap, isCompact } from "./heat-map";
import { coefficients, readMatrix } from "./query";

export const metadata: Metadata = { title: "Correlation matrix" };

const SuitesQuery = graphql(`
  query MatrixSuites($after: String) {
    suites(first: 200, after: $after) {
      nodes {
        slug
        title
        measures {
          slug
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const everySuite = () => allNodes(async (after) => (await ask(SuitesQuery, { after })).suites);

type Matrix = Awaited<ReturnType<typeof readMatrix>>;

/** A suite's variable by its title; a measure's by what tells it from the others of its group. */
function shortNames({ variables, suite }: Matrix): string[] {
  const measures = variables.flatMap((variable) => variable.measures.slice(0, 1));
  if (!suite) {
    // A suite by its title, also one of a single dataset: two settings may share that.
    return variables.map(({ slug, title, measures: [first] }) =>
      slug.includes("/") && first ? first.dataset.title : title.replace(/, 20 images a class$/, ""),
    );
  }
  const bySetting = Map.groupBy(measures, ({ setting }) => setting.slug);
  const labels = new Map<(typeof measures)[number], string>();
  for (const group of bySetting.values()) {
    for (const [i, label] of labelsOf(group.map((measure) => ({ measure }))).entries())
      labels.set(group[i]!, label);
  }
  return measures.map((measure) => labels.get(measure) ?? "");
}

function Choice(props: {
  name: string;
  label: string;
  value: string | undefined;
  options: readonly (readonly [value: string, title: string])[];
}) {
  return (
    <label className="block min-w-0 text-sm">
      <span className="mb-1 block text-muted">{props.label}</span>
      <select name={props.name} defaultValue={props.value} className="field max-w-full">
        {props.options.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function MatrixForm({ query, matrix, suites }: { query: Query; matrix: Matrix; suites: [string, string][] }) {
  return (
    <AutoForm
      key={withQuery(query, {})}
      label="What is correlated"
      names={["of", "coefficient", "transform", "orient", "order", "family"]}
      className="mb-4 flex flex-wrap items-end gap-3"
    >
      <Choice
        name="of"
        label="Between"
        value={query.of}
        options={[["", "ImageNet and the paper’s eight settings"], ...suites]}
      />
      <Choice
        name="order"
        label="Order"
        value={query.order ?? ""}
        options={[
          ["", "By setting"],
          ["clustered", "Clustered"],
        ]}
      />
      <Choice
        name="coefficient"
        label="Coefficient"
        value={matrix.coefficient}
        options={Object.entries(coefficients).map(([value, { name, symbol }]) => [
          value,
          `${name}’s ${symbol}`,
        ])}
      />
      <Choice
        name="transform"
        label="Transform"
        value={matrix.transform}
        options={[
          ["LOGIT", "Logit (the paper’s)"],
          ["NONE", "None"],
        ]}
      />
      <Choice
        name="orient"
        label="Direction"
        value={matrix.orient ? "1" : "0"}
        options={[
          ["1", "More is better everywhere"],
          ["0", "As measured"],
        ]}
      />
      <FamilyBoxes query={query} />
    </AutoForm>
  );
}

/** How every two of a set of measures or suites go together over methods. */
export default async function MatrixPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const faults = filterFaults(query);
  if (faults.length > 0) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold tracking-tight">What predicts what?</h1>
        <FaultNotice
          what="The matrix"
          faults={faults}
          without={withQuery(query, { ...noFilter, asOf: undefined })}
        />
      </>
    );
  }
  const [matrix, suites] = await Promise.all([readMatrix(query), everySuite()]);
  const names = shortNames(matrix);
  const { name, symbol } = coefficients[matrix.coefficient];
  const values = matrix.coefficients.map((row) => row.map((one) => one ?? null));
  const clustered = query.order === "clustered";
  const order = clustered ? clusterOrder(values) : [...values.keys()];
  const settings = new Set(
    matrix.variables.flatMap(({ measures }) =>
      matrix.suite ? measures.map(({ setting }) => setting.slug) : [],
    ),
  );
  const counts = matrix.counts.flatMap((row, i) => row.filter((_, j) => j !== i));
  const [first = null, ...others] = new Set(counts);
  const sameCount = others.length === 0 ? first : null;
  const title = matrix.suite
    ? `the ${names.length} measures of ${matrix.suite.title}`
    : "ImageNet and the paper’s eight settings";
  const compact = isCompact(names.length);
  return (
    <>
      <CorrelationHead current="matrix">
        Every pair of a set of measures, correlated over methods. Click a cell for its scatter plot.
      </CorrelationHead>
      <AsOfNotice
        what="The matrix"
        asOf={readMoment(query.asOf) ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      <FilterNotice query={query} shown={["family"]} />
      <MatrixForm
        query={query}
        matrix={matrix}
        suites={suites
          .filter(({ measures }) => measures.length > 1)
          .map(({ slug, title: named }) => [slug, `The measures of ${named}`])}
      />
      <h2 className="mb-2 text-lg font-semibold">
        {name}’s <i className="mr-0.5">{symbol}</i> between {title}
      </h2>
      <Crosshair />
      <HeatMap
        label={`${name}’s ${symbol} between ${title}`}
        symbol={symbol}
        variables={order.map((i) => {
          const variable = matrix.variables[i]!;
          return {
            slug: variable.slug,
            label: names[i] ?? variable.title,
            title: `${variable.title}\n${variable.unit}${variable.negated ? ", negated so that more is better" : ""}`,
            group: settings.size > 1 && !clustered ? (variable.measures[0]?.setting.title ?? null) : null,
          };
        })}
        pairs={order.map((i) =>
          order.map((j) => ({
            coefficient: values[i]?.[j] ?? null,
            n: matrix.counts[i]?.[j] ?? 0,
            pValue: matrix.pValues[i]?.[j] ?? null,
            adjusted: matrix.adjustedPValues[i]?.[j] ?? null,
            interval: matrix.intervals[i]?.[j] ?? null,
          })),
        )}
        sameCount={sameCount}
        pairAddress={(x, y) =>
          `/correlation${withQuery(
            {},
            {
              x,
              y,
              transform: matrix.transform === "LOGIT" ? undefined : matrix.transform,
              orient: matrix.orient ? "1" : undefined,
              ...filterQuery(query),
              asOf: query.asOf,
            },
          )}`
        }
      />
      <HeatKey compact={compact} />
      <p className="mt-2 text-xs leading-5 text-muted">
        {sameCount === null ? (
          compact ? (
            "The number of methods differs from pair to pair: hover over a cell to see it. "
          ) : (
            "Small figures: the number of methods with values for both. "
          )
        ) : (
          <>
            <i>n</i> = {sameCount} methods in every pair.{" "}
          </>
        )}
        {clustered && "Clustered by average linkage on 1 − |r|. "}
        Ledger position {matrix.position}.
      </p>
      <p className="mt-3 text-sm">
        <LiveDownload
          className="link"
          path="/correlation/matrix.csv"
          fixed={{}}
          follow={["of", "coefficient", "transform", "orient", "asOf", ...Object.keys(noFilter)]}
          file="correlation-matrix.csv"
        >
          Download as CSV
        </LiveDownload>
      </p>
    </>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../../generated";
import { AsOfNotice } from "../../../components/as-of";
import { labelsOf } from "../../../components/board/rows";
import { FamilyBoxes } from "../../../components/correlation/family-boxes";
import { field } from "../../../components/correlation/form";
import { FaultNotice } from "../../../components/fault-notice";
import { FilterNotice, KeptFilter } from "../../../components/filter-notice";
import { type Query, readMoment, readQuery, type SearchParams, withQuery } from "../../../lib/address";
import { ask } from "../../../lib/api";
import { filterQuery, noFilter } from "../../../lib/board-filter";
import { filterFaults } from "../../../lib/filter-faults";
import { HeatKey, HeatMap } from "./heat-map";
import { coefficients, readMatrix } from "./query";

export const metadata: Metadata = { title: "Correlation matrix" };

const SuitesQuery = graphql(`
  query MatrixSuites {
    suites(first: 200) {
      nodes {
        slug
        title
        measures {
          slug
        }
      }
    }
  }
`);

type Matrix = Awaited<ReturnType<typeof readMatrix>>;

/** A suite's variable by its title; a measure's by what tells it from the others, as on a board. */
function shortNames({ variables, suite }: Matrix): string[] {
  const measures = variables.flatMap((variable) => variable.measures.slice(0, 1));
  const settings = new Set(measures.map(({ setting }) => setting.title));
  if (!suite || settings.size > 1) return variables.map(({ title }) => title);
  return labelsOf(measures.map((measure) => ({ measure })));
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
      <select name={props.name} defaultValue={props.value} className={field}>
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
    <form key={withQuery(query, {})} method="get" className="mb-6 flex flex-wrap items-end gap-4">
      <Choice
        name="of"
        label="Between"
        value={query.of}
        options={[["", "ImageNet and the paper’s eight settings"], ...suites]}
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
      <KeptFilter query={query} shown={["family"]} />
      {query.asOf && <input type="hidden" name="asOf" value={query.asOf} />}
      <button
        type="submit"
        className="cursor-pointer rounded border border-ink bg-ink px-4 py-1.5 text-sm text-ground"
      >
        Show
      </button>
    </form>
  );
}

/** How every two of a set of measures or suites go together over methods. */
export default async function MatrixPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const faults = filterFaults(query);
  if (faults.length > 0) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold tracking-tight">What goes with what?</h1>
        <FaultNotice
          what="The matrix"
          faults={faults}
          without={withQuery(query, { ...noFilter, asOf: undefined })}
        />
      </>
    );
  }
  const [matrix, { suites }] = await Promise.all([readMatrix(query), ask(SuitesQuery)]);
  const names = shortNames(matrix);
  const { name, symbol } = coefficients[matrix.coefficient];
  const pairs = matrix.counts.flatMap((row, i) => row.filter((_, j) => j !== i));
  const [first = null, ...others] = new Set(pairs);
  const sameCount = others.length === 0 ? first : null;
  const title = matrix.suite
    ? `the ${names.length} measures of ${matrix.suite.title}`
    : "ImageNet and the paper’s eight settings";
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">What goes with what?</h1>
      <p className="mt-2 mb-6 max-w-3xl text-muted">
        Every two of a set against each other, over methods. Each value leads to the{" "}
        <Link className="link" href="/correlation">
          scatter of its pair
        </Link>
        , with interval and p-value.
      </p>
      <AsOfNotice
        what="The matrix"
        asOf={readMoment(query.asOf) ?? null}
        now={withQuery(query, { asOf: undefined })}
      />
      <FilterNotice query={query} shown={["family"]} />
      <MatrixForm
        query={query}
        matrix={matrix}
        suites={suites.nodes
          .filter(({ measures }) => measures.length > 1)
          .map(({ slug, title: named }) => [slug, `The measures of ${named}`])}
      />
      <h2 className="mb-2 text-lg font-semibold">
        {name}’s <i>{symbol}</i> between {title}
      </h2>
      <HeatMap
        label={`${name}’s ${symbol} between ${title}`}
        symbol={symbol}
        variables={matrix.variables.map((variable, i) => ({
          slug: variable.slug,
          label: names[i] ?? variable.title,
          title: `${variable.title} (${variable.unit}${variable.negated ? ", negated" : ""})`,
        }))}
        coefficients={matrix.coefficients.map((row) => row.map((one) => one ?? null))}
        counts={matrix.counts}
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
      <HeatKey />
      <p className="mt-3 text-xs leading-5 text-muted">
        {sameCount === null ? (
          "The small figure is the number of methods that have both. "
        ) : (
          <>
            <i>n</i> = {sameCount} methods in every pair.{" "}
          </>
        )}
        Ledger position {matrix.position}.
      </p>
      <p className="mt-3 text-sm">
        <a
          className="link"
          href={`/correlation/matrix.csv${withQuery(query, {})}`}
          download="correlation-matrix.csv"
        >
          Download as CSV
        </a>
      </p>
    </>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { AsOfNotice } from "../../components/as-of";
import { FaultNotice } from "../../components/fault-notice";
import { DirectionMark } from "../../components/marks";
import { ScrollRegion } from "../../components/scroll-region";
import { readMoment, type SearchParams, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { filterFaults } from "../../lib/filter-faults";
import { formatInterval, formatNumber, missing, provenanceMarks, provenanceNames } from "../../lib/format";

export const metadata: Metadata = { title: "Compare" };

const CompareQuery = graphql(`
  query Compare($methods: [String!]!, $suite: String, $asOf: DateTime) {
    compare(methods: $methods, suite: $suite, asOf: $asOf) {
      methods {
        slug
        name
        family
      }
      rows {
        measure {
          slug
          setting {
            title
          }
          dataset {
            title
          }
          metric {
            title
            unit
            digits
            direction
          }
        }
        cells {
          value
          interval {
            lower
            upper
          }
          differentProtocol
          provenance
        }
      }
    }
  }
`);

/** Both `methods=a,b` and `methods=a&methods=b`, as a form without script sends it. */
const slugsOf = (value: string | string[] | undefined) => [
  ...new Set([value ?? []].flat().flatMap((part) => part.split(",").filter(Boolean))),
];

const otherProtocol =
  "not under the protocol that most methods have in this measure, or under one that is not known";

const last = (value: string | string[] | undefined) => [value].flat().at(-1);

/** Which cells of a row hold its best value, where one side is better and they differ. */
function bestOf(
  values: readonly (number | null)[],
  direction: "HIGHER" | "LOWER" | "NEITHER",
): number | null {
  const known = values.filter((value) => value !== null);
  if (direction === "NEITHER" || new Set(known).size < 2) return null;
  return direction === "HIGHER" ? Math.max(...known) : Math.min(...known);
}

/** Methods side by side over every measure that any of them has. */
export default async function ComparePage({ searchParams }: { searchParams: SearchParams }) {
  const query = await searchParams;
  const methods = slugsOf(query.methods);
  if (methods.length === 0) {
    return (
      <>
        <h1 className="text-2xl font-semibold tracking-tight">Compare methods</h1>
        <p className="mt-3 text-muted">
          Choose some on{" "}
          <Link className="link" href="/methods">
            the page of all methods
          </Link>
          , or name them in the address: <code>/compare?methods=swav,byol</code>.
        </p>
      </>
    );
  }
  const [suite, day] = [last(query.suite), last(query.asOf)];
  const asOf = readMoment(day) ?? null;
  const others = { methods: methods.join(","), suite, asOf: day };
  if (day && !asOf) {
    return (
      <FaultNotice
        what="The comparison"
        faults={filterFaults({ asOf: day })}
        without={withQuery(others, { asOf: undefined })}
      />
    );
  }
  const { compare } = await ask(CompareQuery, { methods, suite: suite ?? null, asOf });
  const settings = Map.groupBy(compare.rows, ({ measure }) => measure.setting.title);
  const names = compare.methods.map((method) => method.name);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{names.join(", ")}</h1>
      <p className="mt-2 mb-4 text-sm text-muted">
        {compare.rows.length} measures {suite && "of one board "}that any of them has a value in
        {suite && (
          <>
            {" "}
            (
            <Link className="link" href={withQuery(others, { suite: undefined })} prefetch={false}>
              all boards
            </Link>
            )
          </>
        )}
        ; the best of a row is marked; <sup>s</sup> self-reported, <sup>r</sup> reproduced by a run of ours,
        all others published; † {otherProtocol}.
      </p>
      <AsOfNotice what="The comparison" asOf={asOf} now={withQuery(others, { asOf: undefined })} />
      <ScrollRegion
        label={`${names.join(", ")} side by side`}
        className="-mx-4 scroll-pl-40 max-w-[100vw] sm:mx-0 sm:w-fit sm:max-w-full sm:rounded sm:border sm:border-line"
      >
        <table className="w-full sm:w-auto border-separate border-spacing-0 text-sm tabular-nums">
          <thead>
            <tr className="text-left [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
              <th scope="col" className="sticky left-0 bg-ground">
                Measure
              </th>
              {compare.methods.map((method) => (
                <th key={method.slug} scope="col" className="text-right whitespace-nowrap sm:min-w-28">
                  <Link className="hover:underline" href={`/methods/${method.slug}`} prefetch={false}>
                    {method.name}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...settings].flatMap(([setting, rows]) => [
              <tr key={setting}>
                <th
                  scope="colgroup"
                  colSpan={compare.methods.length + 1}
                  className="border-b border-line px-2 pt-4 pb-1 text-left font-semibold"
                >
                  <span className="sticky left-2">{setting}</span>
                </th>
              </tr>,
              ...rows.map(({ measure, cells }) => {
                const { digits, unit, direction, title } = measure.metric;
                const best = bestOf(
                  cells.map((cell) => cell.value ?? null),
                  direction,
                );
                return (
                  <tr key={measure.slug} className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1">
                    <th
                      scope="row"
                      className="sticky left-0 max-w-56 bg-ground text-left sm:max-w-none sm:min-w-80 font-normal"
                    >
                      {measure.dataset.title}{" "}
                      <span className="text-xs text-muted">
                        {title}, {unit} <DirectionMark direction={direction} />
                      </span>
                    </th>
                    {cells.map((cell, column) => (
                      <td
                        key={compare.methods[column]?.slug}
                        className={`text-right align-bottom whitespace-nowrap ${cell.value != null && cell.value === best ? "bg-best font-semibold" : ""}`}
                      >
                        {cell.value == null ? (
                          <span className="text-muted">
                            <span aria-hidden="true">{missing}</span>
                            <span className="sr-only">no value</span>
                          </span>
                        ) : (
                          <>
                            {formatNumber(cell.value, digits)}
                            {cell.value === best && <span className="sr-only"> (best)</span>}
                            {cell.provenance && provenanceMarks[cell.provenance] && (
                              <sup
                                title={provenanceNames[cell.provenance]}
                                className="ml-0.5 font-normal text-muted"
                              >
                                <span aria-hidden="true">{provenanceMarks[cell.provenance]}</span>
                                <span className="sr-only">, {provenanceNames[cell.provenance]}</span>
                              </sup>
                            )}
                            {cell.differentProtocol && (
                              <sup title={otherProtocol} className="ml-0.5 font-normal text-muted">
                                <span aria-hidden="true">†</span>
                                <span className="sr-only">, {otherProtocol}</span>
                              </sup>
                            )}
                            {cell.interval && (
                              <span className="ml-1.5 text-xs font-normal text-muted">
                                {formatInterval(cell.value, cell.interval.lower, cell.interval.upper, digits)}
                              </span>
                            )}
                          </>
                        )}
                      </td>
                    ))}
                  </tr>
                );
              }),
            ])}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  );
}

/**
 * Coefficients of every pair as a table. In a small matrix the value stands in each cell and its colour only repeats it;
 * in a large one the cells are colours, and a card says the rest. Blue for together and orange for apart are told apart
 * by every kind of colour vision.
 */
import Link from "next/link";
import { Fragment } from "react";
import { ScrollRegion } from "../../../components/scroll-region";
import { formatNumber } from "../../../lib/format";

export interface HeatMapVariable {
  readonly slug: string;
  readonly label: string;
  readonly title: string;
  /** Neighbours of one group are headed together. */
  readonly group: string | null;
}

export interface Pair {
  readonly coefficient: number | null;
  readonly n: number;
  readonly pValue: number | null;
  readonly adjusted: number | null;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
}

/** Stronger with the size of the coefficient, nothing at zero. */
export function heat(coefficient: number): string {
  const end = coefficient < 0 ? "var(--apart)" : "var(--together)";
  return `color-mix(in srgb, ${end} ${Math.round(Math.abs(coefficient) * 100)}%, var(--ground))`;
}

const p = (value: number) => (value < 0.001 ? value.toExponential(1) : value.toFixed(3));

/** Above so many variables the numbers would not fit. */
const mostWithNumbers = 14;

function cardOf(y: HeatMapVariable, x: HeatMapVariable, pair: Pair, symbol: string): string {
  if (pair.coefficient === null) return `${y.title}\nagainst ${x.title}\nNot defined, n = ${pair.n}`;
  return [
    `${symbol} = ${formatNumber(pair.coefficient, 3)}, n = ${pair.n}`,
    y.title,
    `against ${x.title}`,
    pair.interval && `95% ${formatNumber(pair.interval.lower, 3)} to ${formatNumber(pair.interval.upper, 3)}`,
    pair.pValue !== null &&
      `p = ${p(pair.pValue)}${pair.adjusted === null ? "" : `; adjusted for all pairs (Holm) ${p(pair.adjusted)}`}`,
  ]
    .filter(Boolean)
    .join("\n");
}

/** Neighbours of one group, with how many they are. */
function spansOf(variables: readonly HeatMapVariable[]): { group: string; span: number; key: string }[] {
  const spans: { group: string; span: number; key: string }[] = [];
  for (const { group, slug } of variables) {
    const last = spans.at(-1);
    if (last && last.group === group) last.span += 1;
    else spans.push({ group: group ?? "", span: 1, key: slug });
  }
  return spans;
}

export function HeatMap(props: {
  label: string;
  symbol: string;
  variables: readonly HeatMapVariable[];
  pairs: readonly (readonly Pair[])[];
  /** The number of methods of every pair, where it is one; else each cell says its own. */
  sameCount: number | null;
  pairAddress: (x: string, y: string) => string;
}) {
  const { variables, symbol } = props;
  const compact = variables.length > mostWithNumbers;
  const grouped = variables.some(({ group }) => group !== null);
  return (
    <ScrollRegion
      label={props.label}
      className="matrix -mx-4 max-h-[85dvh] scroll-pt-32 scroll-pl-36 overflow-y-auto sm:mx-0"
    >
      <table className="border-separate border-spacing-px text-sm tabular-nums">
        <caption className="sr-only">{props.label}</caption>
        <thead>
          {grouped && (
            <tr>
              <td className="sticky top-0 left-0 z-30 h-6 bg-ground" />
              {spansOf(variables).map(({ group, span, key }) => (
                <th
                  key={key}
                  scope="colgroup"
                  colSpan={span}
                  data-card={group}
                  className="sticky top-0 z-20 h-6 max-w-0 truncate border-b border-line bg-ground px-0.5 text-left text-xs font-semibold text-muted"
                >
                  <span className={compact && span < 3 ? "sr-only" : ""}>{group}</span>
                </th>
              ))}
            </tr>
          )}
          <tr>
            <td className={`sticky left-0 z-30 bg-ground ${grouped ? "top-6" : "top-0"}`} />
            {variables.map(({ slug, label, title }, column) => (
              <th
                key={slug}
                scope="col"
                data-card={title}
                data-column={column}
                className={`sticky z-20 bg-ground pb-1 text-center ${grouped ? "top-6" : "top-0"} align-bottom font-normal ${compact ? "min-w-6 max-w-6 text-xs" : "min-w-14 max-w-14"}`}
              >
                <span className="inline-block max-h-48 rotate-180 truncate text-left leading-tight [writing-mode:vertical-rl]">
                  {label}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {variables.map((y, row) => (
            <Fragment key={y.slug}>
              {y.group !== null && y.group !== variables[row - 1]?.group && (
                <tr>
                  <th
                    scope="rowgroup"
                    colSpan={variables.length + 1}
                    className="pt-2 text-left text-xs font-semibold text-muted"
                  >
                    <span className="sticky left-2">{y.group}</span>
                  </th>
                </tr>
              )}
              <tr className="matrix-row">
                <th
                  scope="row"
                  data-card={y.title}
                  className={`sticky left-0 z-10 max-w-36 min-w-28 truncate bg-ground px-2 text-left font-normal sm:max-w-64 ${compact ? "py-0 text-xs" : "py-1"}`}
                >
                  {y.label}
                </th>
                {variables.map((x, column) => {
                  const pair = props.pairs[row]?.[column];
                  if (row === column || !pair)
                    return (
                      <td key={x.slug} className="bg-raised text-center text-muted">
                        <span aria-hidden="true">·</span>
                        <span className="sr-only">itself</span>
                      </td>
                    );
                  const { coefficient, n, adjusted } = pair;
                  const significant = adjusted !== null && adjusted < 0.05;
                  return (
                    <td
                      key={x.slug}
                      className={`p-0 text-center ${significant ? "significant" : ""}`}
                      style={coefficient === null ? undefined : { backgroundColor: heat(coefficient) }}
                    >
                      <Link
                        href={props.pairAddress(x.slug, y.slug)}
                        prefetch={false}
                        data-card={cardOf(y, x, pair, symbol)}
                        className={`block -outline-offset-2 hover:underline ${compact ? "h-6" : "px-1 py-1.5"} ${significant ? "font-semibold" : ""}`}
                      >
                        {compact ? (
                          <>
                            <span aria-hidden="true" className="text-xs leading-6">
                              {significant ? "•" : " "}
                            </span>
                            <span className="sr-only">
                              {formatNumber(coefficient, 2)}, n = {n}
                            </span>
                          </>
                        ) : (
                          <>
                            {formatNumber(coefficient, 2)}
                            {props.sameCount === null ? (
                              <span className="block text-xs font-normal">
                                <span className="sr-only">, n = </span>
                                {n}
                              </span>
                            ) : (
                              <span className="sr-only">, n = {n}</span>
                            )}
                          </>
                        )}
                      </Link>
                    </td>
                  );
                })}
              </tr>
            </Fragment>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** What the colours and the emphasis mean. */
export function HeatKey({ compact }: { compact: boolean }) {
  return (
    <p className="mt-3 flex flex-wrap items-center gap-1 text-xs text-muted">
      {[-1, -0.5, 0, 0.5, 1].map((value) => (
        <span
          key={value}
          className="w-10 border border-line py-0.5 text-center text-ink"
          style={{ backgroundColor: heat(value) }}
        >
          {formatNumber(value, 1)}
        </span>
      ))}
      <span className="sm:ml-2">
        {compact ? "• " : "Bold: "}p &lt; 0.05 after Holm’s correction for all pairs in the matrix.
      </span>
    </p>
  );
}

export const isCompact = (variables: number) => variables > mostWithNumbers;

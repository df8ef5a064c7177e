/**
 * Coefficients of every pair as a table: the value stands in each cell, its colour only repeats it. Blue for together
 * and orange for apart are told apart by every kind of colour vision, and ink is readable on both.
 */
import Link from "next/link";
import { ScrollRegion } from "../../../components/scroll-region";
import { formatNumber, missing } from "../../../lib/format";

export interface HeatMapVariable {
  readonly slug: string;
  readonly label: string;
  readonly title: string;
}

/** Stronger with the size of the coefficient, nothing at zero. */
export function heat(coefficient: number): string {
  const end = coefficient < 0 ? "var(--apart)" : "var(--together)";
  return `color-mix(in srgb, ${end} ${Math.round(Math.abs(coefficient) * 100)}%, var(--ground))`;
}

export function HeatMap(props: {
  label: string;
  symbol: string;
  variables: readonly HeatMapVariable[];
  coefficients: readonly (readonly (number | null)[])[];
  counts: readonly (readonly number[])[];
  /** The number of methods of every pair, where it is one; else each cell says its own. */
  sameCount: number | null;
  pairAddress: (x: string, y: string) => string;
}) {
  const { variables, symbol } = props;
  return (
    <ScrollRegion label={props.label} className="-mx-4 sm:mx-0">
      <table className="border-separate border-spacing-px text-sm tabular-nums">
        <caption className="sr-only">{props.label}</caption>
        <thead>
          <tr>
            <td className="sticky left-0 z-20 bg-ground" />
            {variables.map(({ slug, label, title }) => (
              <th
                key={slug}
                scope="col"
                title={title}
                className="min-w-12 max-w-12 pb-1 text-center align-bottom font-normal"
              >
                <span className="inline-block max-h-44 rotate-180 text-left leading-tight [writing-mode:vertical-rl]">
                  {label}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {variables.map((y, row) => (
            <tr key={y.slug}>
              <th
                scope="row"
                title={y.title}
                className="sticky left-0 z-10 min-w-28 max-w-32 bg-ground px-2 py-1 text-left font-normal sm:max-w-64"
              >
                {y.label}
              </th>
              {variables.map((x, column) => {
                const coefficient = props.coefficients[row]?.[column] ?? null;
                const n = props.counts[row]?.[column] ?? 0;
                if (row === column)
                  return (
                    <td key={x.slug} className="bg-raised text-center text-muted">
                      <span aria-hidden="true">·</span>
                      <span className="sr-only">itself</span>
                    </td>
                  );
                const told = `${y.title} against ${x.title}: ${
                  coefficient === null ? "not defined" : `${symbol} = ${formatNumber(coefficient, 3)}`
                }, n = ${n}`;
                return (
                  <td
                    key={x.slug}
                    className="p-0 text-center"
                    style={coefficient === null ? undefined : { backgroundColor: heat(coefficient) }}
                  >
                    <Link
                      href={props.pairAddress(x.slug, y.slug)}
                      prefetch={false}
                      title={told}
                      className="block px-1 py-1.5 -outline-offset-2 hover:underline"
                    >
                      {coefficient === null ? missing : formatNumber(coefficient, 2)}
                      {props.sameCount === null ? (
                        <span className="block text-xs">
                          <span className="sr-only">, n = </span>
                          {n}
                        </span>
                      ) : (
                        <span className="sr-only">, n = {n}</span>
                      )}
                    </Link>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** What the colours mean: five of them, from apart to together. */
export function HeatKey() {
  return (
    <p className="mt-3 flex flex-wrap items-center gap-1 text-xs text-muted">
      <span className="mr-1">Colour</span>
      {[-1, -0.5, 0, 0.5, 1].map((value) => (
        <span
          key={value}
          className="w-10 border border-line py-0.5 text-center text-ink"
          style={{ backgroundColor: heat(value) }}
        >
          {formatNumber(value, 1)}
        </span>
      ))}
    </p>
  );
}

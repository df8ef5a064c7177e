/** Methods side by side, measure by measure, the best comparable value of a row marked. */
import Link from "next/link";
import type { CompareQuery } from "../../../generated/graphql";
import { suiteAddress } from "../../lib/address";
import { formatInterval, formatNumber, missing, provenanceMarks, provenanceNames } from "../../lib/format";
import { DirectionMark } from "../marks";
import { ScrollRegion } from "../scroll-region";

type Comparison = CompareQuery["compare"];
export type Row = Comparison["rows"][number];
type Cell = Row["cells"][number];

const otherProtocol = "another or an unknown protocol";

/** The best comparable value of a row, where one side is better and they differ; of all, where that is asked for. */
export function bestOf({ cells, measure }: Row, all: boolean): number | null {
  const { direction } = measure.metric;
  const known = cells.flatMap(({ value, differentProtocol }) =>
    value == null || (differentProtocol && !all) ? [] : [value],
  );
  if (direction === "NEITHER" || new Set(known).size < 2) return null;
  return direction === "HIGHER" ? Math.max(...known) : Math.min(...known);
}

/** Whether any two values show different digits, or one is missing. */
export const differs = ({ cells, measure }: Row): boolean =>
  new Set(cells.map(({ value }) => value?.toFixed(measure.metric.digits))).size > 1;

function CellView({
  cell,
  best,
  digits,
  all,
}: {
  cell: Cell;
  best: number | null;
  digits: number;
  all: boolean;
}) {
  if (cell.value == null) {
    return (
      <td className="text-right text-muted">
        <span aria-hidden="true">{missing}</span>
        <span className="sr-only">no value</span>
      </td>
    );
  }
  const isBest = cell.value === best && (all || !cell.differentProtocol);
  return (
    <td
      className={`text-right align-bottom whitespace-nowrap ${isBest ? "bg-best font-semibold" : ""}`}
      data-card={[
        cell.provenance && `${provenanceNames[cell.provenance]}: ${cell.source ?? "source not stated"}`,
        cell.differentProtocol && `† ${otherProtocol}`,
      ]
        .filter(Boolean)
        .join("\n")}
    >
      {formatNumber(cell.value, digits)}
      {isBest && <span className="sr-only"> (best)</span>}
      {cell.provenance && provenanceMarks[cell.provenance] && (
        <sup className="ml-0.5 font-normal text-muted">
          <span aria-hidden="true">{provenanceMarks[cell.provenance]}</span>
          <span className="sr-only">, {provenanceNames[cell.provenance]}</span>
        </sup>
      )}
      {cell.differentProtocol && (
        <sup className="ml-0.5 font-normal text-muted">
          <span aria-hidden="true">†</span>
          <span className="sr-only">, {otherProtocol}</span>
        </sup>
      )}
      {cell.interval && (
        <span className="ml-1.5 text-xs font-normal text-muted">
          {formatInterval(cell.value, cell.interval.lower, cell.interval.upper, digits)}
        </span>
      )}
    </td>
  );
}

export function CompareTable({
  methods,
  settings,
  all,
}: {
  methods: Comparison["methods"];
  settings: readonly (readonly [string, readonly Row[]])[];
  all: boolean;
}) {
  return (
    <ScrollRegion
      label={`${methods.map(({ name }) => name).join(", ")} side by side`}
      className="-mx-4 max-w-[100vw] scroll-pl-40 sm:mx-0 sm:w-fit sm:max-w-full sm:rounded-md sm:border sm:border-line"
    >
      <table className="w-full border-separate border-spacing-0 text-sm tabular-nums sm:w-auto">
        <thead>
          <tr className="text-left [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
            <th scope="col" className="sticky left-0 bg-ground">
              Measure
            </th>
            {methods.map((method) => (
              <th key={method.slug} scope="col" className="text-right whitespace-nowrap sm:min-w-28">
                <Link className="hover:underline" href={`/methods/${method.slug}`} prefetch={false}>
                  {method.name}
                </Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {settings.flatMap(([setting, rows]) => [
            <tr key={setting}>
              <th
                scope="colgroup"
                colSpan={methods.length + 1}
                className="border-b border-line px-2 pt-4 pb-1 text-left font-semibold"
              >
                <span className="sticky left-2">{setting}</span>
              </th>
            </tr>,
            ...rows.map((row) => {
              const { digits, unit, direction, title } = row.measure.metric;
              const best = bestOf(row, all);
              return (
                <tr key={row.measure.slug} className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1">
                  <th
                    scope="row"
                    className="sticky left-0 max-w-56 bg-ground text-left font-normal sm:max-w-none sm:min-w-80"
                  >
                    <Link className="hover:underline" href={suiteAddress(row.measure.slug)} prefetch={false}>
                      {row.measure.dataset.title}
                    </Link>{" "}
                    <span className="text-xs text-muted">
                      {title},{" "}
                      <span className="whitespace-nowrap">
                        {unit} <DirectionMark direction={direction} />
                      </span>
                    </span>
                  </th>
                  {row.cells.map((cell, column) => (
                    <CellView key={methods[column]?.slug} cell={cell} best={best} digits={digits} all={all} />
                  ))}
                </tr>
              );
            }),
          ])}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

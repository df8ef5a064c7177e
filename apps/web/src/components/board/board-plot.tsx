/**
 * A board as a plot: a line a method, by rank. The bar is the middle 95% of its ranks over resampled datasets, the dot its
 * rank, the ticks its ranks by the other aggregates; methods that cannot be told apart stand in one band.
 */
import Link from "next/link";
import { aggregateNames, familyNames, formatNumber } from "../../lib/format";
import type { AggregateHeading } from "./board-head";
import { whyUnranked } from "./rank-cell";
import type { BoardRow } from "./rows";

const at = (rank: number, most: number) => `${((rank - 1) / Math.max(1, most - 1)) * 100}%`;

/** "Mean logit" -> "mean logit"; acronyms stay: "AP50", "mean IoU". */
const withinSentence = (label: string) =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

function told(row: BoardRow): string {
  const others = row.ranks.map(({ aggregate, rank }) => `${aggregateNames[aggregate].toLowerCase()} ${rank}`);
  return [
    `Rank ${row.rank}`,
    row.interval && `${row.interval.lower} to ${row.interval.upper} over resampled datasets`,
    others.length > 1 && `by ${others.join(", ")}`,
  ]
    .filter(Boolean)
    .join("; ");
}

export function BoardPlot({
  rows,
  aggregate,
  several,
}: {
  rows: readonly BoardRow[];
  aggregate: AggregateHeading;
  several: boolean;
}) {
  const ranked = rows.filter(({ rank }) => rank !== null);
  const unranked = rows.filter(({ rank }) => rank === null);
  const most = Math.max(
    2,
    ...ranked.flatMap(({ rank, interval, ranks }) => [
      rank ?? 1,
      interval?.upper ?? 1,
      ...ranks.map((one) => one.rank),
    ]),
  );
  const ticks = [1, ...Array.from({ length: most }, (_, i) => i + 1).filter((rank) => rank % 5 === 0)];
  const withIntervals = ranked.some(({ interval }) => interval !== null);
  const ordered = ranked.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  return (
    <div className="max-w-5xl">
      <div
        aria-hidden="true"
        className="grid grid-cols-[8.5rem_1fr_3.5rem] gap-x-3 text-xs text-muted sm:grid-cols-[11rem_1fr_4.5rem]"
      >
        <span />
        <span className="relative mx-3 h-6">
          <span className="absolute right-full bottom-1 mr-3">Rank</span>
          {ticks.map((rank) => (
            <span key={rank} className="absolute bottom-1 -translate-x-1/2" style={{ left: at(rank, most) }}>
              {rank}
            </span>
          ))}
        </span>
        <span className="self-end pr-2 pb-1 text-right">{several ? aggregate.label : "Value"}</span>
      </div>
      <ol aria-label="Methods by rank">
        {ordered.map((row, index) => {
          const group = row.interval?.group ?? 0;
          const begins = index > 0 && group !== (ordered[index - 1]?.interval?.group ?? 0);
          return (
            <li
              key={row.id}
              data-card={`${row.name}\n${told(row).replaceAll("; ", "\n")}`}
              className={`grid min-h-9 grid-cols-[8.5rem_1fr_3.5rem] items-center gap-x-3 text-sm sm:grid-cols-[11rem_1fr_4.5rem] ${group % 2 === 1 ? "bg-raised" : ""} ${begins ? "border-t border-muted" : ""}`}
            >
              <span className="flex items-center gap-2 truncate pl-2">
                <span
                  aria-hidden="true"
                  className="size-2 shrink-0 rounded-full"
                  style={{ backgroundColor: `var(--${row.family.toLowerCase()})` }}
                />
                <Link href={`/methods/${row.slug}`} prefetch={false} className="truncate hover:underline">
                  {row.name}
                </Link>
                {row.readouts.length > 0 && (
                  <span className="text-xs text-muted">{row.readouts.join(", ")}</span>
                )}
                <span className="sr-only">
                  , {familyNames[row.family]}. {told(row)}.
                </span>
              </span>
              <span aria-hidden="true" className="relative mx-3 h-full">
                <span className="absolute inset-x-0 top-1/2 border-t border-line" />
                {row.interval && (
                  <span
                    className="absolute top-1/2 h-2 -translate-y-1/2 rounded-full opacity-35"
                    style={{
                      left: `calc(${at(row.interval.lower, most)} - 0.25rem)`,
                      right: `calc(100% - ${at(row.interval.upper, most)} - 0.25rem)`,
                      backgroundColor: `var(--${row.family.toLowerCase()})`,
                    }}
                  />
                )}
                {row.ranks
                  .filter(({ rank }) => rank !== row.rank)
                  .map(({ aggregate: name, rank }) => (
                    <span
                      key={name}
                      className="absolute top-1/2 h-4 w-0.5 -translate-x-1/2 -translate-y-1/2 bg-muted"
                      style={{ left: at(rank, most) }}
                    />
                  ))}
                <span
                  className="absolute top-1/2 size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-ground"
                  style={{
                    left: at(row.rank ?? 1, most),
                    backgroundColor: `var(--${row.family.toLowerCase()})`,
                  }}
                />
              </span>
              <span className="pr-2 text-right tabular-nums">
                {formatNumber(row.aggregate, aggregate.digits)}
              </span>
            </li>
          );
        })}
      </ol>
      {unranked.length > 0 && (
        <ul className="mt-3 text-sm text-muted">
          {unranked.map((row) => (
            <li key={row.id}>
              <Link href={`/methods/${row.slug}`} prefetch={false} className="link">
                {row.name}
              </Link>
              : {whyUnranked(row)}
            </li>
          ))}
        </ul>
      )}
      <p className="mt-3 text-xs leading-5 text-muted">
        Dot: the rank by the {withinSentence(aggregate.label)}.{" "}
        {ordered.some(({ rank, ranks }) => ranks.some((one) => one.rank !== rank)) &&
          "Ticks: the ranks by the other aggregates, where they differ. "}
        {withIntervals
          ? "Bar: the middle 95% of the ranks when the board’s datasets are resampled 2,000 times. Bands: methods in one band do not differ significantly from the best of the band (paired bootstrap, 95%)."
          : "Rank intervals need at least 3 datasets and at most 300 methods."}
      </p>
    </div>
  );
}

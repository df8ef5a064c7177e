import { aggregateNames } from "../../lib/format";
import { TieBars } from "./marks/tie-bars";
import type { BoardRow } from "./rows";

const list = (names: readonly string[]) =>
  names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

/** Why a row has no rank. */
export function whyUnranked({ missing, incomparable, rankAmongAll }: BoardRow): string {
  if (incomparable.length === 0) return `Not ranked: no value in ${list(missing)}`;
  const would = rankAmongAll === null ? "" : `. Among all values it would rank ${rankAmongAll}`;
  return `Not ranked: another or an unknown protocol in ${list(incomparable)}${would}`;
}

const rankCard = ({ name, rank, interval, ranks }: BoardRow) =>
  [
    `${name}: rank ${rank}`,
    interval &&
      `Ranks ${interval.lower} to ${interval.upper} in 95% of 2,000 resamples of the datasets; group ${interval.group} of methods that do not differ significantly`,
    ranks.length > 1 &&
      `By aggregate: ${ranks.map((one) => `${aggregateNames[one.aggregate].toLowerCase()} ${one.rank}`).join(", ")}`,
  ]
    .filter(Boolean)
    .join("\n");

/** The rank and how far it depends on which datasets the board has, or why there is none. */
export function RankCell({ row, showMore }: { row: BoardRow; showMore: boolean }) {
  if (row.rank === null) {
    return (
      <td className="text-right whitespace-nowrap text-muted" data-card={`${row.name}\n${whyUnranked(row)}`}>
        <span aria-hidden="true">–</span>
        <span className="sr-only">{whyUnranked(row)}</span>
      </td>
    );
  }
  return (
    <td
      className="relative text-right whitespace-nowrap text-muted"
      data-card={showMore ? rankCard(row) : undefined}
    >
      <span className="text-ink">{row.rank}</span>
      {row.tied && (
        <span>
          =<span className="sr-only"> shared with another method</span>
        </span>
      )}
      <TieBars letters={row.ties} />
      {showMore && row.interval && (
        <span className="ml-1.5 inline-block w-10 text-left text-xs">
          <span aria-hidden="true">
            {row.interval.lower < row.interval.upper && `${row.interval.lower}–${row.interval.upper}`}
          </span>
          <span className="sr-only">
            , {row.interval.lower} to {row.interval.upper} over resampled datasets
          </span>
        </span>
      )}
    </td>
  );
}

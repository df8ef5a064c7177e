import { aggregateNames } from "../../lib/format";
import type { BoardRow } from "./rows";

/** From the best to the worst rank by the four aggregates: how much the order depends on the choice. */
function OtherRanks({ ranks }: { ranks: BoardRow["ranks"] }) {
  const all = ranks.map(({ rank }) => rank);
  const told = ranks.map(({ aggregate, rank }) => `${aggregateNames[aggregate]} ${rank}`).join(", ");
  return (
    <span className="ml-1 text-xs whitespace-nowrap" title={`By ${told}`}>
      <span aria-hidden="true">
        ({Math.min(...all)}–{Math.max(...all)})
      </span>
      <span className="sr-only">by {told}</span>
    </span>
  );
}

/** The rank, or why there is none. */
export function RankCell({ row, showOthers }: { row: BoardRow; showOthers: boolean }) {
  return (
    <td className="text-right whitespace-nowrap text-muted">
      {row.rank === null ? (
        <span title={`Not ranked: no value in ${row.missing.join(", ")}`}>
          <span aria-hidden="true">–</span>
          <span className="sr-only">not ranked: no value in {row.missing.join(", ")}</span>
        </span>
      ) : (
        row.rank
      )}
      {row.tied && (
        <span title="Shared with another method">
          =<span className="sr-only"> shared with another method</span>
        </span>
      )}
      {showOthers && row.ranks.length > 0 && <OtherRanks ranks={row.ranks} />}
    </td>
  );
}

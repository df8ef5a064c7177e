import { formatInterval, formatNumber, missing, provenanceMarks, provenanceNames } from "../../lib/format";
import type { BoardCell } from "./rows";

const placeStyle: Record<number, string> = {
  1: "bg-best font-semibold",
  2: "bg-second underline decoration-1 underline-offset-2",
};
const placeWords: Record<number, string> = { 1: " (best)", 2: " (second best)" };

function explanation(cell: BoardCell): string {
  const told = [cell.provenance && provenanceNames[cell.provenance], cell.source];
  if (cell.sampleSize) told.push(`n = ${cell.sampleSize}`);
  if (cell.differentProtocol) told.push("under another protocol than most of this column");
  return told.filter(Boolean).join(", ");
}

/** One value with its interval and how it came to be. */
export function BoardCellView({ cell, digits }: { cell: BoardCell; digits: number }) {
  if (cell.value === null) {
    return (
      <td className="text-right text-muted">
        <span aria-hidden="true">{missing}</span>
        <span className="sr-only">no value</span>
      </td>
    );
  }
  const number = formatNumber(cell.value, digits);
  const mark = cell.provenance ? provenanceMarks[cell.provenance] : "";
  return (
    <td
      className={`whitespace-nowrap text-right ${placeStyle[cell.place ?? 0] ?? ""}`}
      title={explanation(cell)}
    >
      {cell.runId ? (
        <a className="link" href={`/runs/${cell.runId}`}>
          {number}
        </a>
      ) : (
        number
      )}
      <span className="sr-only">
        {placeWords[cell.place ?? 0]}
        {(mark || cell.differentProtocol) && `, ${explanation(cell)}`}
      </span>
      {(mark || cell.differentProtocol) && (
        <sup aria-hidden="true" className="ml-0.5 font-normal text-muted">
          {mark}
          {cell.differentProtocol && "†"}
        </sup>
      )}
      {cell.interval && (
        <span className="block text-xs font-normal text-muted">
          {formatInterval(cell.value, cell.interval.lower, cell.interval.upper, digits)}
        </span>
      )}
    </td>
  );
}

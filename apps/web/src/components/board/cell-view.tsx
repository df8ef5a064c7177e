import { formatInterval, formatNumber, missing, provenanceMarks, provenanceNames } from "../../lib/format";
import { diffAddress } from "../protocol/address";
import type { BoardCell, BoardColumn } from "./rows";

const placeStyle: Record<number, string> = {
  1: "bg-best font-semibold",
  2: "bg-second",
};
/** The number alone is underlined, not the small figures below it. */
const numberStyle: Record<number, string> = { 2: "underline decoration-1 underline-offset-2" };
const placeWords: Record<number, string> = { 1: " (best)", 2: " (second best)" };

function explanation(cell: BoardCell): string {
  const told = [cell.provenance && provenanceNames[cell.provenance], cell.source];
  if (cell.sampleSize) told.push(`n = ${cell.sampleSize}`);
  if (cell.differentProtocol)
    told.push(
      cell.otherProtocol
        ? "under another protocol than most of this column"
        : "under a protocol that is not known",
    );
  if (cell.supersedes !== null) told.push(`corrected from ${cell.supersedes}`);
  return told.filter(Boolean).join(", ");
}

const stateWords = { AGREES: "agrees", DIFFERS: "differs", OTHER_PROTOCOL: "other protocol" } as const;

/** The claim that a run of ours was held against. */
function Claim({
  of: { claimed, claimedProvenance, difference, state },
  digits,
}: {
  of: NonNullable<BoardCell["reproduction"]>;
  digits: number;
}) {
  const sign = difference < 0 ? "" : "+";
  return (
    <span
      className="ml-auto block max-w-36 text-xs font-normal whitespace-normal text-muted"
      title={`${provenanceNames[claimedProvenance]} ${formatNumber(claimed, digits)}; the run’s value is ${sign}${formatNumber(difference, digits)} from it: ${stateWords[state]}`}
    >
      claimed {formatNumber(claimed, digits)}, {sign}
      {formatNumber(difference, digits)}: {stateWords[state]}
    </span>
  );
}

/** Why a value is not strictly comparable with its column: a way to the fields that differ, where both are known. */
function OtherProtocol({ usual, own }: { usual: string | null; own: string | null }) {
  const mark = <sup aria-hidden="true">†</sup>;
  if (!usual || !own) return <span className="ml-0.5 font-normal text-muted">{mark}</span>;
  return (
    <a
      className="ml-0.5 inline-block px-0.5 font-normal text-accent hover:underline"
      href={diffAddress(usual, own)}
    >
      {mark}
      <span className="sr-only">In which fields its protocol differs from most of this column</span>
    </a>
  );
}

/** One value with its interval and how it came to be. */
export function BoardCellView({ cell, column }: { cell: BoardCell; column: BoardColumn }) {
  const { digits } = column;
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
        <span className={numberStyle[cell.place ?? 0]}>{number}</span>
      )}
      <span className="sr-only">
        {placeWords[cell.place ?? 0]}
        {(mark || cell.differentProtocol) && `, ${explanation(cell)}`}
      </span>
      {mark && (
        <sup aria-hidden="true" className="ml-0.5 font-normal text-muted">
          {mark}
        </sup>
      )}
      {cell.differentProtocol && <OtherProtocol usual={column.protocol} own={cell.otherProtocol} />}
      {cell.interval && (
        <span className="block text-xs font-normal text-muted">
          {formatInterval(cell.value, cell.interval.lower, cell.interval.upper, digits)}
        </span>
      )}
      {cell.reproduction && <Claim of={cell.reproduction} digits={digits} />}
    </td>
  );
}

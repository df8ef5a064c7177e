import { formatInterval, formatNumber, missing, provenanceMarks, provenanceNames } from "../../lib/format";
import { diffAddress } from "../protocol/address";
import { heatColour } from "./marks/heat";
import type { BoardCell, BoardColumn } from "./rows";

const placeStyle: Record<number, string> = {
  1: "bg-best font-semibold",
  2: "bg-second",
};
/** The number alone is underlined, not the small figures below it. */
const numberStyle: Record<number, string> = { 2: "underline decoration-1 underline-offset-2" };
const placeWords: Record<number, string> = { 1: " (best)", 2: " (second best)" };

const stateWords = { AGREES: "agrees", DIFFERS: "differs", OTHER_PROTOCOL: "other protocol" } as const;

/** The claim that a run of this project was held against. */
function Claim({
  of: { claimed, difference, state },
  digits,
}: {
  of: NonNullable<BoardCell["reproduction"]>;
  digits: number;
}) {
  const sign = difference < 0 ? "" : "+";
  return (
    <span className="ml-auto block max-w-36 text-xs font-normal whitespace-normal text-muted">
      claimed {formatNumber(claimed, digits)}, {sign}
      {formatNumber(difference, digits)}: {stateWords[state]}
    </span>
  );
}

/** Why a value is not strictly comparable with its column: a way to the fields that differ, where both are known. */
function OtherProtocol({ usual, own }: { usual: string | null; own: string | null }) {
  const mark = <sup aria-hidden="true">†</sup>;
  if (!usual || !own) {
    return (
      <span className="ml-0.5 font-normal text-muted">
        {mark}
        <span className="sr-only">, under a protocol that is not known</span>
      </span>
    );
  }
  return (
    <a
      className="ml-0.5 inline-block px-0.5 font-normal text-accent hover:underline"
      href={diffAddress(usual, own)}
    >
      {mark}
      <span className="sr-only">How its protocol differs from that of most of this column</span>
    </a>
  );
}

/** One value with its interval and how it came to be. */
export function BoardCellView({
  cell,
  column,
  heat,
}: {
  cell: BoardCell;
  column: BoardColumn;
  /** 0 to 1, where cells are shaded. */
  heat: number | null;
}) {
  const { digits } = column;
  if (cell.value === null && cell.ghost) {
    const { value, lower, upper } = cell.ghost;
    return (
      <td className="text-right whitespace-nowrap text-muted italic" data-ghost="">
        <span aria-hidden="true">≈ </span>
        <span className="sr-only">not measured; predicted </span>
        {formatNumber(value, digits)}
        <span className="block text-xs">
          {formatNumber(lower, digits)} to {formatNumber(upper, digits)}
        </span>
      </td>
    );
  }
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
  const place = cell.place ?? 0;
  return (
    <td
      className={`text-right whitespace-nowrap ${heat === null ? (placeStyle[place] ?? "") : place === 1 ? "font-semibold" : ""}`}
      style={heat === null ? undefined : { backgroundColor: heatColour(heat) }}
      data-card={cell.card}
    >
      {cell.runId ? (
        <a className={heat === null ? "link" : "underline"} href={`/runs/${cell.runId}`}>
          {number}
        </a>
      ) : (
        <span className={numberStyle[place]}>{number}</span>
      )}
      <span className="sr-only">
        {placeWords[place]}
        {mark && cell.provenance && `, ${provenanceNames[cell.provenance]}`}
      </span>
      {mark && (
        <sup aria-hidden="true" className={`ml-0.5 font-normal ${heat === null ? "text-muted" : ""}`}>
          {mark}
        </sup>
      )}
      {cell.differentProtocol && <OtherProtocol usual={column.protocol} own={cell.otherProtocol ?? null} />}
      {cell.interval && (
        <span className={`block text-xs font-normal ${heat === null ? "text-muted" : ""}`}>
          {formatInterval(cell.value, cell.interval.lower, cell.interval.upper, digits)}
        </span>
      )}
      {cell.reproduction && <Claim of={cell.reproduction} digits={digits} />}
    </td>
  );
}

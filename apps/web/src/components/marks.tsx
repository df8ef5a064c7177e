/** Small drawn signs: fonts differ in which arrows they have. Each is hidden from readers that words are given to. */
import type { Direction, Family } from "../../generated/graphql";
import { directionWords } from "../lib/format";

const turned: Record<Exclude<Direction, "NEITHER">, string | undefined> = {
  HIGHER: undefined,
  LOWER: "rotate(180 5 5)",
};

/** Which side is better: an arrow for the eye, words for a screen reader and on hover. */
export function DirectionMark({ direction }: { direction: Direction }) {
  return (
    <span title={directionWords[direction]}>
      {direction !== "NEITHER" && (
        <svg aria-hidden="true" viewBox="0 0 10 10" className="inline-block size-[0.8em] align-baseline">
          <path
            d="M5 9V1.5M1.8 4.6 5 1.4l3.2 3.2"
            transform={turned[direction]}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.3"
          />
        </svg>
      )}
      <span className="sr-only">, {directionWords[direction]}</span>
    </span>
  );
}

/** The order of a sorted column. */
export function SortMark({ descending }: { descending: boolean }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className="inline-block size-2 fill-current">
      <path d={descending ? "M0 2.5h10L5 8.5z" : "M0 7.5h10L5 1.5z"} />
    </svg>
  );
}

/** Half light, half dark. */
export function ThemeMark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
    </svg>
  );
}

/** The colour of a family, always beside its name or explained by a legend. */
export function FamilyDot({ family }: { family: Family }) {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-2 shrink-0 rounded-full"
      style={{ backgroundColor: `var(--${family.toLowerCase()})` }}
    />
  );
}

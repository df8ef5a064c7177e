/**
 * Methods on each measure of a setting: a dot a method with its interval, joined by a line, over the ticks of all other
 * methods. The better side is on the right.
 */
import type { Direction } from "../../../generated/graphql";
import { formatNumber } from "../../lib/format";
import { inks } from "./marks";

export interface DumbbellRow {
  readonly slug: string;
  readonly title: string;
  readonly digits: number;
  readonly unit: string;
  readonly direction: Direction;
  /** All methods' values, for the scale; empty where they are not known. */
  readonly all: readonly number[];
  readonly cells: readonly {
    readonly value: number | null;
    readonly interval: { readonly lower: number; readonly upper: number } | null;
    readonly comparable: boolean;
  }[];
}

export function Dumbbells({ rows, names }: { rows: readonly DumbbellRow[]; names: readonly string[] }) {
  return (
    <ul className="text-sm">
      {rows.map(({ slug, title, all, cells, digits, unit, direction }) => {
        const shown = cells.slice(0, inks.length);
        const known = shown.flatMap(({ value, interval }) =>
          value === null ? [] : [value, interval?.lower ?? value, interval?.upper ?? value],
        );
        if (known.length === 0) return null;
        const [least, most] = [Math.min(...known, ...all), Math.max(...known, ...all)];
        const room = (most - least || Math.abs(most) || 1) * 0.08;
        const [from, to] = [least - room, most + room];
        const share = (value: number) => ((value - from) / (to - from)) * 100;
        // Where less is better the axis is turned: the right side is always the better one.
        const at = (value: number) => (direction === "LOWER" ? 100 - share(value) : share(value));
        const places = shown.flatMap(({ value }) => (value === null ? [] : [at(value)]));
        return (
          <li
            key={slug}
            data-card={`${title} (${unit})\n${shown
              .map(
                ({ value, interval, comparable }, i) =>
                  `${names[i]}: ${formatNumber(value, digits)}${interval ? ` (${formatNumber(interval.lower, digits)} to ${formatNumber(interval.upper, digits)})` : ""}${comparable ? "" : " †"}`,
              )
              .join("\n")}`}
            className="grid grid-cols-[minmax(0,9rem)_1fr] items-center gap-3 py-0.5 sm:grid-cols-[minmax(0,14rem)_1fr]"
          >
            <span className="truncate text-muted">{title}</span>
            <span aria-hidden="true" className="relative mx-2 h-6">
              <span
                className="absolute top-1/2 border-t border-line"
                style={{ left: `${Math.min(...places)}%`, right: `${100 - Math.max(...places)}%` }}
              />
              {[...new Set(all)].map((value) => (
                <span
                  key={value}
                  className="absolute top-1/2 h-2.5 w-px -translate-y-1/2 bg-line"
                  style={{ left: `${at(value)}%` }}
                />
              ))}
              {shown.map(({ value, interval, comparable }, i) => {
                if (value === null) return null;
                const ends = interval ? [at(interval.lower), at(interval.upper)].sort((a, b) => a - b) : null;
                return (
                  <span key={names[i]}>
                    {ends && (
                      <span
                        className="absolute top-1/2 border-t-2 opacity-50"
                        style={{
                          left: `${ends[0]}%`,
                          right: `${100 - (ends[1] ?? 0)}%`,
                          borderColor: inks[i],
                        }}
                      />
                    )}
                    <span
                      className="absolute top-1/2 size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-2"
                      style={{
                        left: `${at(value)}%`,
                        borderColor: inks[i],
                        backgroundColor: comparable ? inks[i] : "var(--ground)",
                      }}
                    />
                  </span>
                );
              })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

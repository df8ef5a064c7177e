/** Of two methods side by side: on how many measures the one wins, the other does, or neither. */
import { signTest } from "@transferboard/eval-core/stats";
import { builder } from "../../builder.ts";
import type { Method } from "../catalogue/entities.ts";
import type { BoardCell } from "../leaderboard/board.ts";
import { MethodRef } from "../method/types.ts";
import { type Comparison, ComparisonType } from "./queries.ts";

export interface Duel {
  readonly method: Method;
  readonly opponent: Method;
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** Wins and losses in which the two values' intervals overlap. */
  readonly close: number;
  readonly pValue: number;
}

type Outcome = "WIN" | "LOSS" | "TIE" | null;

/** A tie is what shows the same digits; without a value on both sides, or a better side, there is no outcome. */
export function outcomeOf(own: BoardCell, other: BoardCell): Outcome {
  if (!own.cell || !other.cell) return null;
  const { metric } = own.column.measure;
  if (metric.direction === "NEITHER") return null;
  const [a, b] = [own.cell.entry.value, other.cell.entry.value];
  if (a.toFixed(metric.digits) === b.toFixed(metric.digits)) return "TIE";
  return a > b === (metric.direction === "HIGHER") ? "WIN" : "LOSS";
}

function overlap(own: BoardCell, other: BoardCell): boolean {
  const [a, b] = [own.cell?.entry, other.cell?.entry];
  if (a?.lower == null || a.upper == null || b?.lower == null || b.upper == null) return false;
  return a.lower <= b.upper && b.lower <= a.upper;
}

function duelOf({ methods, rows }: Comparison, i: number, j: number): Duel {
  const counts = { WIN: 0, LOSS: 0, TIE: 0 };
  let close = 0;
  for (const { cells } of rows) {
    const [own, other] = [cells[i]!, cells[j]!];
    const outcome = outcomeOf(own, other);
    if (outcome === null) continue;
    counts[outcome] += 1;
    if (outcome !== "TIE" && overlap(own, other)) close += 1;
  }
  return {
    method: methods[i]!,
    opponent: methods[j]!,
    wins: counts.WIN,
    losses: counts.LOSS,
    ties: counts.TIE,
    close,
    pValue: signTest(counts.WIN, counts.LOSS),
  };
}

const DuelType = builder.objectRef<Duel>("Duel").implement({
  description: "Two methods over all measures that both have a value in.",
  fields: (t) => ({
    method: t.field({ type: MethodRef, description: "The one.", resolve: ({ method }) => method }),
    opponent: t.field({ type: MethodRef, description: "The other.", resolve: ({ opponent }) => opponent }),
    wins: t.exposeInt("wins", { description: "On how many measures the one is better." }),
    losses: t.exposeInt("losses", { description: "On how many the other is." }),
    ties: t.exposeInt("ties", { description: "On how many both show the same digits." }),
    close: t.exposeInt("close", {
      description: "Of the wins and losses, those in which the two values' 95% intervals overlap.",
    }),
    pValue: t.exposeFloat("pValue", {
      description:
        "Of a two-sided sign test of wins against losses. Measures that share a dataset are not independent, so it is rather too small.",
    }),
  }),
});

builder.objectField(ComparisonType, "duels", (t) =>
  t.field({
    type: [DuelType],
    description: "Every two of the methods: wins, losses and ties.",
    resolve: (comparison) =>
      comparison.methods.flatMap((_, i) =>
        comparison.methods.flatMap((_other, j) => (j > i ? [duelOf(comparison, i, j)] : [])),
      ),
  }),
);

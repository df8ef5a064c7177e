/**
 * Why is a user's value not the record's? What changing each field of the protocol alone did in runs of one
 * experiment, and whether that accounts for the gap. The effects are those of the experiment's checkpoint and runs, not
 * of the user's.
 */
import { Z_95 } from "../metrics/accuracy.ts";

export interface Measured {
  readonly value: number;
  readonly standardError: number;
}

export interface Experiment {
  /** The record's value and the user's, in the metric's unit. */
  readonly record: number;
  readonly mine: number;
  /** The smallest difference that the dataset can show; 0 where it is not known. */
  readonly resolution: number;
  /** The run under the record's protocol. */
  readonly baseline: Measured;
  /** Runs with one field alone as in the user's protocol. */
  readonly single: Readonly<Record<string, Measured>>;
  /** The run with all of these fields changed, where there is one. */
  readonly all: Measured | null;
  /** Standard errors of single effects from predictions of the same images, where both runs have such. */
  readonly paired?: Readonly<Record<string, number>>;
}

export interface Effect {
  readonly field: string;
  readonly effect: number;
  readonly lower: number;
  readonly upper: number;
  /** Whether it is larger than its noise. */
  readonly seen: boolean;
}

export interface Explanation {
  /** mine - record */
  readonly gap: number;
  /** The largest first. */
  readonly effects: readonly Effect[];
  readonly sum: number;
  /** Of all fields at once; null where they were not tried together. */
  readonly together: number | null;
  /** together - sum */
  readonly interaction: number | null;
  /** Then one field at a time does not add up, and effects are no shares of the gap. */
  readonly interactionMatters: boolean | null;
  readonly unexplained: number;
  readonly verdict: "same" | "explained" | "partly" | "not-explained";
}

export function explain({
  record,
  mine,
  resolution,
  baseline,
  single,
  all,
  paired = {},
}: Experiment): Explanation {
  const gap = mine - record;
  const fields = Object.entries(single);
  const effects = fields
    .map(([field, { value, standardError }]): Effect => {
      const effect = value - baseline.value;
      const half = Z_95 * (paired[field] ?? Math.hypot(standardError, baseline.standardError));
      return { field, effect, lower: effect - half, upper: effect + half, seen: Math.abs(effect) > half };
    })
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || (a.field < b.field ? -1 : 1));
  const sum = fields.reduce((total, [, { value }]) => total + (value - baseline.value), 0);
  const singles = fields.reduce((total, [, { standardError }]) => total + standardError ** 2, 0);
  const base = baseline.standardError ** 2;
  const together = all === null ? null : all.value - baseline.value;
  const interaction = together === null ? null : together - sum;
  const count = fields.length;
  const interactionError =
    all === null ? 0 : Math.sqrt(all.standardError ** 2 + singles + (count - 1) ** 2 * base);
  const unexplained = gap - (together ?? sum);
  const noise =
    all === null ? Math.sqrt(singles + count ** 2 * base) : Math.sqrt(all.standardError ** 2 + base);
  return {
    ...{ gap, effects, sum, together, interaction },
    interactionMatters:
      interaction === null
        ? null
        : Math.abs(interaction) > Math.max(Z_95 * interactionError, Math.abs(gap) / 4),
    unexplained,
    verdict:
      Math.abs(gap) <= resolution
        ? "same"
        : Math.abs(unexplained) <= Math.max(resolution, Z_95 * noise)
          ? "explained"
          : Math.abs(unexplained) <= Math.abs(gap) / 2
            ? "partly"
            : "not-explained",
  };
}

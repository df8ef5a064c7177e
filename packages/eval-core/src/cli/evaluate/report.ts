/** The rows of what was measured, each with where it stands among the published values. */
import { metricNamed } from "@transferboard/vocabulary";
import { measuredValues } from "../../evaluations/evaluation.ts";
import { table } from "../table.ts";
import type { Derived, RecordedValue, Recorder } from "./recorder.ts";
import type { Outcome } from "./run.ts";

export interface Row {
  readonly measure: string;
  /** Where several readouts were evaluated. */
  readonly readout?: string;
  readonly value: number;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  readonly n: number | null;
  /** Among the published methods: 1 is better than all of them. Undefined where none is published. */
  readonly standing:
    | {
        readonly rank: number;
        readonly of: number;
        readonly toBest: number;
        readonly toSupervised: number | null;
      }
    | undefined;
}

/** What an outcome measured. */
export function valuesOf(outcome: Outcome): readonly RecordedValue[] {
  if (outcome.state === "done") return measuredValues(outcome.evaluation);
  return outcome.state === "recorded" ? outcome.values : [];
}

type Measured = RecordedValue & { readonly readout?: string };

export function rowsOf(
  outcomes: readonly Outcome[],
  derived: readonly Derived[],
  recorder: Recorder | undefined,
): Promise<Row[]> {
  const several = new Set(outcomes.map(({ target }) => target.readout)).size > 1;
  const ofOutcomes = outcomes.flatMap((outcome) =>
    valuesOf(outcome).map((one) => ({ ...one, ...(several ? { readout: outcome.target.readout } : {}) })),
  );
  return withStandings([...ofOutcomes, ...derived.flatMap(({ values }) => values)], recorder);
}

export async function withStandings(
  measured: readonly Measured[],
  recorder: Recorder | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { measure, value, interval, n, readout } of measured) {
    const published = await recorder?.published(measure);
    rows.push({
      ...{ measure, value, interval, n },
      ...(readout === undefined ? {} : { readout }),
      standing: published && standingOf(measure, value, published),
    });
  }
  return rows;
}

const metricOf = (measure: string) => metricNamed(measure.split("/").at(-1)!);

/** As the metric has it; two where the metric is not known. */
const digitsOf = (measure: string): number => metricOf(measure)?.digits ?? 2;

export function standingOf(
  measure: string,
  value: number,
  published: ReadonlyMap<string, number>,
): Row["standing"] {
  if (published.size === 0) return undefined;
  const sign = metricOf(measure)?.direction === "LOWER" ? -1 : 1;
  const others = [...published.values()];
  const best = others.reduce((a, b) => (sign * b > sign * a ? b : a));
  const supervised = published.get("supervised");
  return {
    rank: 1 + others.filter((other) => sign * other > sign * value).length,
    of: others.length,
    toBest: value - best,
    toSupervised: supervised === undefined ? null : value - supervised,
  };
}

const signed = (difference: number, digits: number) =>
  `${difference >= 0 ? "+" : "−"}${Math.abs(difference).toFixed(digits)}`;

export function resultTable(rows: readonly Row[]): string {
  const withStanding = rows.some(({ standing }) => standing);
  const withReadout = rows.some(({ readout }) => readout !== undefined);
  const columns = [
    { header: "measure" },
    ...(withReadout ? [{ header: "readout" }] : []),
    { header: "value", align: "right" as const },
    { header: "95% interval" },
    { header: "n", align: "right" as const },
    ...(withStanding
      ? [
          { header: "rank" },
          { header: "to the best", align: "right" as const },
          { header: "to Supervised", align: "right" as const },
        ]
      : []),
  ];
  const cells = rows.map(({ measure, readout, value, interval, n, standing }) => {
    const digits = digitsOf(measure);
    return [
      measure,
      ...(withReadout ? [readout ?? ""] : []),
      value.toFixed(digits),
      interval ? `${interval.lower.toFixed(digits)} to ${interval.upper.toFixed(digits)}` : "",
      n === null ? "" : String(n),
      standing ? `${standing.rank} beside ${standing.of} published` : "",
      standing ? signed(standing.toBest, digits) : "",
      standing?.toSupervised == null ? "" : signed(standing.toSupervised, digits),
    ];
  });
  return table(columns, cells);
}

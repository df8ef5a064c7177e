/** What the runs of an experiment say: what each change did, and how far each field moves the value. */
import { metricNamed } from "@transferboard/vocabulary";
import type { RecordedValue } from "../evaluate/recorder.ts";
import { table } from "../table.ts";

export interface Tried {
  readonly field: string;
  readonly value: string;
  readonly measured: readonly RecordedValue[];
}

export interface SensitivityRow {
  readonly measure: string;
  readonly field: string;
  readonly value: string;
  readonly measured: number;
  /** Less the value with nothing changed. */
  readonly change: number;
}

export interface SensitivityBand {
  readonly measure: string;
  readonly field: string;
  /** Over everything that was tried of the field, the unchanged included. */
  readonly lower: number;
  readonly upper: number;
  readonly tried: number;
}

/** A measure that the unchanged evaluation does not have is left out. */
export function bandsOf(baseline: readonly RecordedValue[], all: readonly Tried[]) {
  const rows: SensitivityRow[] = [];
  const bands: SensitivityBand[] = [];
  for (const { measure, value: unchanged } of baseline) {
    const own = all.flatMap(({ field, value, measured }) => {
      const found = measured.find((one) => one.measure === measure);
      return found ? [{ measure, field, value, measured: found.value, change: found.value - unchanged }] : [];
    });
    rows.push(...own);
    for (const [field, tried] of Map.groupBy(own, (row) => row.field)) {
      const values = [unchanged, ...tried.map((row) => row.measured)];
      bands.push({
        ...{ measure, field, tried: values.length },
        lower: Math.min(...values),
        upper: Math.max(...values),
      });
    }
  }
  return { rows, bands };
}

const digitsOf = (measure: string): number => metricNamed(measure.split("/").at(-1)!)?.digits ?? 2;

export function sensitivityTable(
  baseline: readonly RecordedValue[],
  { rows, bands }: ReturnType<typeof bandsOf>,
): string {
  return baseline
    .map(({ measure, value }) => {
      const number = (one: number) => one.toFixed(digitsOf(measure));
      const changes = rows
        .filter((row) => row.measure === measure)
        .map((row) => [row.field, row.value, number(row.measured), signed(row.change, number)]);
      const moved = bands
        .filter((band) => band.measure === measure)
        .map(({ field, lower, upper, tried }) => [field, number(lower), number(upper), String(tried)]);
      const right = (header: string) => ({ header, align: "right" as const });
      return [
        `${measure}: ${number(value)} with nothing changed`,
        table([{ header: "changed" }, { header: "to" }, right("value"), right("change")], changes),
        "The range over each field's runs, the unchanged one among them:",
        table([{ header: "field" }, right("lowest"), right("highest"), right("runs")], moved),
      ].join("\n\n");
    })
    .join("\n\n");
}

const signed = (change: number, number: (one: number) => string) =>
  `${change >= 0 ? "+" : "−"}${number(Math.abs(change))}`;

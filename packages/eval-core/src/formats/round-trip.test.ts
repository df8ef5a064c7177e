/** What is written is read back: values, intervals, sizes, seeds, protocols and extras, by each format, a thousand records in the full run. */
import { canonicalJson } from "@transferboard/vocabulary/canonical-json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count } from "../tensor/testing/counts.ts";
import { FORMATS, formatNamed, type OutRow, recogniseFormat } from "./index.ts";
import { repoOf } from "./shared/names.ts";
import { neighbour } from "./shared/numbers.ts";
import { RECORDS } from "./testing/records.ts";

/** What the Hub's formats add of their own when they are read. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  "hf-eval-results": ["notes", "datasetId"],
  "hf-model-index": [
    "taskType",
    "taskName",
    "datasetName",
    "datasetType",
    "split",
    "metricType",
    "sourceName",
  ],
};

function facts(row: OutRow, added: readonly string[]): string {
  const { place: _, provenance: __, position: ___, url: ____, extra, ...rest } = row;
  const kept = Object.fromEntries(Object.entries(extra).filter(([key]) => !added.includes(key)));
  return canonicalJson({ ...rest, extra: kept });
}

it("has records for every format", () => {
  expect(Object.keys(RECORDS).sort()).toEqual(FORMATS.map(({ name }) => name).sort());
});

describe.each(Object.entries(RECORDS))("%s", (name, records) => {
  const format = formatNamed(name)!;
  it("reads what it wrote, and is recognised", () => {
    let seen = 0;
    fc.assert(
      fc.property(records, (rows) => {
        const { files, left } = format.write(rows, { datasetId: "sample/board", now: new Date(0) });
        expect(left).toEqual([]);
        expect(recogniseFormat(files)?.name).toBe(name);
        const [first] = rows;
        const context =
          name === "hf-eval-results"
            ? { model: repoOf(first!), revision: first!.checkpoint.revision ?? undefined }
            : {};
        const reading = format.read(files, context);
        expect(reading.faults).toEqual([]);
        const own = reading.rows.map((row) => facts(row, ADDED[name] ?? [])).sort();
        expect(own).toEqual(rows.map((row) => facts(row, [])).sort());
        expect(format.write(reading.rows, { datasetId: "sample/board", now: new Date(0) }).files.length).toBe(
          files.length,
        );
        seen += rows.length;
      }),
      { numRuns: count(25, 250) },
    );
    expect(seen).toBeGreaterThan(count(50, 1000));
  });
});

it.each(["torchgeo-csv", "every-eval-ever", "lm-eval"])(
  "%s keeps a value within ends that are the value, or a step away",
  (name) => {
    const format = formatNamed(name)!;
    let seen = 0;
    fc.assert(
      fc.property(RECORDS[name]!, (rows) => {
        const near = rows.map((row, i): OutRow => {
          const { value, extra, unit } = row;
          if (unit !== "%" || typeof extra.raw !== "string" || value === 0) return row;
          const away = BigInt(i % 2);
          return { ...row, interval: [neighbour(value, -away), Math.min(100, neighbour(value, away))] };
        });
        const reading = format.read(format.write(near, { now: new Date(0) }).files, {});
        expect(reading.faults).toEqual([]);
        for (const { value, interval } of reading.rows) {
          if (!interval) continue;
          seen++;
          expect(interval[0] <= value && value <= interval[1]).toBe(true);
        }
      }),
      { numRuns: count(100, 1000) },
    );
    expect(seen).toBeGreaterThan(50);
  },
);

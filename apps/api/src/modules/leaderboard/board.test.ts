import { describe, expect, it } from "vitest";
import { Catalogue } from "../catalogue/catalogue.ts";
import type { Measure, Method, Metric } from "../catalogue/entities.ts";
import { toCells } from "../ledger/cells.ts";
import { columnsOf, protocolsOf } from "../ledger/columns.ts";
import type { Entry } from "../ledger/entries.ts";
import { makeBoard } from "./board.ts";
import { Grid } from "./grid.ts";

const metric = (overrides: Partial<Metric> = {}): Metric => ({
  slug: "accuracy",
  title: "Accuracy",
  unit: "%",
  direction: "HIGHER",
  lower: 0,
  upper: 100,
  digits: 2,
  ...overrides,
});

function measure(id: number, of: Metric = metric()): Measure {
  const setting = { slug: "s", title: "S" };
  const sizes = { classCount: null, trainSize: null, valSize: null, testSize: null };
  const dataset = { slug: `d${id}`, title: `D${id}`, domain: "objects", ...sizes };
  return { id, slug: `s/d${id}/${of.slug}`, title: `M${id}`, setting, dataset, metric: of };
}

const method = (id: number): Method => ({
  id,
  slug: `m${id}`,
  name: `Method ${id}`,
  family: "OTHER",
  year: null,
  paperTitle: null,
  paperUrl: null,
  bibtex: null,
  createdAt: new Date(0),
  pretraining: null,
});

let next = 1;
const entry = (
  methodId: number,
  measureId: number,
  value: number,
  overrides: Partial<Entry> = {},
): Entry => ({
  id: String(next++),
  methodId,
  measureId,
  value,
  lower: null,
  upper: null,
  sampleSize: null,
  provenance: "PUBLISHED",
  source: "here",
  fingerprint: null,
  runId: null,
  supersedes: null,
  readout: null,
  usualReadout: null,
  basis: null,
  ...overrides,
});

function board(
  entries: readonly Entry[],
  measures: readonly Measure[],
  rankedBy = measures,
  keep: (method: Method) => boolean = () => true,
) {
  const methods = [1, 2, 3, 4].map(method);
  const content = { methods, measures, datasets: [], settings: [], metrics: [], suites: [] };
  const catalogue = new Catalogue(content);
  const cells = toCells(entries);
  const ids = measures.map(({ id }) => id);
  const columns = columnsOf(cells, ids);
  const source = {
    cells: async () => cells,
    protocols: () => protocolsOf(cells, ids),
  };
  return makeBoard({
    grid: new Grid({ catalogue, measures, rankedBy, columns }),
    source,
    chosen: "MEAN",
    keep,
    protocols: null,
  });
}

const order = (rows: readonly { method: Method; rank: number | null }[]) =>
  rows.map((row) => `${row.method.slug}:${row.rank}`);

describe("a board", () => {
  it("ranks equal aggregates alike, and counts them", () => {
    const entries = [entry(1, 1, 50), entry(2, 1, 70), entry(3, 1, 70), entry(4, 1, 90)];
    expect(order(board(entries, [measure(1)]).rows)).toEqual(["m4:1", "m2:2", "m3:2", "m1:4"]);
  });

  it("lists a method with a missing value last, unranked, and never reads it as zero", () => {
    const entries = [entry(1, 1, 99), entry(2, 1, 10), entry(2, 2, 10), entry(3, 1, 20), entry(3, 2, 20)];
    const { rows, rankedCount } = board(entries, [measure(1), measure(2)]);
    expect(order(rows)).toEqual(["m3:1", "m2:2", "m1:null"]);
    expect(rows[2]).toMatchObject({ aggregate: null, complete: false, missing: [{ slug: "s/d2/accuracy" }] });
    expect(rankedCount).toBe(2);
  });

  it("has lower values first where lower is better, and marks best and second best", () => {
    const errors = measure(1, metric({ slug: "error", unit: "degrees", direction: "LOWER", upper: null }));
    const { rows, columns } = board([entry(1, 1, 30), entry(2, 1, 20), entry(3, 1, 20)], [errors]);
    expect(order(rows)).toEqual(["m2:1", "m3:1", "m1:3"]);
    expect(columns[0]).toMatchObject({ best: 20, secondBest: 30 });
  });

  it("refuses a mean over different units, and says why", () => {
    const errors = measure(2, metric({ slug: "error", unit: "degrees" }));
    const { rows, reason } = board([entry(1, 1, 30), entry(1, 2, 20)], [measure(1), errors]);
    expect(order(rows)).toEqual(["m1:null"]);
    expect(reason).toMatch(/different units/);
    expect(rows[0]!.otherRanks.map(({ aggregate, rank }) => `${aggregate}:${rank}`)).toEqual([
      "MEAN:null",
      "MEAN_LOGIT:null",
      "MEAN_RANK:1",
      "BORDA:1",
    ]);
  });

  it("ranks the methods that are kept among themselves, and marks among them", () => {
    const entries = [
      entry(1, 1, 50),
      entry(2, 1, 70, { fingerprint: "f" }),
      entry(3, 1, 60),
      entry(4, 1, 90),
    ];
    const { rows, columns, rankedCount } = board(entries, [measure(1)], undefined, ({ id }) => id !== 4);
    expect(order(rows)).toEqual(["m2:1", "m3:2", "m1:3"]);
    expect(rankedCount).toBe(3);
    expect(columns[0]).toMatchObject({ best: 70, secondBest: 60, fingerprints: ["f"] });
    expect(rows[1]!.otherRanks.map(({ value }) => value)).toEqual([60, Math.log(1.5), 2, 1]);
  });

  it("has no cells before they are loaded", async () => {
    const { rows, load } = board([entry(1, 1, 50), entry(2, 1, 70)], [measure(1)]);
    expect(() => rows[0]!.cells).toThrow(/not loaded/);
    await load(rows.slice(0, 1));
    expect(rows[0]!.cells[0]!.cell!.entry.value).toBe(70);
    expect(() => rows[1]!.cells).toThrow(/not loaded/);
  });

  it("shows the value of the highest standing, of equals the newest, and keeps the claim", async () => {
    const entries = [
      entry(1, 1, 10, { provenance: "SELF_REPORTED" }),
      entry(1, 1, 11),
      entry(1, 1, 12, { provenance: "REPRODUCED" }),
      entry(1, 1, 13, { provenance: "SELF_REPORTED" }),
      entry(1, 1, 14),
    ];
    const { rows, load } = board(entries.toReversed(), [measure(1)]);
    await load(rows);
    const cell = rows[0]!.cells[0]!.cell!;
    expect(cell.entry.value).toBe(12);
    expect(cell.claim?.value).toBe(14);
    expect(cell.reproduction?.value).toBe(12);
  });
});

/** One method by several readouts, beside one that has none: the newest, the best, the default, a row for each. */
import { expect, it } from "vitest";
import { Catalogue } from "../catalogue/catalogue.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { toCells } from "../ledger/cells.ts";
import { columnsOf, protocolsOf } from "../ledger/columns.ts";
import type { Entry } from "../ledger/entries.ts";
import { byReadout, comparedUnder, type ReadoutChoice } from "../ledger/readouts.ts";
import { makeBoard } from "./board.ts";
import { Grid } from "./grid.ts";

const measure = (id: number, direction: "HIGHER" | "LOWER"): Measure => {
  const setting = { slug: "s", title: "S" };
  const sizes = { classCount: 10, trainSize: 1, valSize: 1, testSize: 1 };
  const dataset = { slug: `d${id}`, title: `D${id}`, domain: "objects", ...sizes };
  const range = { lower: 0, upper: 100, digits: 2 };
  const metric = { slug: `m${direction}`, title: "M", unit: "%", direction, ...range };
  return { id, slug: `s/d${id}/m`, title: `M${id}`, setting, dataset, metric };
};

const method = (id: number): Method => ({
  ...{ id, slug: `m${id}`, name: `Method ${id}`, family: "OTHER", year: null, paperTitle: null },
  ...{ paperUrl: null, bibtex: null, createdAt: new Date(0), pretraining: null },
});

let next = 1;
const entry = (methodId: number, measureId: number, readout: string | null, value: number): Entry => ({
  ...{ id: String(next++), methodId, measureId, value, lower: null, upper: null, sampleSize: null },
  ...{ provenance: "REPRODUCED", source: "here", fingerprint: `p-${readout}`, runId: null, supersedes: null },
  ...{ readout, usualReadout: readout && "cls", basis: "b" },
});

const measures = [measure(1, "HIGHER"), measure(2, "LOWER")];
const entries = [
  ...[entry(1, 1, "cls", 80), entry(1, 1, "mean", 90), entry(1, 1, "last4", 70)],
  ...[entry(1, 2, "cls", 5), entry(1, 2, "mean", 9), entry(1, 2, "last4", 3)],
  ...[entry(2, 1, null, 85), entry(2, 2, null, 4)],
];

function board(choice: ReadoutChoice) {
  const content = {
    methods: [method(2), method(1)],
    measures,
    datasets: [],
    settings: [],
    metrics: [],
    suites: [],
  };
  const catalogue = new Catalogue(content);
  const ids = measures.map(({ id }) => id);
  const { entries: chosen, rows } = byReadout(entries, choice, catalogue);
  const cells = toCells(chosen);
  const protocols = protocolsOf(cells, ids, comparedUnder(chosen));
  const grid = new Grid({
    catalogue,
    measures,
    rankedBy: measures.slice(0, 1),
    columns: columnsOf(cells, ids),
    rows,
  });
  const source = { cells: async () => cells, protocols: () => protocols };
  return makeBoard({ grid, source, chosen: "MEAN", keep: ({ slug }) => slug !== "none", protocols });
}

const shown = ({ rows }: ReturnType<typeof board>) =>
  rows.map((row) => `${row.method.slug} ${row.readout} ${row.rank}: ${row.valueAt(0)}, ${row.valueAt(1)}`);

it("shows of each measure the best readout, by its direction, and ranks it beside methods that have none", () => {
  expect(shown(board("BEST"))).toEqual(["m1 null 1: 90, 3", "m2 null 2: 85, 4"]);
});

it("shows each method's default", () => {
  expect(shown(board("DEFAULT"))).toEqual(["m2 null 1: 85, 4", "m1 null 2: 80, 5"]);
});

it("shows a row for each readout, ranked together, with the method itself and its cells", async () => {
  const each = board("EACH");
  expect(shown(each)).toEqual([
    "m1 mean 1: 90, 9",
    "m2 null 2: 85, 4",
    "m1 cls 3: 80, 5",
    "m1 last4 4: 70, 3",
  ]);
  await each.load(each.rows);
  expect(each.rows[0]!.method).toEqual(method(1));
  expect(each.rows.map(({ cells }) => cells[0]!.cell!.entry.readout)).toEqual(["mean", null, "cls", "last4"]);
});

it("does not compare what differs in more than its readout", () => {
  const other = entry(2, 1, null, 99);
  const named = comparedUnder([...entries, { ...other, basis: "another", fingerprint: "q" }]);
  expect(named(entries[0]!)).toBe(named(entries[1]!));
  expect(named({ ...other, basis: "another", fingerprint: "q" })).toBe("q");
});

/** Cards and MTEB's folders as they stand, before anybody says what they mean: places, lines, numbers in words, shapes. */
import { expect, it } from "vitest";
import { readCard, readMtebFolders, readTaskFile, resultsOf, splitsOf } from "./index.ts";
import { mteb } from "./mteb.ts";
import { Sheet } from "./shared/sheet.ts";

const card = (text: string) => {
  const sheet = new Sheet({});
  const read = readCard({ name: "README.md", text }, "", sheet);
  const results = read?.models.map((model) => resultsOf(model, sheet)) ?? [];
  return { read, results, faults: sheet.reading().faults };
};

it("a card's fault is at the line of the file, whatever stands before its head", () => {
  const head = "model-index:\n- name: a\n  name: b\n";
  const said = (text: string) => card(text).faults[0]?.message;
  expect(said(head)).toBe("A field is told twice, in line 3.");
  expect(said(`---\n${head}---\n`)).toBe("A field is told twice, in line 4.");
  expect(said(`\n<!-- a\ncomment -->\n---\n${head}---\n`)).toBe("A field is told twice, in line 7.");
});

it("a card's results keep their places, numbers in words, and what is not of their shape", () => {
  const { results, faults } = card(
    [
      "model-index:",
      "- name: a",
      "  results:",
      "  - metrics: [{ type: x, value: '75.4 ± 0.4' }, { type: y, value: 7.50 }, { type: z, value: high }]",
      "  - dataset: { type: d }",
      "- name: b",
    ].join("\n"),
  );
  expect(results[0]?.[0]?.metrics).toMatchObject([
    { place: "/model-index/0/results/0/metrics/0", value: 75.4, text: "75.4 ± 0.4", plusMinus: 0.4 },
    { value: 7.5, text: undefined, plusMinus: undefined },
    { value: "high", text: "high" },
  ]);
  expect(results[1]).toBeNull();
  expect(faults.map(({ place }) => place)).toEqual([
    "/model-index/0/results/1/metrics",
    "/model-index/1/results",
  ]);
});

const folder = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([name, text]) => ({ name, text }));

it("a folder's splits keep their places, in MTEB's form of today and in that of before 1.11", () => {
  const sheet = new Sheet({});
  const files = folder({
    "o__m/r/model_meta.json": '{"name": "o/m"}',
    "o__m/r/New.json": '{"scores": {"test": [{"main_score": 0.50, "hf_subset": "en"}, 1], "dev": 2}}',
    "o__m/r/Old.json": '{"test": {"en": {"accuracy": 0.5}}, "validation": {"accuracy": 1}}',
    "o__m/r/run_settings.jsonl": "",
  });
  const [only, ...more] = readMtebFolders(files, sheet);
  expect(more).toEqual([]);
  expect(only).toMatchObject({ inside: "o__m/r/", others: ["o__m/r/run_settings.jsonl"] });
  const tasks = only!.files.map((file) => readTaskFile(file, sheet)!);
  expect(tasks.map(({ task }) => task)).toEqual(["New", "Old"]);
  expect(tasks[0]!.written.get("/scores/test/0/main_score")).toBe("0.50");
  const places = tasks.map((task) =>
    splitsOf(task, sheet).flatMap(({ entries }) => entries.map(({ place, subset }) => `${place} ${subset}`)),
  );
  expect(places).toEqual([
    ["/o__m/r/New.json/scores/test/0 en"],
    ["/o__m/r/Old.json/test/en en", "/o__m/r/Old.json/validation default"],
  ]);
  expect(sheet.reading().faults.map(({ place }) => place)).toEqual([
    "/o__m/r/New.json/scores/test/1",
    "/o__m/r/New.json/scores/dev",
  ]);
});

it("a task that is called by a measure gives another metric's score no place in it; a map is taken at its word", () => {
  const scores = '{"test": [{"main_score": 0.7, "lrap": 0.7, "accuracy": 0.4}]}';
  const read = (name: string, map?: Readonly<Record<string, string>>) =>
    mteb.read(
      folder({
        "model_meta.json": '{"name": "o/m"}',
        "a.json": `{${name === "a" ? "" : `"task_name": "${name}", `}"scores": ${scores}}`,
        "method.json": '{"name": "M", "family": "CONTRASTIVE"}',
      }),
      { map },
    );
  const measure = "zero-shot/pets/accuracy";
  expect(read(measure).unmapped).toMatchObject([{ reason: "metric-not-ours" }]);
  const mapped = read("a", { a: measure });
  expect(mapped.rows).toMatchObject([{ measure, value: 70 }]);
  expect(mapped.methods).toEqual([{ slug: "o.m", name: "M", family: "CONTRASTIVE" }]);
});

/** Damaged files: every fault by its place, no other, nothing accepted; and what else a file may be that is no good file. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { parseJson } from "../tensor/index.ts";
import { count } from "../tensor/testing/counts.ts";
import { frontOf } from "./hub/card.ts";
import { type Format, formatNamed, type OutRow, type ReadContext, type TextFile } from "./index.ts";
import { repoOf } from "./shared/names.ts";
import { RECORDS } from "./testing/records.ts";

const KINDS = { "not-a-number": '"abc"', "not-finite": "NaN", "out-of-bounds": "-5" } as const;
type Kind = keyof typeof KINDS;

/** Puts a damaged value at a row's place. */
function damageCsv(text: string, place: string, kind: Kind): string {
  const [, row, column] = /row (\d+), column (.+)$/.exec(place)!;
  const lines = text.split("\n");
  const at = lines[0]!.split(",").indexOf(column!);
  // The tables of these tests quote numbers of parameters alone.
  const cells = lines[Number(row) - 1]!.match(/("[^"]*"|[^,]*)(,|$)/g)!.map((cell) => cell.replace(/,$/, ""));
  cells[at] = { "not-a-number": "abc", "not-finite": "nan", "out-of-bounds": "-5" }[kind];
  lines[Number(row) - 1] = cells.slice(0, lines[0]!.split(",").length).join(",");
  return lines.join("\n");
}

function setIn(root: unknown, path: readonly string[], value: unknown): void {
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce((inner, key) => (inner as Record<string, unknown>)[key], root);
  (parent as Record<string, unknown>)[last] = value;
}

const partsOf = (pointer: string) =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
/** Stands for what JSON.stringify cannot say. */
const MARK = "<<damage>>";
const NAN = "<<nan>>";

function damageTree(text: string, path: readonly string[], kind: Kind, isYaml: boolean): string {
  const root = isYaml ? parse(frontOf(text)) : parseJson(text).value;
  if (isYaml) {
    setIn(root, path, { "not-a-number": "abc", "not-finite": Number.NaN, "out-of-bounds": -5 }[kind]);
    return text.startsWith("---") ? `---\n${stringify(root)}---\n` : stringify(root);
  }
  setIn(root, path, MARK);
  return JSON.stringify(root, (_, value) => (Number.isNaN(value) ? NAN : value))
    .replace(`"${MARK}"`, KINDS[kind])
    .replaceAll(`"${NAN}"`, "NaN");
}

function damage(format: Format, files: readonly TextFile[], place: string, kind: Kind): TextFile[] {
  const isCsv = format.name.endsWith("-csv");
  const isFolder = !isCsv && files.some(({ name }) => place.startsWith(`/${name}/`));
  return files.map((file) => {
    const isHere = isCsv
      ? !place.includes(": ") || place.startsWith(`${file.name}: `)
      : !isFolder || place.startsWith(`/${file.name}/`);
    if (!isHere) return file;
    if (isCsv) return { ...file, text: damageCsv(file.text, place, kind) };
    const inside = isFolder ? place.slice(file.name.length + 1) : place;
    return { ...file, text: damageTree(file.text, partsOf(inside), kind, /\.(ya?ml|md)$/.test(file.name)) };
  });
}

describe.each(Object.keys(RECORDS))("%s", (name) => {
  const format = formatNamed(name)!;
  it("names every damaged value, and only those", () => {
    // Notes with line breaks are the round trip's; here a row is a line.
    const plain = RECORDS[name]!.filter((rows) =>
      rows.every(({ extra }) => !/[\n",]/.test(String(extra.notes ?? ""))),
    );
    fc.assert(
      fc.property(
        plain,
        fc.infiniteStream(fc.constantFrom<Kind | null>("not-a-number", "not-finite", "out-of-bounds", null)),
        (rows, kinds) => {
          let { files } = format.write(rows as OutRow[], { datasetId: "sample/board" });
          const context: ReadContext = name === "hf-eval-results" ? { model: repoOf(rows[0]!) } : {};
          const good = format.read(files, context);
          const expected: string[] = [];
          for (const { place } of good.rows) {
            const { value } = kinds.next();
            // acc5 is NaN for datasets of fewer than five classes, by that format's own way.
            const kind = value === "not-finite" && place.endsWith("acc5") ? "not-a-number" : value;
            if (!kind) continue;
            files = damage(format, files, place, kind);
            expected.push(`${place} ${kind}`);
          }
          const { rows: left, faults } = format.read(files, context);
          expect(faults.map(({ place, kind }) => `${place} ${kind}`).sort()).toEqual(expected.sort());
          expect(left.length).toBe(expected.length > 0 ? 0 : good.rows.length);
        },
      ),
      { numRuns: count(10, 100) },
    );
  });

  it("accepts nothing of what is no file of it", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const file = {
          name:
            name === "mteb" ? "model_meta.json" : name.endsWith("csv") ? "results-imagenet.csv" : "x.json",
          text,
        };
        expect(format.read([file], { model: "a/b" }).rows).toEqual([]);
      }),
      { numRuns: count(50, 1000) },
    );
  });
});

describe("what a file may be", () => {
  const read = (name: string, files: Readonly<Record<string, string>>, context: ReadContext = {}) =>
    formatNamed(name)!.read(
      Object.entries(files).map(([file, text]) => ({ name: file, text })),
      context,
    );
  const header = "model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,interpolation\n";
  const line = (top1: string) =>
    `a.b,224,${top1},${(100 - Number(top1)).toFixed(3)},99.000,1.000,5.00,0.900,bicubic\n`;

  it("timm's speeds are refused, and an unknown table needs its dataset told", () => {
    expect(read("timm-csv", { "benchmark-infer.csv": header }).faults[0]?.message).toMatch(
      /holds speeds, not results/,
    );
    expect(read("timm-csv", { "mine.csv": header + line("70.000") }).faults).toMatchObject([
      { place: "mine.csv", kind: "unknown-word" },
    ]);
    expect(
      read("timm-csv", { "mine.csv": header + line("70.000") }, { dataset: "imagenet", date: "2026-08-01" })
        .rows,
    ).toMatchObject([
      { measure: "robustness/imagenet/top1", value: 70, evaluatedAt: "2026-08-01" },
      { measure: "robustness/imagenet/top5", value: 99 },
    ]);
  });

  it("one of two values is taken where the operator says which", () => {
    const files = { "results-imagenet.csv": header + line("70.000") + line("71.000") };
    expect(read("timm-csv", files).faults).toMatchObject([
      { kind: "differs", from: "results-imagenet.csv: row 2" },
    ]);
    expect(read("timm-csv", files, { onDuplicate: "first" }).rows[0]).toMatchObject({ value: 70 });
    const last = read("timm-csv", files, { onDuplicate: "last" });
    expect(last.rows).toMatchObject([{ value: 71 }, { value: 99 }]);
    expect(last.unmapped).toMatchObject([{ reason: "repeats", place: "results-imagenet.csv: row 3" }]);
  });

  it("only wanted measures are taken, the others named", () => {
    const { rows, unmapped } = read(
      "timm-csv",
      { "results-imagenet.csv": header + line("70.000") },
      { wanted: (measure) => measure.endsWith("top1") },
    );
    expect(rows.length).toBe(1);
    expect(unmapped).toMatchObject([{ what: "robustness/imagenet/top5", reason: "no-measure" }]);
  });

  it("a map gives a foreign task its measure", () => {
    const run = {
      results: { mytask: { "acc,none": 0.5 } },
      "n-shot": {},
      config: { model_args: "pretrained=a/b" },
    };
    const files = { "results_1.json": JSON.stringify(run) };
    expect(read("lm-eval", files).unmapped).toMatchObject([
      { place: "/results/mytask", reason: "no-measure" },
    ]);
    expect(read("lm-eval", files, { map: { "mytask acc": "zero-shot/pets/accuracy" } }).rows).toMatchObject([
      { measure: "zero-shot/pets/accuracy", value: 50, method: "a.b" },
    ]);
  });

  it("one file of several that does not parse is named alone; the others are read", () => {
    const meta = JSON.stringify({ name: "a/b", revision: "main" });
    const dtd = JSON.stringify({
      task_name: "DTD",
      mteb_version: "1.9.1",
      scores: { test: [{ accuracy: 2, main_score: 2 }] },
    });
    expect(
      read("mteb", { "model_meta.json": meta, "DTD.json": dtd, "EuroSAT.json": "{" }).faults.map(
        ({ place, kind }) => [place, kind],
      ),
    ).toEqual([
      ["/DTD.json/scores/test/0/main_score", "out-of-bounds"],
      ["/EuroSAT.json", "not-json"],
    ]);
  });

  it("MTEB's files of before 1.11 have no main score, and its second version another VOC2007", () => {
    const meta = JSON.stringify({ name: "a/b" });
    const old = JSON.stringify({
      mteb_dataset_name: "DTD",
      mteb_version: "1.2.0",
      test: { accuracy: 0.57, evaluation_time: 3 },
    });
    expect(read("mteb", { "model_meta.json": meta, "DTD.json": old }).rows).toMatchObject([
      { place: "/DTD.json/test/accuracy", value: 57, measure: "few-shot-linear-16/dtd/accuracy" },
    ]);
    const voc = (version: string) =>
      JSON.stringify({
        task_name: "VOC2007",
        mteb_version: version,
        scores: { test: [{ lrap: 0.5, main_score: 0.5 }] },
      });
    expect(read("mteb", { "model_meta.json": meta, "VOC2007.json": voc("1.14.0") }).rows.length).toBe(1);
    expect(read("mteb", { "model_meta.json": meta, "VOC2007.json": voc("2.1.0") }).unmapped).toMatchObject([
      { reason: "no-measure" },
    ]);
  });

  it("a main score that is another metric's is left out by name", () => {
    const meta = JSON.stringify({ name: "a/b" });
    const dtd = JSON.stringify({
      task_name: "DTD",
      mteb_version: "1.9.1",
      scores: { test: [{ accuracy: 0.4, f1: 0.5, main_score: 0.5 }] },
    });
    expect(read("mteb", { "model_meta.json": meta, "DTD.json": dtd }).unmapped).toMatchObject([
      { reason: "metric-not-ours" },
    ]);
  });

  it("a card of several models is several methods; one of Papers with Code is another format", () => {
    const model = (name: string) =>
      `- name: ${name}\n  results:\n  - task: {type: image-classification}\n    dataset: {type: imagenet-1k, name: ImageNet}\n    metrics:\n    - {type: top_5_accuracy, value: 92.5}\n`;
    const card = read("hf-model-index", {
      "README.md": `# a comment\n---\nmodel-index:\n${model("a/b")}${model("a/c")}---\n`,
    });
    expect(card.rows.map(({ method, measure }) => [method, measure])).toEqual([
      ["a.b", "robustness/imagenet/top5"],
      ["a.c", "robustness/imagenet/top5"],
    ]);
    expect(read("hf-model-index", { "model-index.yml": "Models:\n- Name: x\n" }).faults[0]?.message).toMatch(
      /Papers with Code/,
    );
  });

  it("a trainer's card is of its author's split, but for ImageNet's validation", () => {
    const result = (dataset: string) =>
      `  - task: {type: image-classification}\n    dataset: {type: ${dataset}, name: x, split: validation}\n    metrics: [{type: accuracy, value: 0.9}]\n`;
    const card = `---\ntags: [generated_from_trainer]\nmodel-index:\n- name: a/b\n  results:\n${result("imagenet-1k")}${result("imagefolder")}---\n`;
    const { rows, unmapped } = read("hf-model-index", { "README.md": card });
    expect(rows).toMatchObject([{ measure: "robustness/imagenet/top1", value: 90 }]);
    expect(unmapped).toMatchObject([{ reason: "not-a-test-split" }]);
  });

  it("Every Eval Ever's first files name no library, and one evaluation is there once", () => {
    const run = (version: string, library?: object) =>
      JSON.stringify({
        schema_version: version,
        evaluation_id: "x/y/1",
        retrieved_timestamp: "1",
        source_metadata: {
          source_type: "documentation",
          evaluator_relationship: "other",
          source_organization_name: "o",
        },
        ...(library && { eval_library: library }),
        model_info: { name: "b", id: "a/b" },
        evaluation_results: [],
      });
    const old = read("every-eval-ever", { "1.json": run("0.2.0") });
    expect([old.faults, old.warnings.map(({ kind }) => kind)]).toEqual([[], ["missing"]]);
    const library = { name: "l", version: "1" };
    const twice = read("every-eval-ever", {
      "1.json": run("0.3.0", library),
      "2.json": run("0.3.0", library),
    });
    expect(twice.faults).toMatchObject([
      { place: "/2.json/evaluation_id", kind: "duplicate", from: "/1.json/evaluation_id" },
    ]);
  });

  it("what W&B keeps beside scores is none", () => {
    const { rows, unmapped } = read("wandb", {
      "runs.json": JSON.stringify({
        name: "r",
        config: { model: "a/b" },
        summary: { _step: 3, "zero-shot/pets/accuracy": 71.5, loss: 0.2 },
      }),
    });
    expect(rows).toMatchObject([{ measure: "zero-shot/pets/accuracy", value: 71.5, source: "W&B run r" }]);
    expect(unmapped.map(({ place, reason }) => [place, reason])).toEqual([
      ["/summary/_step", "not-a-score"],
      ["/summary/loss", "no-measure"],
    ]);
  });
});

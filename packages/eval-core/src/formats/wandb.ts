/**
 * Weights & Biases runs as its API gives them: one JSON object, a list, or a line each, with `name`, `id`, `config` and
 * `summary`. A summary's key is a score where it is one of our measures or --map says so; the run's config tells the model
 * (`model` or `checkpoint`, and `revision`) and is kept.
 */
import type {
  Format,
  OutRow,
  ReadContext,
  Reading,
  TextFile,
  WriteContext,
  Written,
} from "./shared/format.ts";
import { isMeasure, metricOf } from "./shared/measures.ts";
import { hubModel, repoOf, UNNAMED } from "./shared/names.ts";
import { anyMoment } from "./shared/numbers.ts";
import { given, Sheet } from "./shared/sheet.ts";
import {
  type Fields,
  fieldsOf,
  isObject,
  otherFields,
  plain,
  pointer,
  readJson,
  scoreOf,
  textOf,
  toJson,
  within,
} from "./shared/tree.ts";

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  for (const file of files) {
    const prefix = files.length > 1 ? `/${file.name}` : "";
    const lines = file.name.endsWith(".jsonl") ? linesOf(file) : [file];
    lines.forEach((one, i) => {
      const at = lines.length > 1 || one !== file ? pointer(prefix, i) : prefix;
      const tree = readJson(one, at, sheet);
      if (!tree) return;
      const runs = Array.isArray(tree.value) ? tree.value : [tree.value];
      runs.forEach((run, j) => {
        const place = Array.isArray(tree.value) ? pointer(at, j) : at;
        if (isObject(run)) readRun(run, place, sheet, context);
        else sheet.fault(place || "/", "not-an-object", "A run with name, config and summary was expected.");
      });
    });
  }
  return sheet.reading();
}

const linesOf = ({ name, text }: TextFile): TextFile[] =>
  text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [{ name, text: line }]));

const KNOWN = ["id", "name", "config", "summary", "url", "state", "created_at"];

function readRun(
  run: Fields,
  place: string,
  sheet: Sheet,
  { model, revision, map, date }: ReadContext,
): void {
  const config = fieldsOf(run.config);
  const told = textOf(config.model) ?? textOf(config.checkpoint) ?? model;
  if (told === undefined) {
    sheet.fault(
      `${place}/config/model`,
      "missing",
      "The run does not name its model: config.model, or --model, was expected.",
    );
  }
  if (!isObject(run.summary)) {
    sheet.fault(
      `${place}/summary`,
      run.summary === undefined ? "missing" : "not-an-object",
      "An object of scores was expected.",
    );
    return;
  }
  const named = told === undefined ? UNNAMED : hubModel(told, textOf(config.revision) ?? revision ?? null);
  if (told !== undefined) sheet.method({ slug: named.method, name: told });
  const runName = textOf(run.name) ?? textOf(run.id) ?? "a run";
  const seed = config.seed;
  for (const [key, score] of Object.entries(run.summary)) {
    // W&B's own, and what is no score: pictures, histograms, tables.
    if (key.startsWith("_") || isObject(score) || Array.isArray(score)) {
      sheet.leave(pointer(`${place}/summary`, key), key, "not-a-score");
      continue;
    }
    const measure = isMeasure(key) ? key : map?.[key];
    const at = pointer(`${place}/summary`, key);
    if (measure === undefined) {
      sheet.leave(at, key, "no-measure");
      continue;
    }
    const value = scoreOf(score, at, sheet);
    const { lower, upper, unit } = metricOf(measure);
    if (value === undefined || !within(value, lower, upper, at, sheet)) continue;
    if (unit === "%" && value > 0 && value <= 1)
      sheet.warn(at, "looks-like-a-fraction", `${value} is taken as ${value}%.`);
    sheet.add(at, `${key} of ${runName}`, [
      {
        place: at,
        ...named,
        measure,
        value,
        seeds: Number.isSafeInteger(seed) ? [seed as number] : [],
        evaluatedAt:
          anyMoment(run.created_at) ??
          (typeof run.summary._timestamp === "number" ? anyMoment(run.summary._timestamp) : null) ??
          date ??
          null,
        source: textOf(run.url) ?? `W&B run ${runName}`,
        protocol: isObject(config.protocol) ? (plain(config.protocol) as Fields) : {},
        extra: given({
          run: textOf(run.name),
          runId: textOf(run.id),
          state: textOf(run.state),
          config: plain(otherFields(config, ["model", "checkpoint", "revision", "seed", "protocol"])),
          ...otherFields(run, KNOWN),
        }),
      },
    ]);
  }
}

function write(rows: readonly OutRow[], _context: WriteContext): Written {
  const runs = Map.groupBy(rows, (row) =>
    JSON.stringify([
      row.method,
      row.checkpoint.name,
      row.seeds,
      row.evaluatedAt,
      row.source,
      row.protocol,
      row.extra,
    ]),
  );
  const left: { row: OutRow; why: string }[] = [];
  const all = [...runs.values()].map((own) => {
    const [first] = own as [OutRow];
    const { extra, seeds, evaluatedAt, source, protocol, checkpoint } = first;
    if (seeds.length > 1) left.push(...own.map((row) => ({ row, why: "a run has one seed" })));
    return {
      ...given({ id: extra.runId, name: extra.run, state: extra.state }),
      ...(/^https?:/.test(source) && { url: source }),
      ...(evaluatedAt !== null && { created_at: evaluatedAt }),
      config: {
        model: repoOf(first) ?? first.method,
        ...given({ revision: checkpoint.revision, seed: seeds[0] }),
        ...(Object.keys(protocol).length > 0 && { protocol }),
        ...fieldsOf(extra.config),
      },
      summary: Object.fromEntries(own.map((row) => [row.measure, row.value])),
      ...otherFields(extra, ["run", "runId", "state", "config", "raw"]),
    };
  });
  return { files: [{ name: "runs.json", text: toJson(all) }], left };
}

export const wandb: Format = {
  name: "wandb",
  title: "runs exported from Weights & Biases as JSON",
  recognise: (files) => files.some(({ text }) => text.includes('"summary"') && text.includes('"config"')),
  read,
  write,
};

/** Every Eval Ever: a JSON file an evaluation run of one model, schema 0.2.0 to 0.3.0. */
import { readUncertainty } from "./every-eval-ever/uncertainty.ts";
import { writeEveryEvalEver } from "./every-eval-ever/write.ts";
import type { Format, ReadContext, Reading, TextFile } from "./shared/format.ts";
import { isMeasure, metricOf } from "./shared/measures.ts";
import { hubModel, type Named, UNNAMED } from "./shared/names.ts";
import { anyMoment, toFraction, toPercent } from "./shared/numbers.ts";
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
  type Tree,
  textOf,
} from "./shared/tree.ts";

const VERSIONS = ["0.2.0", "0.2.1", "0.2.2", "0.2.3", "0.3.0"];
const TOP = [
  ...["schema_version", "evaluation_id", "retrieved_timestamp", "evaluation_timestamp", "source_metadata"],
  ...["eval_library", "model_info", "evaluation_results", "detailed_evaluation_results", "generation_config"],
];
const SOURCE_TYPES = ["documentation", "evaluation_run"];
const RELATIONSHIPS = ["first_party", "third_party", "collaborative", "other"];

function read(files: readonly TextFile[], context: ReadContext): Reading {
  const sheet = new Sheet(context);
  const ids = new Map<string, string>();
  for (const file of files) {
    const prefix = files.length > 1 ? `/${file.name}` : "";
    if (!file.name.endsWith(".json")) {
      sheet.warn(prefix || `/${file.name}`, "kept-unread", `${file.name} is kept and not read.`);
      continue;
    }
    const tree = readJson(file, prefix, sheet);
    if (!tree) continue;
    if (!isObject(tree.value)) {
      sheet.fault(prefix || "/", "not-an-object", "An object of one evaluation run was expected.");
      continue;
    }
    readRun(tree, tree.value, prefix, ids, sheet, context);
  }
  return sheet.reading();
}

function readRun(
  tree: Tree,
  root: Fields,
  prefix: string,
  ids: Map<string, string>,
  sheet: Sheet,
  context: ReadContext,
): void {
  const at = (...path: (string | number)[]) => pointer(prefix, ...path);
  const missing = (...path: (string | number)[]) =>
    sheet.fault(at(...path), "missing", `'${path.join(".")}' is missing.`);
  const version = textOf(root.schema_version);
  if (version === undefined) missing("schema_version");
  else if (!VERSIONS.includes(version)) {
    sheet.fault(
      at("schema_version"),
      "unknown-version",
      `Version ${version} is not read: ${VERSIONS.join(", ")} are.`,
    );
  }
  for (const key of Object.keys(root)) {
    if (!TOP.includes(key))
      sheet.fault(at(key), "unknown-field", `The format has no field '${key}' at the top.`);
  }
  const id = textOf(root.evaluation_id);
  if (id === undefined) missing("evaluation_id");
  else if (ids.has(id)) {
    sheet.fault(at("evaluation_id"), "duplicate", `The evaluation '${id}' is there already.`, ids.get(id));
  } else ids.set(id, at("evaluation_id"));
  if (root.retrieved_timestamp === undefined) missing("retrieved_timestamp");
  const source = readSource(root, prefix, sheet);
  readLibrary(root, version, prefix, sheet);
  const model = readModel(root, prefix, sheet);
  const evaluatedAt =
    momentAt(root.evaluation_timestamp, at("evaluation_timestamp"), sheet) ?? context.date ?? null;
  sheet.extra(
    given({
      evaluationId: id,
      retrievedTimestamp: root.retrieved_timestamp,
      evalLibrary: plain(root.eval_library),
      sourceMetadata: plain(root.source_metadata),
      evaluatorRelationship: fieldsOf(root.source_metadata).evaluator_relationship,
      sourceType: fieldsOf(root.source_metadata).source_type,
      modelInfo: plain(root.model_info),
    }),
  );
  if (!Array.isArray(root.evaluation_results)) {
    missing("evaluation_results");
    return;
  }
  root.evaluation_results.forEach((result, i) => {
    const place = at("evaluation_results", i);
    if (isObject(result))
      readResult(result, place, { tree, prefix, model, evaluatedAt, source }, sheet, context);
    else sheet.fault(place, "not-an-object", "An object was expected.");
  });
}

function momentAt(value: unknown, place: string, sheet: Sheet): string | null {
  if (value === undefined || value === null) return null;
  const moment = anyMoment(value);
  if (moment === null)
    sheet.fault(place, "not-a-date", `${JSON.stringify(plain(value))} is no Unix time and no ISO date.`);
  return moment;
}

function readSource(root: Fields, prefix: string, sheet: Sheet): string {
  const place = pointer(prefix, "source_metadata");
  const { source_metadata: metadata } = root;
  if (!isObject(metadata)) {
    sheet.fault(place, "missing", "'source_metadata' is missing.");
    return "";
  }
  const word = (field: string, known: readonly string[]) => {
    const text = textOf(metadata[field]);
    if (text === undefined) sheet.fault(`${place}/${field}`, "missing", `'${field}' is missing.`);
    else if (!known.includes(text)) {
      sheet.fault(`${place}/${field}`, "unknown-word", `'${text}' is not one of ${known.join(", ")}.`);
    }
  };
  word("source_type", SOURCE_TYPES);
  word("evaluator_relationship", RELATIONSHIPS);
  const organisation = textOf(metadata.source_organization_name);
  if (organisation === undefined) {
    sheet.fault(`${place}/source_organization_name`, "missing", "'source_organization_name' is missing.");
  }
  return textOf(metadata.source_name) ?? organisation ?? "";
}

function readLibrary(root: Fields, version: string | undefined, prefix: string, sheet: Sheet): void {
  const place = pointer(prefix, "eval_library");
  const library = root.eval_library;
  if (!isObject(library)) {
    const why = "'eval_library' is missing: which program evaluated is not known.";
    if (version === "0.2.0") sheet.warn(place, "missing", why);
    else sheet.fault(place, "missing", why);
    return;
  }
  if (textOf(library.name) === undefined)
    sheet.fault(`${place}/name`, "missing", "The library's name is missing.");
  if (version !== "0.2.0" && textOf(library.version) === undefined) {
    sheet.fault(`${place}/version`, "missing", "The library's version is missing.");
  }
}

function readModel(root: Fields, prefix: string, sheet: Sheet): Named {
  const place = pointer(prefix, "model_info");
  if (!isObject(root.model_info)) {
    sheet.fault(place, "missing", "'model_info' is missing.");
    return UNNAMED;
  }
  const { name, id, additional_details: details } = root.model_info;
  if (textOf(name) === undefined) sheet.fault(`${place}/name`, "missing", "The model's name is missing.");
  for (const [key, value] of Object.entries(fieldsOf(details))) {
    if (typeof value === "string") continue;
    sheet.warn(
      pointer(prefix, "model_info", "additional_details", key),
      "not-text",
      `'${key}' is not a text; it is kept.`,
    );
  }
  const repo = textOf(id);
  if (repo === undefined) {
    sheet.fault(`${place}/id`, "missing", "The model's id is missing.");
    return UNNAMED;
  }
  const { revision, sha } = fieldsOf(details);
  const named = hubModel(repo, null);
  sheet.method({ slug: named.method, name: textOf(name) ?? repo });
  const told = textOf(revision) ?? textOf(sha) ?? null;
  return { ...named, checkpoint: { ...named.checkpoint, revision: told } };
}

interface Around {
  readonly tree: Tree;
  readonly prefix: string;
  readonly model: Named;
  readonly evaluatedAt: string | null;
  readonly source: string;
}

interface Scale {
  readonly ours: (value: number) => number;
  /** Whether the file has a fraction where ours is a percentage, or the other way. */
  readonly isShifted: boolean;
}

const SAME: Scale = { ours: (value) => value, isShifted: false };

/** From the score's unit, or the bounds that tell it; a sentence where it is none that the measure could be in. */
function scaleOf(measure: string, config: Fields): Scale | string {
  const { unit } = metricOf(measure);
  const told = textOf(config.metric_unit)?.toLowerCase();
  const { min_score: min, max_score: max } = config;
  const is =
    told ?? (min === 0 && max === 100 ? "percent" : min === 0 && max === 1 ? "proportion" : undefined);
  const isFraction = is === "proportion" || is === "fraction";
  const isPercent = is === "percent" || is === "%";
  if (unit === "%") {
    if (isPercent) return SAME;
    if (isFraction) return { ours: toPercent, isShifted: true };
    return `no unit that ${measure} could be in: ${told ?? "none told"}`;
  }
  if (unit === "fraction" && isPercent) return { ours: toFraction, isShifted: true };
  if (is === undefined || is === unit || (unit === "fraction" && isFraction)) return SAME;
  return `another unit than ${unit}: ${told}`;
}

/** "Infinity" stands as a text since 0.2.3, and bounds nothing. */
const boundOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** What our own export puts there. */
const isOurs = (details: Fields) =>
  Object.keys(details).every((key) => ["protocol", "seeds", "provenance", "position"].includes(key));

function readResult(result: Fields, place: string, around: Around, sheet: Sheet, { map }: ReadContext): void {
  const { tree, prefix, model } = around;
  const name = textOf(result.evaluation_name);
  const resultId = textOf(result.evaluation_result_id);
  const config = fieldsOf(result.metric_config);
  const details = fieldsOf(result.score_details);
  if (name === undefined)
    sheet.fault(`${place}/evaluation_name`, "missing", "The evaluation's name is missing.");
  if (!isObject(result.source_data))
    sheet.fault(`${place}/source_data`, "missing", "'source_data' is missing.");
  const lowerIsBetter = config.lower_is_better;
  if (typeof lowerIsBetter !== "boolean") {
    sheet.fault(
      `${place}/metric_config/lower_is_better`,
      "missing",
      "'lower_is_better' is missing: true or false was expected.",
    );
  }
  if (config.score_type === "continuous") {
    for (const bound of ["min_score", "max_score"]) {
      if (config[bound] === undefined)
        sheet.fault(`${place}/metric_config/${bound}`, "missing", `A continuous score needs ${bound}.`);
    }
  }
  const measure =
    [resultId, name].find(isMeasure) ?? map?.[`${name} ${String(config.metric_id)}`] ?? map?.[name ?? ""];
  const at = `${place}/score_details/score`;
  const score = scoreOf(details.score, at, sheet);
  if (measure === undefined) {
    sheet.leave(place, name ?? "", "no-measure");
    return;
  }
  const { direction } = metricOf(measure);
  if (
    typeof lowerIsBetter === "boolean" &&
    direction !== "NEITHER" &&
    lowerIsBetter !== (direction === "LOWER")
  ) {
    const message = `Of ${measure} ${direction === "LOWER" ? "lower" : "higher"} is better: the file says otherwise.`;
    sheet.fault(`${place}/metric_config/lower_is_better`, "contradicts-the-measure", message);
  }
  const scale = scaleOf(measure, config);
  if (typeof scale === "string") {
    sheet.leave(place, `${name}: ${scale}`, "no-measure");
    return;
  }
  if (score === undefined) return;
  const [min, max] = [boundOf(config.min_score), boundOf(config.max_score)];
  const value = scale.ours(score);
  const { lower, upper } = metricOf(measure);
  if (
    (min !== null && score < min) ||
    (max !== null && score > max) ||
    (lower !== null && value < lower) ||
    (upper !== null && value > upper)
  ) {
    sheet.fault(at, "out-of-bounds", `${score} lies outside ${min ?? "-infinity"} to ${max ?? "infinity"}.`);
    return;
  }
  const uncertainty = readUncertainty(
    fieldsOf(details.uncertainty),
    score,
    scale.ours,
    `${place}/score_details/uncertainty`,
    sheet,
  );
  const own = fieldsOf(config.additional_details);
  const fingerprint =
    typeof own.protocol === "string" && /^[0-9a-f]{64}$/.test(own.protocol) ? own.protocol : null;
  sheet.add(place, name ?? measure, [
    {
      place: at,
      ...model,
      measure,
      value,
      interval: uncertainty.interval,
      n: uncertainty.n,
      seeds:
        typeof own.seeds === "string" && /^(-?\d+ ?)+$/.test(own.seeds)
          ? own.seeds.trim().split(" ").map(Number)
          : [],
      fingerprint,
      evaluatedAt:
        momentAt(result.evaluation_timestamp, `${place}/evaluation_timestamp`, sheet) ?? around.evaluatedAt,
      source: around.source,
      extra: {
        ...(scale.isShifted && { raw: tree.written.get(at.slice(prefix.length)) ?? String(score) }),
        ...uncertainty.extra,
        ...given({
          sourceData: plain(result.source_data),
          evaluationResultId: resultId,
          evaluationName: name === measure ? undefined : name,
          scoreDetails: details.details === undefined ? undefined : plain(details.details),
          generationConfig: plain(result.generation_config),
          metricName: config.metric_name,
          metricKind: config.metric_kind,
          metricParameters: plain(config.metric_parameters),
          metricDetails: isOurs(own) ? undefined : plain(config.additional_details),
        }),
        ...otherFields(result, [
          ...["evaluation_name", "evaluation_result_id", "source_data", "metric_config", "score_details"],
          ...["generation_config", "evaluation_timestamp"],
        ]),
      },
    },
  ]);
}

export const everyEvalEver: Format = {
  name: "every-eval-ever",
  title: "Every Eval Ever's JSON, 0.2.0 to 0.3.0",
  recognise: (files) =>
    files.some(({ text }) => text.includes('"schema_version"') && text.includes('"evaluation_results"')),
  read,
  write: writeEveryEvalEver,
};

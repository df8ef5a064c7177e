/** Rows as Every Eval Ever has them: a file a checkpoint and source; our protocol's fingerprint stands for the run. */
import { datasetNamed, partsOf } from "@transferboard/vocabulary";
import { sha256 } from "@transferboard/vocabulary/canonical-json";
import type { OutRow, TextFile, WriteContext, Written } from "../shared/format.ts";
import { metricOf } from "../shared/measures.ts";
import { repoOf } from "../shared/names.ts";
import { endsAround, secondsOf, textAsRead, toFraction, toPercent } from "../shared/numbers.ts";
import { given } from "../shared/sheet.ts";
import { isObject, toJson } from "../shared/tree.ts";

const SCHEMA = "0.2.2";
const UNITS: Readonly<Record<string, string>> = { "%": "percent", fraction: "proportion" };
const RELATIONSHIPS: Readonly<Record<string, string>> = {
  REPRODUCED: "third_party",
  SELF_REPORTED: "first_party",
};

/** As 0.2 writes moments: seconds as text. */
const seconds = (moment: string) => String(secondsOf(moment));

function resultOf(row: OutRow): object {
  const { extra, interval, n, seeds, fingerprint, provenance, position } = row;
  const { dataset } = partsOf(row.measure);
  const { unit, direction, lower, upper, slug, title } = metricOf(row.measure);
  const text = unit === "%" ? textAsRead(row, toPercent) : undefined;
  // A fraction that a percentage was read from is written as it was.
  const isFraction = text !== undefined;
  const scale = (value: number) => (isFraction ? toFraction(value) : value);
  const score = isFraction ? Number(text) : row.value;
  const ends = interval && endsAround(score, interval, scale);
  const isBounded = lower !== null && upper !== null;
  const { standardError, standardErrorMethod, intervalMethod, confidenceInterval, standardDeviation } = extra;
  const uncertainty = given({
    confidence_interval: ends
      ? {
          lower: ends[0],
          upper: ends[1],
          confidence_level: 0.95,
          ...given({ method: intervalMethod }),
        }
      : confidenceInterval,
    standard_error:
      typeof standardError === "number"
        ? { value: scale(standardError), ...given({ method: standardErrorMethod }) }
        : undefined,
    standard_deviation: typeof standardDeviation === "number" ? scale(standardDeviation) : undefined,
    num_bootstrap_samples: extra.bootstrapSamples,
    num_samples: n,
  });
  const details = given({ protocol: fingerprint, seeds: seeds.join(" "), provenance, position });
  return {
    evaluation_result_id: row.measure,
    evaluation_name: row.measure,
    source_data: isObject(extra.sourceData)
      ? extra.sourceData
      : { dataset_name: datasetNamed(dataset)?.title ?? dataset, source_type: "other" },
    metric_config: {
      evaluation_description: title,
      metric_id: slug,
      metric_unit: isFraction ? "proportion" : (UNITS[unit] ?? unit),
      lower_is_better: direction === "LOWER",
      ...(isBounded && {
        score_type: "continuous",
        min_score: isFraction ? lower / 100 : lower,
        max_score: isFraction ? upper / 100 : upper,
      }),
      ...(Object.keys(details).length > 0 && { additional_details: details }),
    },
    score_details: {
      score,
      ...(Object.keys(uncertainty).length > 0 && { uncertainty }),
      ...given({ details: extra.scoreDetails }),
    },
    ...given({ generation_config: extra.generationConfig }),
    ...(row.evaluatedAt !== null && { evaluation_timestamp: momentText(row.evaluatedAt) }),
  };
}

/** A date alone stays one. */
const momentText = (moment: string) => (/T/.test(moment) ? seconds(moment) : moment);

export function writeEveryEvalEver(rows: readonly OutRow[], { now = new Date() }: WriteContext): Written {
  const runs = Map.groupBy(rows, (row) =>
    JSON.stringify([row.method, row.checkpoint.name, row.checkpoint.revision, row.source, row.provenance]),
  );
  const at = String(Math.floor(now.getTime() / 1000));
  const files = [...runs.entries()].map(([key, own], i): TextFile => {
    const [first] = own as [OutRow];
    const repo = repoOf(first) ?? `transferboard/${first.method}`;
    const { revision } = first.checkpoint;
    const run = {
      schema_version: SCHEMA,
      evaluation_id: `transferboard/${first.method}/${at}${i === 0 ? "" : `.${i}`}`,
      retrieved_timestamp: at,
      source_metadata: {
        source_name: first.source,
        source_type: first.provenance === "REPRODUCED" ? "evaluation_run" : "documentation",
        source_organization_name: "transferboard",
        evaluator_relationship: RELATIONSHIPS[first.provenance ?? "SELF_REPORTED"] ?? "other",
      },
      eval_library: { name: "transferboard", version: "0.1.0" },
      model_info: {
        name: first.method,
        id: repo,
        ...(revision !== null && { additional_details: { revision } }),
      },
      evaluation_results: own.map(resultOf),
    };
    const [developer = "transferboard", model = first.method] = repo.split("/");
    return { name: `transferboard/${developer}/${model}/${uuidOf(key)}.json`, text: toJson(run) };
  });
  return { files, left: [] };
}

/** A version 4 UUID's form, of the run's own key: the same run has the same file. */
function uuidOf(key: string): string {
  const digits = sha256(key);
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ];
  return parts.join("-");
}

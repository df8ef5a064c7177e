/** What was measured, in the form that a server takes: each value with its protocol, and each protocol whole. */
import { recordedArchitecture } from "../../backbones/index.ts";
import { type MeasuredValue, measuredValues } from "../../evaluations/evaluation.ts";
import type { MethodFields } from "../server/method-file.ts";
import { type NamedPicture, namedPictures } from "../server/pictures.ts";
import type { Derived } from "./recorder.ts";
import type { EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";

export interface SubmissionMore {
  readonly source: string;
  readonly method: MethodFields;
  readonly pictures: readonly NamedPicture[];
}

/** What the evaluations made to be looked at. */
export const picturesOf = (outcomes: readonly Outcome[]): NamedPicture[] =>
  outcomes.flatMap((outcome) =>
    outcome.state === "done" ? namedPictures(outcome.evaluation.artefacts, outcome.title) : [],
  );

/** Undefined where nothing was measured. Of the same values it is the same, to the letter. */
export function asSubmission(
  request: Pick<EvaluateRequest, "checkpoint" | "method" | "seed">,
  outcomes: readonly Outcome[],
  derived: readonly Derived[],
  { source, method, pictures }: SubmissionMore,
): object | undefined {
  const values: MeasuredValue[] = [
    ...outcomes.flatMap((outcome) => (outcome.state === "done" ? measuredValues(outcome.evaluation) : [])),
    ...derived.flatMap(({ values: own, protocol }) => own.map((value) => ({ ...value, protocol }))),
  ];
  if (values.length === 0) return undefined;
  const protocols = new Map(values.map(({ protocol }) => [protocol.fingerprint, protocol]));
  const { sha256, file, architecture, normalisation } = request.checkpoint;
  const { slug, name } = request.method;
  return {
    method: { ...method, slug, ...(name === undefined ? {} : { name }) },
    checkpoint: {
      name: file,
      sha256,
      architecture: recordedArchitecture(request.checkpoint),
      featureDimension: architecture.featureDimension,
      inputMean: normalisation.mean,
      inputStd: normalisation.std,
    },
    source,
    values: values.map(({ measure, value, interval, n, protocol }) => ({
      measure,
      value,
      ...(interval === null ? {} : { interval: { lower: interval.lower, upper: interval.upper } }),
      ...(n === null ? {} : { sampleSize: n }),
      seeds: [request.seed],
      protocol: protocol.fingerprint,
    })),
    protocols: [...protocols.values()].map(({ fingerprint, title, body }) => ({ fingerprint, title, body })),
    ...(pictures.length > 0 ? { pictures } : {}),
  };
}

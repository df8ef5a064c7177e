/** What jobs of a divided evaluation hand to those that wait for them, written and read again. */
import type { EvaluationOutcome, JobFound, JobWork } from "@transferboard/prisma";
import { z } from "zod";
import type { JsonRecord } from "../../evaluations/evaluation.ts";
import type { FeatureBlock } from "../../features/index.ts";
import { valuesOf } from "../evaluate/report.ts";
import type { Target } from "../evaluate/request.ts";
import type { Contribution, Outcome } from "../evaluate/run.ts";
import { CommandError } from "../exit-codes.ts";

const json = z.record(z.string(), z.unknown());
const value = z.object({
  measure: z.string(),
  value: z.number(),
  interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
  n: z.number().nullable(),
});
const known = {
  identity: z.string(),
  manifest: z.string(),
  protocol: z.object({ fingerprint: z.string(), setting: z.string(), title: z.string(), body: json }),
};

/** Of a dataset: what a derivation and the end need, without the record, which the run has. */
const datasetFound = z.discriminatedUnion("state", [
  z.object({ state: z.literal("recorded"), ...known, values: z.array(value) }),
  z.object({ state: z.literal("missing"), reason: z.string() }),
]);

const partDone = z.object({ state: z.literal("done"), identity: z.string(), found: json });

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const shareDone = z.object({
  state: z.literal("done"),
  found: z.array(z.object({ key: sha256, index: z.int().min(0).max(999_999), sha256 })),
});

/** What a dataset's job hands on. @param publicly hides this machine's folders */
export function handedOn(
  outcome: Outcome,
  publicly: (reason: string) => string,
): z.infer<typeof datasetFound> | undefined {
  if (outcome.state === "missing") return { state: "missing", reason: publicly(outcome.reason) };
  if (outcome.state === "failed") return undefined;
  const { identity, manifest, protocol } = outcome;
  return { state: "recorded", identity, manifest, protocol, values: [...valuesOf(outcome)] };
}

/** A dataset's outcome as the job said it that evaluated it. */
export function outcomeFrom(target: Target, title: string, { outcome }: JobFound): Outcome {
  const read = datasetFound.safeParse(outcome.result);
  if (read.success) return { target, title, ...read.data };
  const reason = outcome.state === "FAILED" ? outcome.reason : "its job handed nothing on that can be read";
  return { target, title, state: "failed", reason: withoutTitle(reason, title), isFinal: true };
}

const withoutTitle = (reason: string, title: string) =>
  reason.startsWith(`${title}: `) ? reason.slice(title.length + 2) : reason;

/** The outcome of the job of a part or of a share of features. @param publicly hides this machine's folders */
export function contributed(
  title: string,
  part: Contribution<unknown>,
  publicly: (reason: string) => string,
): EvaluationOutcome {
  const nothing = { runs: [], notes: [] };
  if (part.state !== "missing") return { state: "DONE", ...nothing, result: part };
  const reason = publicly(part.reason);
  return { state: "FAILED", reason: `${title}: ${reason}`, ...nothing, result: { state: "missing", reason } };
}

/**
 * The parts that were found, by their number. What failed or was not there is left to whoever asks.
 * @param identity of the run that they must be of
 * @throws CommandError where a part is of another run: its worker has other data, or is of another version
 */
export function partsFrom(found: readonly JobFound[], identity: string): Map<number, JsonRecord> {
  const parts = new Map<number, JsonRecord>();
  for (const { work, outcome, title, worker } of found) {
    if (work.kind !== "PART") continue;
    const read = partDone.safeParse(outcome.result);
    if (!read.success) continue;
    if (read.data.identity !== identity) {
      throw new CommandError(
        `'${title}' was worked out by ${worker ?? "a worker"} for another run than this one: its data, its weights or its version differ from those here`,
      );
    }
    parts.set(work.part, read.data.found);
  }
  return parts;
}

/** The blocks of features that a job made; none where it was of something else, failed, or had nothing to do. */
export const blocksOf = (work: JobWork | undefined, outcome: EvaluationOutcome): FeatureBlock[] =>
  work?.kind === "EXTRACTION" ? (shareDone.safeParse(outcome.result).data?.found ?? []) : [];

/**
 * Where evaluations are recorded. A run begins as RUNNING and ends as DONE, with its results in the same
 * transaction, or as FAILED with its reason. An evaluation whose values follow two protocols (a linear probe and
 * its calibration) is one run each, so that every result stands under its own fingerprint.
 */
import { connect, type Database, databaseUrl } from "@transferboard/prisma";
import { type Checkpoint, recordedArchitecture } from "../../backbones/index.ts";
import type { DatasetFacts } from "../../evaluations/data.ts";
import {
  companionIdentity,
  type Evaluation,
  identityOf,
  networkName,
  type ProtocolDescription,
  type Value,
} from "../../evaluations/evaluation.ts";
import type { Planned } from "../../evaluations/plan.ts";
import {
  failRun,
  type MethodToRecord,
  type RunToRecord,
  recordEvaluation,
  recordedRuns,
  startRun,
} from "../../warehouse/index.ts";
import { CommandError, EXIT, sentenceOf } from "../exit-codes.ts";
import { versions } from "../versions.ts";

export type RecordedValue = Value;

export interface RunDescription {
  readonly planned: Planned;
  readonly dataset: DatasetFacts;
  readonly checkpoint: Checkpoint;
  readonly method: MethodToRecord;
  readonly device: string;
  readonly startedAt: Date;
  readonly requestedById: number | undefined;
}

/** Values over several runs, such as a mean over a suite's datasets. */
export interface Derived {
  readonly checkpoint: Checkpoint;
  readonly method: MethodToRecord;
  readonly dataset: RunToRecord["dataset"];
  readonly protocol: ProtocolDescription;
  readonly seed: number;
  readonly device: string;
  readonly values: readonly RecordedValue[];
  readonly record: Readonly<Record<string, unknown>>;
  /** The account that asked for the runs that it is of. */
  readonly requestedById: number | undefined;
}

export interface Recorder {
  /** What a run of this identity recorded, if it is done. */
  recorded(identity: string): Promise<readonly RecordedValue[] | undefined>;
  /** The ids of the runs of these identities that are on record. */
  runIds(identities: readonly string[]): Promise<readonly string[]>;
  /** Answers the run's id. */
  begin(run: RunDescription): Promise<string>;
  finish(run: RunDescription, evaluation: Evaluation, finishedAt: Date): Promise<void>;
  fail(runId: string, reason: string): Promise<void>;
  /** Records what follows from runs that are recorded; once. */
  derive(derived: Derived): Promise<void>;
  /** The published values of a measure, by method slug. */
  published(measure: string): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** @throws DatabaseError where there is no database, CommandError where it does not answer */
export async function openRecorder(): Promise<Recorder> {
  const { appUrl } = databaseUrl();
  const db = connect(appUrl, { poolSize: 2, applicationName: "transferboard evaluate" });
  try {
    await db.method.count();
  } catch (error) {
    await db.$disconnect();
    const { hostname, port } = new URL(appUrl);
    const why = sentenceOf(error).replace(/^the database failed: /, "");
    throw new CommandError(
      `the database at ${hostname}:${port || 5432} cannot be used: ${why.replace(/[.;]$/, "")}; start it with npm start, or add --no-record`,
      EXIT.database,
    );
  }
  return {
    recorded: (identity) => recordedValues(db, identity),
    runIds: async (identities) =>
      [...(await recordedRuns(db, identities)).values()].map(({ runId }) => runId),
    begin: async (run) => (await startRun(db, toRecord(run))).runId,
    finish: (run, evaluation, finishedAt) => record(db, run, evaluation, finishedAt),
    fail: (runId, reason) => failRun(db, runId, reason),
    derive: (derived) => recordDerived(db, derived),
    published: (measure) => publishedValues(db, measure),
    close: () => db.$disconnect(),
  };
}

/** A run's values, and those of the runs beside it that came from the same fit. */
async function recordedValues(db: Database, identity: string): Promise<RecordedValue[] | undefined> {
  const results = {
    include: { measure: { select: { slug: true } } },
    orderBy: { id: "asc" },
  } as const;
  const run = await db.run.findUnique({ where: { identity }, include: { results } });
  if (run?.state !== "DONE") return undefined;
  const { checkpointId, datasetSlug, datasetManifest } = run;
  const beside = await db.run.findMany({
    where: { checkpointId, datasetSlug, datasetManifest, record: { path: ["of"], equals: identity } },
    include: { results },
    orderBy: { createdAt: "asc" },
  });
  return [run, ...beside].flatMap((one) =>
    one.results.map(({ measure, value, intervalLower, intervalUpper, sampleSize }) => ({
      measure: measure.slug,
      value,
      interval:
        intervalLower === null || intervalUpper === null
          ? null
          : { lower: intervalLower, upper: intervalUpper },
      n: sampleSize,
    })),
  );
}

async function publishedValues(db: Database, measure: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db.result.findMany({
    where: { measure: { slug: measure }, provenance: "PUBLISHED", supersededBy: null, retraction: null },
    select: { value: true, method: { select: { slug: true } } },
  });
  return new Map(rows.map(({ value, method }) => [method.slug, value]));
}

/** The main protocol's run last: once it is done, everything of the evaluation is on record. */
async function record(
  db: Database,
  run: RunDescription,
  evaluation: Evaluation,
  finishedAt: Date,
): Promise<void> {
  const { identity: main } = run.planned;
  const base = toRecord(run);
  for (const { protocol, values, record } of evaluation.companions) {
    const identity = companionIdentity(main, protocol.fingerprint);
    await recordEvaluation(db, {
      ...base,
      protocol,
      run: { ...base.run, identity, finishedAt, record: { of: main, ...record } },
      results: values.map(toResult),
    });
  }
  await recordEvaluation(db, {
    ...base,
    run: { ...base.run, finishedAt, record: evaluation.record },
    results: evaluation.values.map(toResult),
    // One's own images have no board yet: the demo's shows what this installation measured on its own.
    ...(run.dataset.own ? { suite: "demo" } : {}),
  });
}

const toResult = ({ measure, value, interval, n }: Value) => ({ measure, value, interval, sampleSize: n });

async function recordDerived(db: Database, derived: Derived): Promise<void> {
  const { checkpoint, method, dataset, protocol, seed, device, values, record, requestedById } = derived;
  const now = new Date();
  const identity = identityOf({
    protocol: protocol.fingerprint,
    checkpoint: networkName(checkpoint),
    manifest: dataset.manifest,
    seed,
  });
  await recordEvaluation(db, {
    method,
    checkpoint: checkpointToRecord(checkpoint),
    dataset,
    protocol,
    run: {
      ...{ identity, seed, device, versions: versions(), startedAt: now, finishedAt: now, record },
      ...(requestedById === undefined ? {} : { requestedById }),
    },
    results: values.map(toResult),
  });
}

function checkpointToRecord(checkpoint: Checkpoint): RunToRecord["checkpoint"] {
  const { sha256, file, architecture, normalisation } = checkpoint;
  const { format, layout, kept, dropped, converted } = checkpoint;
  return {
    sha256,
    name: file,
    architecture: recordedArchitecture(checkpoint),
    featureDimension: architecture.featureDimension,
    normalisation,
    loading: { format, layout, kept: kept.length, dropped, converted },
  };
}

function toRecord(description: RunDescription): RunToRecord {
  const { planned, dataset, checkpoint, method, device, startedAt, requestedById } = description;
  return {
    method,
    checkpoint: checkpointToRecord(checkpoint),
    dataset: { ...dataset, manifest: planned.manifest },
    protocol: planned.protocol,
    run: {
      identity: planned.identity,
      seed: planned.spec.seed,
      device,
      versions: versions(),
      startedAt,
      ...(requestedById === undefined ? {} : { requestedById }),
    },
  };
}

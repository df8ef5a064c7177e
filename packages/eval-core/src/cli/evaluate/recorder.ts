/**
 * Where evaluations are recorded. A run begins as RUNNING and ends as DONE, with its results in the same
 * transaction, or as FAILED with its reason. An evaluation whose values follow two protocols (a linear probe and
 * its calibration) is one run each, so that every result stands under its own fingerprint.
 */
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
import type { EvaluationToRecord, MethodToRecord, RunToRecord } from "../../warehouse/index.ts";
import { versions } from "../versions.ts";
import { openStore, type Standing, type Store } from "./store.ts";

export type { Standing } from "./store.ts";

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
  /** What in the record a run would contradict; undefined where it can begin. */
  refusalOf(run: RunDescription): Promise<string | undefined>;
  /** Where a method stands on the board of a suite or a measure, among how many that are ranked. */
  standing(board: string, method: string): Promise<Standing | undefined>;
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
export const openRecorder = async (): Promise<Recorder> => recorderOn(await openStore());

/** Evaluations recorded in a store, wherever that is. */
export function recorderOn(store: Store): Recorder {
  return {
    recorded: async (identity) => {
      const values = await store.recorded(identity);
      return values?.map(({ sampleSize, ...value }) => ({ ...value, n: sampleSize }));
    },
    runIds: (identities) => store.runIds(identities),
    refusalOf: (run) => store.refusalOf(toRecord(run)),
    standing: (board, method) => store.standing(board, method),
    begin: (run) => store.begin(toRecord(run)),
    finish: (run, evaluation, finishedAt) => finish(store, run, evaluation, finishedAt),
    fail: (runId, reason) => store.fail(runId, reason),
    derive: (derived) => store.record(derivedToRecord(derived), []),
    published: (measure) => store.published(measure),
    close: () => store.close(),
  };
}

async function finish(
  store: Store,
  run: RunDescription,
  { companions, record: found, values }: Evaluation,
  finishedAt: Date,
): Promise<void> {
  const { identity } = run.planned;
  const base = toRecord(run);
  // What the main value is not of, those that came out of the same work are not of either.
  const { unreadable } = found;
  const leftOut = Array.isArray(unreadable) && unreadable.length > 0 ? { unreadable } : {};
  await store.record(
    {
      ...base,
      run: { ...base.run, finishedAt, record: found },
      results: values.map(toResult),
      // One's own images have no board yet: the demo's shows what this installation measured on its own.
      ...(run.dataset.own ? { suite: "demo" } : {}),
    },
    companions.map((companion) => ({
      identity: companionIdentity(identity, companion.protocol.fingerprint),
      protocol: companion.protocol,
      record: { of: identity, ...companion.record, ...leftOut },
      results: companion.values.map(toResult),
    })),
  );
}

const toResult = ({ measure, value, interval, n }: Value) => ({ measure, value, interval, sampleSize: n });

function derivedToRecord(derived: Derived): EvaluationToRecord {
  const { checkpoint, method, dataset, protocol, seed, device, values, record, requestedById } = derived;
  const now = new Date();
  const identity = identityOf({
    protocol: protocol.fingerprint,
    checkpoint: networkName(checkpoint),
    manifest: dataset.manifest,
    seed,
  });
  return {
    method,
    checkpoint: checkpointToRecord(checkpoint),
    dataset,
    protocol,
    run: {
      ...{ identity, seed, device, versions: versions(), startedAt: now, finishedAt: now, record },
      ...(requestedById === undefined ? {} : { requestedById }),
    },
    results: values.map(toResult),
  };
}

function checkpointToRecord(checkpoint: Checkpoint): RunToRecord["checkpoint"] {
  const { sha256, file, architecture, normalisation } = checkpoint;
  const { format, layout, normalisationFrom, choices, kept, dropped, converted, readouts } = checkpoint;
  return {
    sha256,
    name: file,
    architecture: recordedArchitecture(checkpoint),
    featureDimension: architecture.featureDimension,
    normalisation,
    loading: {
      ...{ format, layout, normalisationFrom, choices, kept: kept.length, dropped, converted },
      // The default first: a board of defaults asks.
      readouts: readouts.filter(({ kind }) => kind === "vector").map(({ slug }) => slug),
    },
  };
}

function toRecord(description: RunDescription): RunToRecord {
  const { planned, dataset, checkpoint, method, device, startedAt, requestedById } = description;
  const { setting } = planned.protocol;
  const settingTitle = planned.kind.settings.find(({ name }) => name === setting)?.title;
  return {
    method,
    checkpoint: checkpointToRecord(checkpoint),
    dataset: { ...dataset, manifest: planned.manifest },
    protocol: settingTitle === undefined ? planned.protocol : { ...planned.protocol, settingTitle },
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

/**
 * What an evaluation declares, and nobody else needs to know: its settings and options, what it runs on, its measures
 * and protocol, what it costs, how it runs, and what follows from several of its results. The command, the dry run,
 * the recorder, the queue and the API read this and know no evaluation by name. One folder an evaluation, whose
 * index.ts exports its kind; one line in registry.ts.
 */
import type { Checkpoint } from "../backbones/index.ts";
import type { ConformanceKind } from "../conformance/index.ts";
import type { Dataset } from "../datasets/index.ts";
import type { Backbone, DatasetFeatures, DatasetReadouts } from "../features/index.ts";
import type { Preprocessing } from "../images/index.ts";
import type { Device, DeviceChoice } from "../runtime/index.ts";
import type { ArtefactStore } from "./artefacts.ts";
import type { DataSource, DatasetFacts, DatasetKind, EvaluationData } from "./data.ts";
import type { Evaluation, JsonRecord, ProtocolDescription, RunResult, Value } from "./evaluation.ts";
import type { OptionTable } from "./options.ts";
import type { Progress } from "./progress.ts";

/** Whether its numbers come out of pooled features of its images as --preprocessing makes them: what other machines can extract. */
export const readsPooled = ({ needs }: Pick<AnyKind, "needs">): boolean =>
  needs.preprocessing && !needs.trains;

export interface SettingName {
  /** "few-shot-5": the first part of its measures' slugs, and what --protocol takes. */
  readonly name: string;
  /** "Few-shot, 5-way 5-shot" */
  readonly title: string;
}

export interface MeasureSpec {
  /** setting/dataset/metric */
  readonly slug: string;
  /** Recorded as a companion, under a protocol of its own. */
  readonly companion?: boolean;
}

export interface Needs {
  /** Whether it changes the backbone's weights, or puts a graph of its own on them: arrays of features are not enough. */
  readonly trains: boolean;
  /** Whether --preprocessing says how its images are made; else it says so itself. */
  readonly preprocessing: boolean;
  /** Whether --seed changes its numbers. It is part of the identity in any case. */
  readonly seed: boolean;
}

/** What is known of the network before it is opened, for a protocol's description. */
export interface NetworkFacts {
  /** What pooled features are of this backbone, in the words of a protocol. */
  readonly features: string;
  /** The slug of the readout that they are; absent for a ResNet's global average, which had no name. */
  readonly readout?: string;
  /** The last readout that is a map: of a vision transformer, its patch tokens as a grid. */
  readonly lastMap: string | undefined;
  /** Pixels a side of a patch, which an image must be a multiple of; 1 where there are none. */
  readonly patch: number;
}

/** One evaluation, said in full: what `describe` sees. */
export interface Spec<O extends object = object, D extends EvaluationData = EvaluationData> {
  readonly setting: string;
  readonly options: O;
  readonly data: D;
  readonly network: NetworkFacts;
  readonly preprocessing: Preprocessing;
  readonly skipUnreadable: boolean;
  readonly seed: number;
}

/** What a dry run tells. Time follows from the network's speed and the counts; what is beside that, the kind reckons. */
export interface Cost {
  readonly images: number;
  /** Images that pass the network once and are not cached. */
  readonly toExtract?: number;
  readonly featureMegabytes?: number;
  /** Images that are trained on, every repetition counted; a step costs three passes. */
  readonly toTrain?: number;
  /** Beside these, measured or reckoned. */
  readonly seconds?: number;
  /** What else to know, a sentence. */
  readonly note?: string;
}

export interface CostContext {
  readonly checkpoint: Checkpoint;
  /** The backbone as extraction runs it. */
  readonly backbone: Backbone;
  readonly manifest: string;
  readonly cacheFolder: string;
  readonly device: DeviceChoice;
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
}

export interface FeaturesRequest {
  /** Of another dataset than the evaluation's own; then with its manifest hash. */
  readonly dataset?: Dataset;
  readonly manifest?: string;
  /** Other than the spec's. */
  readonly preprocessing?: Preprocessing;
}

export interface RunContext {
  readonly checkpoint: Checkpoint;
  readonly protocol: ProtocolDescription;
  readonly identity: string;
  readonly manifest: string;
  /** What --device came to. */
  readonly device: Device;
  /** CPU threads of one operator; the machine's own choice unless told. */
  readonly threads: number | undefined;
  /**
   * A folder for unfinished work, of this identity alone: what lies there is where an earlier attempt stopped. It goes
   * when the run has ended well. Undefined: keep nothing.
   */
  readonly work: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly artefacts: ArtefactStore;
  /** What was found elsewhere of the parts that the kind divides into, by their number; what is missing is done here. */
  readonly parts?: ReadonlyMap<number, JsonRecord>;
  /** Features of the dataset from the cache, or made now: the network is opened at the first call that needs it. */
  features(request?: FeaturesRequest): Promise<DatasetFeatures>;
  /** The same of any set of the backbone's readouts by slug, maps and tokens too, in one pass over the images. */
  readouts(slugs: readonly string[], request?: FeaturesRequest): Promise<DatasetReadouts>;
}

/** What several results have in common from which something is derived. */
export interface DeriveContext<O> {
  readonly options: O;
  readonly network: NetworkFacts;
  readonly preprocessing: Preprocessing;
  readonly allowPartial: boolean;
}

export interface DerivePart {
  readonly dataset: string;
  readonly identity: string;
  readonly manifest: string;
  /** By measure slug. */
  readonly values: ReadonlyMap<string, number>;
}

export interface DerivedResult {
  readonly dataset: DatasetFacts & { readonly manifest: string };
  readonly protocol: ProtocolDescription;
  readonly values: readonly Value[];
  readonly record: JsonRecord;
}

/** Measures that follow from a setting's results on several datasets, and are there when all of these are. */
export interface Derivation<O> {
  readonly measures: readonly string[];
  readonly setting: string;
  readonly datasets: readonly string[];
  /** @param parts one a dataset, in their order. Undefined where a part lacks a value. */
  derive(parts: readonly DerivePart[], context: DeriveContext<O>): DerivedResult | undefined;
}

/** How an evaluation falls into parts that know nothing of each other, for as many machines: a grid's configurations. */
export interface Division<O, D extends EvaluationData> {
  /** What each part is, in a few words, in their order. Pure. */
  parts(options: O): readonly string[];
  /** Works one of them out. The answer survives JSON unchanged, and is what `run` finds among its context's parts. */
  run(spec: Spec<O & object, D>, context: RunContext, part: number): Promise<JsonRecord>;
}

/** For `evaluate --features DIR`: arrays that someone else made, in place of a checkpoint. */
export interface GivenFeatures<O> {
  /** Which files the folder holds, for the command's help. */
  readonly layout: string;
  run(folder: string, setting: string, options: O, context: GivenContext): Promise<Evaluation>;
}

export interface GivenContext {
  /** `--metric` */
  readonly metric: string | undefined;
  /** `--logits`: a file to write test logits to, already looked at. */
  readonly logits: string | undefined;
  readonly seed: number;
  readonly device: DeviceChoice;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface EvaluationKind<O extends object = object, D extends EvaluationData = EvaluationData> {
  /** The folder's name. */
  readonly name: string;
  readonly settings: readonly SettingName[];
  readonly options: OptionTable<O>;
  readonly data: DataSource<D, O>;
  readonly needs: Needs;
  /** Every measure that a run may record, the one it ranks by first; a run may give fewer. */
  measures(setting: string, dataset: DatasetKind): readonly MeasureSpec[];
  /** What makes its numbers comparable. Pure. @throws ProtocolError when the setting is not for such data */
  describe(spec: Spec<O, D>): ProtocolDescription;
  cost(spec: Spec<O, D>, context: CostContext): Promise<Cost>;
  run(spec: Spec<O, D>, context: RunContext): Promise<RunResult>;
  readonly derivations?: readonly Derivation<O>[];
  /** Absent where it is one piece. */
  readonly division?: Division<O, D>;
  /** Absent where features alone cannot be evaluated. */
  readonly given?: GivenFeatures<O>;
  /** Golden folders that `transferboard conformance` can hold; checks are loaded on use. */
  readonly conformance?: readonly ConformanceKind[];
}

// biome-ignore lint/suspicious/noExplicitAny: kinds of different options and data stand in one list; each is only ever given its own.
export type AnyKind = EvaluationKind<any, any>;

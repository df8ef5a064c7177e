/** Runs what is planned: builds the context that a kind's `run` gets, and completes what it answers. */
import type { Checkpoint } from "../backbones/index.ts";
import { allItems, type Dataset, someOf } from "../datasets/index.ts";
import type {
  DatasetFeatures,
  DatasetOptions,
  DatasetReadouts,
  Extractor,
  ExtractProgress,
  FeatureBlock,
  Share,
} from "../features/index.ts";
import type { Device } from "../runtime/index.ts";
import { artefactFolder, artefactStore } from "./artefacts.ts";
import type { Evaluation, JsonRecord } from "./evaluation.ts";
import type { FeaturesRequest, RunContext } from "./kind.ts";
import type { Planned } from "./plan.ts";
import { keepPredictions } from "./predictions.ts";
import { duration, type Progress, type Step, timed } from "./progress.ts";
import { removeWork, workFolder } from "./work-folder.ts";

/** What the machine lends to a run. */
export interface Surroundings {
  readonly checkpoint: Checkpoint;
  readonly device: Device;
  readonly threads: number | undefined;
  /** Where features, artefacts and unfinished work are kept. */
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** The readout that this run evaluates; the default one unless told. */
  readonly readout?: string;
  /** All that are evaluated together: one pass over the images makes them all. */
  readonly readouts?: readonly string[];
  /** What was found elsewhere of the parts that the kind divides into, by their number. */
  readonly parts?: ReadonlyMap<number, JsonRecord>;
  /** Tells this attempt's unfinished work from that of others which may still run. */
  readonly attempt?: string;
  /** Opens the network for extraction, for inputs of so many pixels a side; once for all runs that share it. */
  extractor(what: { readonly readouts?: readonly string[]; readonly side: number }): Promise<Extractor>;
}

export async function runEvaluation(planned: Planned, surroundings: Surroundings): Promise<Evaluation> {
  const { kind, spec, manifest, protocol, identity } = planned;
  const { cacheFolder, attempt } = surroundings;
  const work = workFolder(cacheFolder, identity, attempt === undefined ? {} : { attempt });
  const { context, artefacts, notes, lost } = contextOf(planned, surroundings, work);
  const { values, record, warnings = [], companions = [], predictions } = await kind.run(spec, context);
  if (predictions) {
    const dataset = { dataset: spec.data.name, manifest };
    const complaint = await keepPredictions(artefacts, predictions, dataset, values);
    if (complaint !== undefined) notes.push(complaint);
  }
  removeWork(cacheFolder, identity);
  const made = artefacts.all.length > 0 ? { artefacts: artefacts.all } : {};
  return {
    protocol,
    values,
    // Whichever evaluation it is: the record names what the value is not of.
    record: { ...record, ...(lost.size > 0 ? { unreadable: [...lost] } : {}), ...made },
    warnings: [...notes, ...warnings],
    companions,
    artefacts: artefacts.all,
  };
}

/** One part of what is planned, for another machine to go on from. @throws Error where the kind has no such part */
export async function runPart(
  planned: Planned,
  surroundings: Surroundings,
  part: number,
): Promise<JsonRecord> {
  const { kind, spec, identity } = planned;
  const { cacheFolder, attempt } = surroundings;
  const parts: number = kind.division?.parts(spec.options).length ?? 0;
  if (!kind.division || part >= parts) {
    throw new Error(`${kind.name} divides into ${parts} parts here: there is none with the number ${part}`);
  }
  const whose = { part, ...(attempt === undefined ? {} : { attempt }) };
  const { context } = contextOf(planned, surroundings, workFolder(cacheFolder, identity, whose));
  const found = await kind.division.run(spec, context, part);
  removeWork(cacheFolder, identity, whose);
  return found;
}

/** A share of the features that `RunContext.features` answers, into the cache. */
export async function runShare(
  planned: Planned,
  { readouts, extractor, signal, progress }: Surroundings,
  which: Share,
): Promise<FeatureBlock[]> {
  const images = imagesOf(planned, signal, titled(planned, progress));
  const side = images[1].preprocessing.crop;
  return (await extractor({ ...(readouts ? { readouts } : {}), side })).share(...images, which);
}

/** Names the dataset beside every step. */
const titled = ({ spec: { data } }: Planned, progress: Progress): Progress => ({
  say: (sentence) => progress.say(`${data.title}: ${sentence}`),
  step: (name) => timed(progress.step(`${data.title}: ${name}`)),
});

interface Prepared {
  readonly context: RunContext;
  readonly artefacts: ReturnType<typeof artefactStore>;
  /** What is worth saying of the images, and ids of those that could not be read. */
  readonly notes: string[];
  readonly lost: Set<string>;
}

/** What a kind's functions get. */
function contextOf(planned: Planned, surroundings: Surroundings, work: string): Prepared {
  const { manifest, protocol, identity } = planned;
  const { checkpoint, device, threads, cacheFolder, signal, parts } = surroundings;
  const progress = titled(planned, surroundings.progress);
  const artefacts = artefactStore(artefactFolder(cacheFolder));
  const notes: string[] = [];
  const lost = new Set<string>();
  const noting = <T extends { readonly unreadable: readonly string[] }>(data: Dataset, extracted: T): T => {
    for (const note of leftOut(data, extracted.unreadable)) if (!notes.includes(note)) notes.push(note);
    for (const id of extracted.unreadable) lost.add(id);
    return extracted;
  };
  const context: RunContext = {
    ...{ checkpoint, protocol, identity, manifest, device, threads, work, signal, progress, artefacts },
    ...(parts === undefined ? {} : { parts }),
    async features(request) {
      const { readout, readouts } = surroundings;
      const images = imagesOf(planned, signal, progress, request);
      const side = images[1].preprocessing.crop;
      const extractor = await surroundings.extractor({ ...(readouts ? { readouts } : {}), side });
      const extracted = await extractor.readouts(...images);
      const [first] = extractor.backbone.readouts;
      return noting(images[0], vectorOf(extracted, readout ?? first.slug));
    },
    async readouts(slugs, request) {
      const images = imagesOf(planned, signal, progress, request);
      const extractor = await surroundings.extractor({
        readouts: slugs,
        side: images[1].preprocessing.crop,
      });
      return noting(images[0], await extractor.readouts(...images));
    },
  };
  return { context, artefacts, notes, lost };
}

/** One readout of several, as features. */
function vectorOf({ rowOf, unreadable, readouts }: DatasetReadouts, slug: string): DatasetFeatures {
  const { size, total, rows } = readouts.get(slug)!;
  return { featureSize: size, x: rows(0, total), rowOf, unreadable };
}

/** Which images the value is not of. */
function leftOut(dataset: Dataset, unreadable: readonly string[]): string[] {
  if (unreadable.length === 0) return [];
  const total = allItems(dataset).length;
  const one = unreadable.length === 1;
  return [
    `${unreadable.length} ${one ? "image" : "images"} of ${total} could not be read and ${one ? "is" : "are"} left out: ${someOf(unreadable, 5)}. The value is of the other ${total - unreadable.length}.`,
  ];
}

/** What an extractor takes: the dataset, and how its images are prepared. */
function imagesOf(
  { spec, manifest }: Planned,
  signal: AbortSignal,
  progress: Progress,
  request: FeaturesRequest = {},
): [Dataset, DatasetOptions] {
  const step = progress.step("features");
  return [
    request.dataset ?? (spec.data as unknown as Dataset),
    {
      preprocessing: request.preprocessing ?? spec.preprocessing,
      manifest: request.manifest ?? manifest,
      skipUnreadable: spec.skipUnreadable,
      signal,
      onProgress: (told) => tell(step, told),
    },
  ];
}

function tell(step: Step, { done, total, imagesPerSecond, secondsLeft }: ExtractProgress): void {
  const rate = imagesPerSecond === undefined ? "" : `${imagesPerSecond.toFixed(1)} images/s`;
  step.update(done, total, secondsLeft === undefined ? rate : `${rate}, ${duration(secondsLeft)} left`);
  if (done === total) step.end(`${total} images`);
}

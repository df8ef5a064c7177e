/**
 * Detection from end to end: a detector trained on the train split, tested on the test split by the PASCAL VOC evaluator. What
 * is done is kept, so that a killed run goes on in training or in the test.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import type { DetectionImage, VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import { mapOrdered } from "../../features/map-ordered.ts";
import {
  MetricError,
  scoreOutcomes,
  type VocDetection,
  type VocObject,
  vocLine,
  vocOutcomes,
} from "../../metrics/index.ts";
import type { Device } from "../../runtime/index.ts";
import { writeFileAtomically } from "../../tensor/index.ts";
import { type Json, type RecordedCurves, recorded, type StepProgress } from "../../training/index.ts";
import { type Interval, RESAMPLES, resampled } from "../pixel-labels/intervals.ts";
import { canvasOf, resizedShortestEdge } from "./inputs.ts";
import type { DetectionSchedule, DetectionSetting, Mode } from "./settings.ts";
import { Detector } from "./train.ts";

export interface DetectionOptions {
  readonly checkpoint: Checkpoint;
  readonly data: VocDetectionData;
  readonly setting: DetectionSetting;
  readonly schedule: DetectionSchedule;
  readonly mode: Mode;
  readonly seed: number;
  readonly identity: string;
  readonly device: Device;
  readonly threads?: number;
  readonly work?: string;
  readonly saveEvery?: number;
  /** Write the detections of every class here, in VOC's text format. */
  readonly predictions?: string;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onTested?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface DetectionFindings {
  readonly device: string;
  readonly seed: number;
  readonly schedule: DetectionSchedule;
  readonly mode: Mode;
  readonly sizes: { readonly train: number; readonly withoutObjects: number; readonly test: number };
  readonly training: RecordedCurves & { readonly weightsSha256: string };
  /** In percent. */
  readonly test: {
    readonly ap: number;
    readonly ap50: number;
    readonly ap75: number;
    readonly byOverlap: Readonly<Record<string, number>>;
    readonly ap50ByClass: Readonly<Record<string, number>>;
    readonly objectsByClass: Readonly<Record<string, number>>;
    readonly intervals: Readonly<Record<"ap" | "ap50" | "ap75", Interval>>;
    readonly intervalRule: string;
    readonly detections: number;
    readonly n: number;
  };
  readonly warnings: readonly string[];
}

export interface DetectionOutcome {
  readonly findings: DetectionFindings;
  /** Every detection, in the test list's order. */
  readonly detections: readonly VocDetection[];
}

/** @throws TrainingError when training diverges or an image cannot be read; AbortError when interrupted, the work kept */
export async function evaluateDetection(options: DetectionOptions): Promise<DetectionOutcome> {
  const { data, schedule, mode, seed, setting, checkpoint, identity, device } = options;
  const warnings: string[] = [];
  const images = data.splits.train.filter(({ objects }) => objects.length > 0);
  const { threads, work, saveEvery, onStep, signal } = options;
  await using detector = await Detector.open({
    ...{ checkpoint, setting, schedule, mode, images, seed, identity, device },
    classes: data.classes.length,
    onDamage: (sentence) => warnings.push(sentence),
    ...(threads === undefined ? {} : { threads }),
    ...(work === undefined ? {} : { work }),
    ...(saveEvery === undefined ? {} : { saveEvery }),
    ...(onStep === undefined ? {} : { onStep }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { curves } = await detector.train();
  const weightsSha256 = await detector.weightsSha256();
  const detections = await test(detector, options);
  if (options.predictions !== undefined) writePredictions(options.predictions, detections, data.classes);
  const findings: DetectionFindings = {
    device: detector.device,
    ...{ seed, schedule, mode },
    sizes: {
      train: images.length,
      withoutObjects: data.splits.train.length - images.length,
      test: data.splits.test.length,
    },
    training: { ...recorded(curves), weightsSha256 },
    test: scored(data, detections, mode),
    warnings,
  };
  detector.store.remove();
  return { findings, detections };
}

/** Images between two saves of the test. */
const SAVE_EVERY = 50;

async function test(detector: Detector, options: DetectionOptions): Promise<VocDetection[]> {
  const { data, schedule, onTested, signal } = options;
  const { test: images } = data.splits;
  const saved = detector.store.read("tested");
  const found = (Array.isArray(saved) ? saved : []) as unknown as VocDetection[][];
  const sized = (image: DetectionImage) => {
    const size = resizedShortestEdge(image, schedule.testShortEdge, schedule.longest);
    return { size, canvas: canvasOf([size]) };
  };
  const load = (image: DetectionImage) => {
    const { size, canvas } = sized(image);
    return detector.load(image, size, canvas);
  };
  for await (const [image, feeds] of mapOrdered(
    images.slice(found.length),
    1 + detector.loadingThreads,
    load,
  )) {
    signal?.throwIfAborted();
    const { size, canvas } = sized(image);
    const detections = await detector.detect(feeds, canvas, size, image);
    found.push(detections.map((one): VocDetection => ({ image: image.id, ...one })));
    onTested?.(found.length, images.length);
    if (found.length % SAVE_EVERY === 0 || signal?.aborted)
      detector.store.write("tested", found as unknown as Json);
  }
  return found.flat();
}

/** One file a class, `comp4_det_test_CLASS.txt`: image, score, xmin, ymin, xmax, ymax a line, as VOC's server takes them. */
function writePredictions(
  folder: string,
  detections: readonly VocDetection[],
  classes: readonly string[],
): void {
  mkdirSync(folder, { recursive: true });
  const byClass = Map.groupBy(detections, (one) => one.class);
  for (const [kind, name] of classes.entries()) {
    const lines = (byClass.get(kind) ?? []).map((one) =>
      vocLine({ ...one, image: one.image.replace(/^.*\//, "") }),
    );
    const text = lines.map((line) => `${line}\n`).join("");
    writeFileAtomically(join(folder, `comp4_det_test_${name}.txt`), [new TextEncoder().encode(text)]);
  }
}

function scored(
  { classes, splits: { test: images } }: VocDetectionData,
  detections: readonly VocDetection[],
  mode: Mode,
): DetectionFindings["test"] {
  const objects = images.flatMap(({ id, objects: all }) =>
    all.map((one): VocObject => ({ image: id, class: one.class, box: one.box, difficult: one.difficult })),
  );
  const outcomes = vocOutcomes(objects, detections, classes.length);
  const rules = {
    metric: "11-point",
    absentClasses: mode === "paper-exact" ? "zero" : "leave-out",
  } as const;
  const { ap, ap50, ap75, byThreshold, perClass } = scoreOutcomes(outcomes, rules);
  const present = perClass.flatMap((score, i) => (score.objects > 0 ? [{ score, name: classes[i]! }] : []));
  const intervals = resampled(images, (drawn) => {
    const times = new Map<string, number>();
    for (const { id } of drawn) times.set(id, (times.get(id) ?? 0) + 1);
    try {
      const scores = scoreOutcomes(outcomes, rules, (image) => times.get(image) ?? 0);
      return [scores.ap, scores.ap50, scores.ap75];
    } catch (error) {
      // A resample of a tiny test split may hold no object that counts: it says nothing.
      if (error instanceof MetricError) return [Number.NaN, Number.NaN, Number.NaN];
      throw error;
    }
  });
  return {
    ...{ ap, ap50, ap75 },
    byOverlap: Object.fromEntries(byThreshold.map((value, t) => [(0.5 + 0.05 * t).toFixed(2), value])),
    ap50ByClass: Object.fromEntries(present.map(({ name, score }) => [name, score.ap[0]!])),
    objectsByClass: Object.fromEntries(present.map(({ name, score }) => [name, score.objects])),
    intervals: { ap: intervals[0]!, ap50: intervals[1]!, ap75: intervals[2]! },
    intervalRule: `percentile bootstrap over test images, ${RESAMPLES} resamples, seed 0`,
    detections: detections.length,
    n: images.length,
  };
}

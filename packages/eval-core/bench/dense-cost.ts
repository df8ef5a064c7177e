/**
 * What a dry run of dense prediction reckons a step to take, beside ten steps as training makes them, of their own sizes: the
 * ratio should lie within 1.5.
 *
 *     node packages/eval-core/bench/dense-cost.ts [--full] [--only NAME] [--steps N] [--threads N]
 *
 * On the drawn data: by the shortened schedules on the narrow backbone, or with --full as published on a full-width ResNet-50,
 * which takes some twenty minutes on two cores. Times are of the clock and of the processors: the latter count where others
 * use the machine too. Sessions are opened beforehand, as neither of the two counts them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadCheckpoint } from "../src/backbones/index.ts";
import { openAde20k } from "../src/datasets/dense/ade20k.ts";
import { openNyuv2 } from "../src/datasets/dense/nyuv2.ts";
import { findVocDetection, openVocDetection } from "../src/datasets/dense/voc-detection.ts";
import { usualPlan } from "../src/evaluations/dense/cost.ts";
import { DetectionBatches } from "../src/evaluations/detection/batches.ts";
import { detectionSchedule } from "../src/evaluations/detection/settings.ts";
import { Detector } from "../src/evaluations/detection/train.ts";
import { PixelBatches } from "../src/evaluations/pixel-labels/batches.ts";
import { PixelTraining, type PixelTrainingOptions } from "../src/evaluations/pixel-labels/train.ts";
import { segmentationTraining } from "../src/evaluations/segmentation/evaluate.ts";
import { segmentationSettings } from "../src/evaluations/segmentation/protocol.ts";
import { shippedData } from "../src/evaluations/shipped.ts";
import { normalsTraining } from "../src/evaluations/surface-normals/evaluate.ts";
import { normalsSettings } from "../src/evaluations/surface-normals/protocol.ts";
import { writeResnet50 } from "./extraction-data.ts";
import { median, type Timed, timed } from "./sides.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    only: { type: "string" },
    steps: { type: "string", default: "10" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const steps = Number(values.steps);
const asked = {
  schedule: values.full ? "published" : "shortened",
  steps: undefined,
  mode: "default",
  predictions: undefined,
} as const;
const common = { mode: "default", seed: 0, identity: "cost", device: "cpu" } as const;
const threads = Number(values.threads);
/** As the dry runs of both. */
const TIMED_STEPS = 3;

const folder = mkdtempSync(join(tmpdir(), "bench-dense-cost-"));
try {
  const checkpoint = await backbone();
  if (wanted("detection")) await detection(checkpoint);
  if (wanted("surface-normals")) {
    const data = await openNyuv2(shippedData("nyu-shapes"), "nyu-shapes", "nyu-shapes");
    const settings = normalsSettings(asked, "nyu-shapes");
    const images = data.splits.train.map((image) => ({ ...image, labels: image.labels! }));
    await pixels(
      "surface-normals",
      normalsTraining({ ...common, threads, checkpoint, data, settings }, images),
    );
  }
  if (wanted("segmentation")) {
    const data = await openAde20k(shippedData("ade-shapes"), "ade-shapes", "ade-shapes");
    const settings = segmentationSettings(asked, "ade-shapes");
    await pixels("segmentation", segmentationTraining({ ...common, threads, checkpoint, data, settings }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function wanted(name: string): boolean {
  return values.only === undefined || values.only === name;
}

async function backbone() {
  if (!values.full) return loadCheckpoint(shippedData("shapes-backbone.pth"));
  const path = join(folder, "resnet50.safetensors");
  writeResnet50(path);
  return loadCheckpoint(path);
}

async function detection(checkpoint: Awaited<ReturnType<typeof backbone>>): Promise<void> {
  const root = await findVocDetection(shippedData("voc-shapes"));
  const data = await openVocDetection(root!, "voc-shapes", "voc-shapes", { allowPartial: false });
  const schedule = detectionSchedule(asked, "voc-shapes");
  const images = data.splits.train;
  const open = { ...common, threads, checkpoint, schedule, images, classes: data.classes.length };
  await using detector = await Detector.open({ ...open, setting: "detection-frozen" });
  const batches = () => new DetectionBatches(images, schedule, 0);
  await compare("detection", batches, schedule.steps, (plan) => detector.tryStep(plan));
}

async function pixels(name: string, options: PixelTrainingOptions): Promise<void> {
  await using training = await PixelTraining.open(options);
  const { images, settings, rules } = options;
  const batches = () => new PixelBatches(images, settings, rules, 0);
  await compare(name, batches, settings.steps, (plan) => training.tryStep(plan));
}

/** @param once makes one step of a plan */
async function compare<Plan extends { readonly canvas: { readonly width: number; readonly height: number } }>(
  name: string,
  batches: () => { next(): Plan },
  all: number,
  once: (plan: Plan) => Promise<unknown>,
): Promise<void> {
  const mean = (times: readonly Timed[], of: keyof Timed) =>
    times.reduce((sum, timed) => sum + timed[of], 0) / times.length;
  const times = async (plans: readonly Plan[]) => {
    const found: Timed[] = [];
    for (const plan of plans) {
      await once(plan);
      found.push(await timed(() => once(plan)));
    }
    return found;
  };
  // As `secondsOf` does, by both watches.
  const { usual, share } = usualPlan(batches(), all);
  const reckoned = await times(Array.from({ length: TIMED_STEPS }, () => usual));
  const source = batches();
  const made = await times(Array.from({ length: steps }, () => source.next()));
  for (const what of ["clock", "processor"] as const) {
    const [a, b] = [median(reckoned, what) * share, mean(made, what)];
    console.log(
      `${name}, by ${what}: reckoned ${a.toFixed(2)} s a step, ${steps} steps took ${b.toFixed(2)} s each: ${(a / b).toFixed(2)} (aim: within 1.5 either way)`,
    );
  }
}

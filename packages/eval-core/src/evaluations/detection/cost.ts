/** What a detection run costs on this machine: some real steps and test images timed, the rest by size. */
import type { VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import { chooseDevice } from "../../runtime/index.ts";
import { secondsOf, stepsNote, usualPlan } from "../dense/cost.ts";
import type { DenseOptions } from "../dense/options.ts";
import type { Cost, CostContext, Spec } from "../kind.ts";
import type { Size } from "../pixel-labels/canvas.ts";
import { DetectionBatches } from "./batches.ts";
import { canvasOf, resizedShortestEdge } from "./inputs.ts";
import { type DetectionSetting, detectionSchedule } from "./settings.ts";
import { Detector, type DetectorOptions, stepFlops } from "./train.ts";

const area = ({ height, width }: Size): number => height * width;

export async function detectionCost(
  { data, options, setting, seed }: Spec<DenseOptions, VocDetectionData>,
  { checkpoint, device, threads, signal }: CostContext,
): Promise<Cost> {
  const schedule = detectionSchedule(options, data.name);
  const images = data.splits.train.filter(({ objects }) => objects.length > 0);
  const detectorOptions: DetectorOptions = {
    ...{ checkpoint, schedule, images, seed, signal },
    setting: setting as DetectionSetting,
    mode: options.mode,
    classes: data.classes.length,
    identity: "cost",
    device: await chooseDevice(device),
    ...(threads === undefined ? {} : { threads }),
  };
  const batches = new DetectionBatches(images, schedule, seed);
  const { usual, share } = usualPlan(batches, schedule.steps);
  await using detector = await Detector.open(detectorOptions);
  const perStep = (await secondsOf(() => detector.tryStep(usual), signal)) * share;
  const tests = data.splits.test.map((image) => {
    const size = resizedShortestEdge(image, schedule.testShortEdge, schedule.longest);
    return { image, size, canvas: canvasOf([size]) };
  });
  const { image, size, canvas } = tests[0]!;
  const test = async () => detector.detect(await detector.load(image, size, canvas), canvas, size, image);
  const perPixel = (await secondsOf(test, signal)) / area(canvas);
  const testing = perPixel * tests.reduce((sum, one) => sum + area(one.canvas), 0);
  const flops = stepFlops(detectorOptions, usual.canvas) * share * schedule.steps;
  return {
    images: data.splits.train.length + tests.length,
    seconds: perStep * schedule.steps + testing,
    note: stepsNote(schedule.steps, perStep, detector.device, flops),
  };
}

/** What a detection run costs on this machine: some real steps and test images timed, the rest by size. */
import type { VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import { chooseDevice } from "../../runtime/index.ts";
import type { Cost, CostContext, Spec } from "../kind.ts";
import { duration } from "../progress.ts";
import { DetectionBatches } from "./batches.ts";
import { canvasOf, resizedShortestEdge, type Size } from "./inputs.ts";
import { type DetectionAsked, type DetectionSetting, scheduleOf } from "./settings.ts";
import { Detector, type DetectorOptions, stepFlops } from "./train.ts";

/** Batches that are looked at for their sizes. */
const MOST_PLANS = 500;
const TIMED_STEPS = 3;
/** A graphics card in steady work, for comparison. */
const CARD_FLOPS = 3e12;

const area = ({ height, width }: Size): number => height * width;

export async function detectionCost(
  { data, options, setting, seed }: Spec<DetectionAsked, VocDetectionData>,
  { checkpoint, device, threads, signal }: CostContext,
): Promise<Cost> {
  const schedule = scheduleOf(data.name, options);
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
  const plans = Array.from({ length: Math.min(MOST_PLANS, schedule.steps) }, () => batches.next());
  const mean = plans.reduce((sum, { canvas }) => sum + area(canvas), 0) / plans.length;
  const usual = plans.reduce((best, plan) =>
    Math.abs(area(plan.canvas) - mean) < Math.abs(area(best.canvas) - mean) ? plan : best,
  );
  const share = mean / area(usual.canvas);
  await using detector = await Detector.open(detectorOptions);
  const perStep = (await detector.timeSteps(usual, TIMED_STEPS, signal)) * share;
  const tests = data.splits.test.map((image) => {
    const size = resizedShortestEdge(image, schedule.testShortEdge, schedule.longest);
    return { image, size, canvas: canvasOf([size]) };
  });
  const { image, size, canvas } = tests[0]!;
  const test = async () => detector.detect(await detector.load(image, size, canvas), canvas, size, image);
  await test();
  const began = performance.now();
  await test();
  const perPixel = (performance.now() - began) / 1000 / area(canvas);
  const testing = perPixel * tests.reduce((sum, one) => sum + area(one.canvas), 0);
  const flops = stepFlops(detectorOptions, usual.canvas) * share * schedule.steps;
  return {
    images: data.splits.train.length + tests.length,
    seconds: perStep * schedule.steps + testing,
    note: `${schedule.steps} steps of ${perStep.toFixed(2)} s: ${duration(perStep * schedule.steps)} on this ${detector.device}, about ${duration(flops / CARD_FLOPS)} at 3 TFLOP/s`,
  };
}

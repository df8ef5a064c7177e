/** What training and test of a pixel network cost: a few real steps and images timed, the rest by size. */
import type { Cost, CostContext } from "../kind.ts";
import { duration } from "../progress.ts";
import { PixelBatches } from "./batches.ts";
import { PixelTraining, type PixelTrainingOptions, stepFlops } from "./train.ts";

/** Batches that are looked at for their sizes. */
const MOST_PLANS = 500;
const TIMED_STEPS = 3;
/** A graphics card in steady work, for comparison. */
const CARD_FLOPS = 3e12;

/** @param testPasses pixels that all test images have together in the network, and one input to time */
export async function pixelCost(
  options: PixelTrainingOptions,
  test: {
    readonly images: number;
    readonly pixels: number;
    readonly sample: { readonly height: number; readonly width: number };
  },
  signal: CostContext["signal"],
): Promise<Cost> {
  const { settings, rules, images, seed } = options;
  const batches = new PixelBatches(images, settings, rules, seed);
  const plans = Array.from({ length: Math.min(MOST_PLANS, settings.steps) }, () => batches.next());
  const area = ({ canvas }: (typeof plans)[number]) => canvas.width * canvas.height;
  const mean = plans.reduce((sum, plan) => sum + area(plan), 0) / plans.length;
  const usual = plans.reduce((best, plan) =>
    Math.abs(area(plan) - mean) < Math.abs(area(best) - mean) ? plan : best,
  );
  await using training = await PixelTraining.open(options);
  const perStep = (await training.timeSteps(usual, TIMED_STEPS, signal)) * (mean / area(usual));
  const perPixel = (await training.timeLogits(test.sample)) / (test.sample.height * test.sample.width);
  const seconds = perStep * settings.steps + perPixel * test.pixels;
  const flops = stepFlops(options, usual.canvas) * (mean / area(usual)) * settings.steps;
  return {
    images: images.length + test.images,
    seconds,
    note: `${settings.steps} steps of ${perStep.toFixed(2)} s: ${duration(seconds)} on this ${training.device}, about ${duration(flops / CARD_FLOPS)} at 3 TFLOP/s`,
  };
}

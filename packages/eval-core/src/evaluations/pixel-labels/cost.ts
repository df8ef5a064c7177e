/** What training and test of a pixel network cost: a few real steps and images timed, the rest by size. */
import { stepsNote, usualPlan } from "../dense/cost.ts";
import type { Cost, CostContext } from "../kind.ts";
import { PixelBatches } from "./batches.ts";
import { PixelTraining, type PixelTrainingOptions, stepFlops } from "./train.ts";

const TIMED_STEPS = 3;

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
  const { usual, share } = usualPlan(batches, settings.steps);
  await using training = await PixelTraining.open(options);
  const perStep = (await training.timeSteps(usual, TIMED_STEPS, signal)) * share;
  const perPixel = (await training.timeLogits(test.sample)) / (test.sample.height * test.sample.width);
  const flops = stepFlops(options, usual.canvas) * share * settings.steps;
  return {
    images: images.length + test.images,
    seconds: perStep * settings.steps + perPixel * test.pixels,
    note: stepsNote(settings.steps, perStep, training.device, flops),
  };
}

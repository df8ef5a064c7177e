/** What training and test of a pixel network cost: a few real steps and images timed, the rest by size. */
import { tensor } from "../../tensor/index.ts";
import { secondsOf, stepsNote, usualPlan } from "../dense/cost.ts";
import type { Cost, CostContext } from "../kind.ts";
import { PixelBatches } from "./batches.ts";
import { PixelTraining, type PixelTrainingOptions, stepFlops } from "./train.ts";

/** @param test its images, the pixels that they have together in the network, and the size of one, to be timed */
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
  const perStep = (await secondsOf(() => training.tryStep(usual), signal)) * share;
  const { height, width } = test.sample;
  const input = tensor("float32", [1, 3, height, width], new Float32Array(3 * height * width));
  const perPixel = (await secondsOf(() => training.logits(input), signal)) / (height * width);
  const flops = stepFlops(options, usual.canvas) * share * settings.steps;
  return {
    images: images.length + test.images,
    seconds: perStep * settings.steps + perPixel * test.pixels,
    note: stepsNote(settings.steps, perStep, training.device, flops),
  };
}

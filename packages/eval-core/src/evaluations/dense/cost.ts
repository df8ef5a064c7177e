/** What the dry runs of dense prediction share: the batch that is timed for all, and the sentence on the steps. */
import { duration } from "../progress.ts";

/** Batches that are looked at for their sizes. */
const MOST_PLANS = 500;
/** A graphics card in steady work, for comparison. */
const CARD_FLOPS = 3e12;

interface Sized {
  readonly canvas: { readonly width: number; readonly height: number };
}

const area = ({ canvas }: Sized): number => canvas.width * canvas.height;

/** Of the first batches the one of the most usual size, and how much larger than it the mean is. */
export function usualPlan<Plan extends Sized>(
  batches: { next(): Plan },
  steps: number,
): { readonly usual: Plan; readonly share: number } {
  const plans = Array.from({ length: Math.min(MOST_PLANS, steps) }, () => batches.next());
  const mean = plans.reduce((sum, plan) => sum + area(plan), 0) / plans.length;
  const usual = plans.reduce((best, plan) =>
    Math.abs(area(plan) - mean) < Math.abs(area(best) - mean) ? plan : best,
  );
  return { usual, share: mean / area(usual) };
}

/** Timed so often at least; and on, while it takes less than some seconds in all. */
const LEAST_TIMES = 3;
const MOST_TIMES = 20;
const LONG_ENOUGH_MS = 2000;

/** Seconds that a piece of work takes: the median of some times, after one that opens sessions and touches memory. */
export async function secondsOf(work: () => Promise<unknown>, signal?: AbortSignal): Promise<number> {
  await work();
  const times: number[] = [];
  const began = performance.now();
  while (
    times.length < LEAST_TIMES ||
    (times.length < MOST_TIMES && performance.now() - began < LONG_ENOUGH_MS)
  ) {
    signal?.throwIfAborted();
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** @param flops floating-point operations of all steps together */
export function stepsNote(steps: number, secondsPerStep: number, device: string, flops: number): string {
  const here = `${duration(secondsPerStep * steps)} on this ${device}`;
  const card = `${duration(flops / CARD_FLOPS)} on a card at a steady ${CARD_FLOPS / 1e12} TFLOP/s`;
  return `${steps} steps of ${secondsPerStep.toFixed(2)} s: ${here}, about ${card}`;
}

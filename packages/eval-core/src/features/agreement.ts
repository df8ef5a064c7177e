/**
 * A device that computes wrong numbers says so by nothing: drivers and kernels have been seen to. So the first image
 * that a device answers is answered by the CPU too, and the two must agree.
 */
import { type Device, openSession, RuntimeError } from "../runtime/index.ts";
import { tensor } from "../tensor/index.ts";
import { apartOf } from "./apart.ts";
import type { Backbone } from "./backbone.ts";

/**
 * Of the largest feature. Float32 on another device differs by 1e-5; tensor cores, which round to 11 bits, by 1e-3; a
 * kernel that is wrong by as much as the features themselves.
 */
const TOLERANCE = 1e-2;

/**
 * @param image one image, 3 x height x width
 * @param answered its readouts by the device, in the backbone's order
 * @throws RuntimeError when they are not what the CPU computes
 */
export async function requireAgreement(
  backbone: Backbone,
  device: Device,
  image: Float32Array,
  [height, width]: readonly [number, number],
  answered: readonly Float32Array[],
): Promise<void> {
  const session = await openSession(backbone.model, { device: "cpu", ...apartOf(backbone) });
  try {
    const { input, readouts } = backbone;
    const fed = { [input]: tensor("float32", [1, 3, height, width], image) };
    const outputs = readouts.map(({ output }) => output);
    const computed = await session.run(fed, outputs);
    const expected = outputs.map((output) => computed[output]!.data as Float32Array);
    // What the CPU cannot compute either is the checkpoint's fault, and is said where the features are read.
    if (!expected.every((values) => values.every(Number.isFinite))) return;
    const off = Math.max(...expected.map((values, i) => relativeDifference(answered[i]!, values)));
    if (off <= TOLERANCE) return;
    throw new RuntimeError(
      `the device '${device}' computes other features than the CPU, ${Number.isFinite(off) ? `${(100 * off).toFixed(0)}% of the largest apart` : "and not even numbers"}: its driver cannot be trusted with this network; use the device 'cpu'`,
    );
  } finally {
    await session.close();
  }
}

/** The largest difference, of the largest number expected; infinite where `found` has what is no number. */
export function relativeDifference(found: Float32Array, expected: Float32Array): number {
  let [worst, largest] = [0, Number.MIN_VALUE];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return worst / largest;
}

/**
 * What a reconstruction loses of colour: its 8-bit levels, and their squared error by channel (section 4.8 of the paper).
 */
import type { Normalisation } from "../../images/index.ts";

/**
 * level = floor(255 clamp(output * std + mean, 0, 1)), in float64: torchvision's conversion to an image truncates.
 * @param output 3 x height x width, in the backbone's normalised space.
 * @returns height x width x 3
 */
export function toLevels(output: ArrayLike<number>, { mean, std }: Normalisation): Uint8Array {
  const pixels = output.length / 3;
  const levels = new Uint8Array(output.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < pixels; i++) {
      const value = output[channel * pixels + i]! * std[channel]! + mean[channel]!;
      levels[i * 3 + channel] = Math.floor(255 * Math.min(1, Math.max(0, value)));
    }
  }
  return levels;
}

export type ByChannel = readonly [red: number, green: number, blue: number];

/** The mean over pixels of (level - level)^2, for each channel. Both images height x width x 3. */
export function colourError(original: Uint8Array, reconstruction: Uint8Array): ByChannel {
  if (original.length !== reconstruction.length)
    throw new RangeError(
      `images of ${original.length} and ${reconstruction.length} levels cannot be compared`,
    );
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < original.length; i++) sums[i % 3]! += (original[i]! - reconstruction[i]!) ** 2;
  const pixels = original.length / 3;
  return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels];
}

/** From 8-bit crops to the network's input: level / 255, normalised by channel, NCHW. */
import { type Tensor, tensor } from "../tensor/index.ts";

/** (level / 255 - mean) / std, by channel R, G, B. A property of the checkpoint. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export const NORMALISATIONS = {
  /** ImageNet's mean and deviation: every method but SimCLR. */
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  /** Inputs in 0 to 1 as they are: SimCLR-v1 and v2. */
  none: { mean: [0, 0, 0], std: [1, 1, 1] },
} as const satisfies Record<string, Normalisation>;

/**
 * Per channel, the value of each of the 256 levels, in torchvision's order of float32 operations
 * (divide by 255, subtract the mean, divide by the deviation), so that the input is PyTorch's to the bit.
 */
export function levelTable({ mean, std }: Normalisation): readonly Float32Array[] {
  return [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, level) => {
      const scaled = Math.fround(level / 255);
      const centred = Math.fround(scaled - Math.fround(mean[channel]!));
      return Math.fround(centred / Math.fround(std[channel]!));
    }),
  );
}

/**
 * Stacks crops of one size into a batch.
 * @param crops each height * width * 3 bytes, HWC
 * @param into a buffer to fill instead of a new one: N * 3 * height * width
 * @returns float32, N x 3 x height x width
 */
export function toTensor(
  crops: readonly Uint8Array[],
  normalisation: Normalisation,
  size: { readonly width: number; readonly height: number },
  into?: Float32Array,
): Tensor<"float32"> {
  const [red, green, blue] = levelTable(normalisation) as [Float32Array, Float32Array, Float32Array];
  const plane = size.width * size.height;
  const data = into ?? new Float32Array(crops.length * 3 * plane);
  crops.forEach((crop, index) => {
    if (crop.length !== plane * 3) {
      throw new RangeError(
        `crop ${index} has ${crop.length} bytes; ${size.width} x ${size.height} RGB needs ${plane * 3}`,
      );
    }
    const base = index * 3 * plane;
    for (let i = 0; i < plane; i++) {
      data[base + i] = red[crop[i * 3]!]!;
      data[base + plane + i] = green[crop[i * 3 + 1]!]!;
      data[base + 2 * plane + i] = blue[crop[i * 3 + 2]!]!;
    }
  });
  return tensor("float32", [crops.length, 3, size.height, size.width], data);
}

/** LPIPS of pairs of images by an open network. It only scores, so it runs on the CPU, where every machine agrees. */
import { type LpipsNetwork, type LpipsWeights, lpipsGraph } from "../../networks/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { openSession } from "../../runtime/index.ts";
import { tensor } from "../../tensor/index.ts";

export interface LpipsDistance {
  /** Of each compared map. */
  readonly layers: readonly number[];
  readonly total: number;
}

export interface OpenLpips extends AsyncDisposable {
  /** Both images height x width x 3, 8-bit levels. */
  distance(
    original: Uint8Array,
    other: Uint8Array,
    size: { readonly width: number; readonly height: number },
  ): Promise<LpipsDistance>;
}

/** @param divisor as `trunkSteps` takes it. */
export async function openLpips(
  network: LpipsNetwork,
  weights: LpipsWeights,
  { divisor = 1, threads }: { readonly divisor?: number; readonly threads?: number } = {},
): Promise<OpenLpips> {
  const session = await openSession(writeModel(lpipsGraph(network, weights, divisor)), {
    device: "cpu",
    ...(threads === undefined ? {} : { threads }),
  });
  return {
    async distance(original, other, { width, height }) {
      const pixels = width * height;
      const data = new Float32Array(6 * pixels);
      for (const [image, levels] of [original, other].entries()) {
        if (levels.length !== 3 * pixels)
          throw new RangeError(
            `an image of ${width} x ${height} has ${3 * pixels} levels, found ${levels.length}`,
          );
        for (let i = 0; i < levels.length; i++)
          data[(image * 3 + (i % 3)) * pixels + Math.floor(i / 3)] = levels[i]! / 127.5 - 1;
      }
      const images = tensor("float32", [2, 3, height, width], data);
      const { layers, total } = await session.run({ images }, ["layers", "total"], { give: true });
      return { layers: Array.from(layers!.data as Float32Array), total: Number(total!.data[0]) };
    },
    [Symbol.asyncDispose]: () => session.close(),
  };
}

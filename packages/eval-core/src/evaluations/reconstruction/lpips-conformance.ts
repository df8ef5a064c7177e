/**
 * LPIPS held against goldens in the form of golden/features/lpips: the three networks of true shape, their weights drawn
 * by the seed that the golden names, and narrow ones read from files.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadTensors } from "../../backbones/index.ts";
import {
  LPIPS_NETWORKS,
  type LpipsNetwork,
  type LpipsWeights,
  learnedTensors,
  trunkTensors,
} from "../../networks/index.ts";
import { NumpyRandomState, readNpy, sizeOf, type Tensor, tensor } from "../../tensor/index.ts";
import { type Comparison, farthest, largest } from "../comparison.ts";
import { openLpips } from "./lpips.ts";

interface Expected {
  readonly nets: Readonly<
    Record<
      string,
      {
        readonly weights_seed: number;
        readonly widths_divided_by?: number;
        readonly pairs: Readonly<
          Record<string, { readonly layers: readonly number[]; readonly total: number }>
        >;
      }
    >
  >;
}

/** Each convolution's weight (2u - 1) sqrt(6 / fan in) and bias (2u - 1) 0.1, then the learned weights u. */
export function drawLpips(network: LpipsNetwork, seed: number): LpipsWeights {
  const random = new NumpyRandomState(seed);
  const draw = (shape: readonly number[], make: () => number) =>
    tensor("float32", shape, Float32Array.from({ length: sizeOf(shape) }, make));
  const weights = new Map<string, Tensor<"float32">>();
  for (const [name, shape] of trunkTensors(network)) {
    const scale = shape.length === 1 ? 0.1 : Math.sqrt(6 / sizeOf(shape.slice(1)));
    weights.set(
      name,
      draw(shape, () => (2 * random.uniform() - 1) * scale),
    );
  }
  for (const [name, shape] of learnedTensors(network))
    weights.set(
      name,
      draw(shape, () => random.uniform()),
    );
  return weights;
}

async function weightsOf(
  folder: string,
  name: string,
  network: LpipsNetwork,
  seed: number,
): Promise<LpipsWeights> {
  const file = join(folder, `${name}.pth`);
  if (!existsSync(file)) return drawLpips(network, seed);
  const learned = await loadTensors(join(folder, `${name}-lin.pth`));
  return new Map([...(await loadTensors(file)), ...learned]) as LpipsWeights;
}

export async function* lpipsCases(folder: string): AsyncGenerator<Comparison> {
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  for (const [name, { weights_seed, widths_divided_by, pairs }] of Object.entries(expected.nets)) {
    const network = LPIPS_NETWORKS.find((one) => name.split("-")[0] === one)!;
    const divisor = widths_divided_by ?? 1;
    const weights = await weightsOf(folder, name, network, weights_seed);
    await using lpips = await openLpips(network, weights, { divisor });
    for (const [pair, { layers, total }] of Object.entries(pairs)) {
      const [height, width] = pair.split("x").map(Number) as [number, number];
      const image = (which: string) => readNpy(join(folder, `${pair}_${which}.npy`)).data as Uint8Array;
      const found = await lpips.distance(image("original"), image("reconstruction"), { width, height });
      const each = layers.map((layer, i) => Math.abs(found.layers[i]! / layer - 1));
      const difference = Math.max(largest(each), Math.abs(found.total / total - 1));
      const missing = farthest([found.layers.length], [layers.length]);
      yield { what: `${name}, ${pair}`, difference: difference + missing, allowed: 1e-5 };
      const same = await lpips.distance(image("original"), image("original"), { width, height });
      yield { what: `${name}, ${pair}: identical images`, difference: same.total, allowed: 0 };
    }
  }
}

/**
 * LPIPS held against goldens in the form of golden/features/lpips: the three networks of true shape, their weights drawn
 * by the seed that the golden names, and narrow ones read from files.
 */
import { loadTensors } from "../../backbones/index.ts";
import {
  eachRelativeDifference,
  type Finding,
  finding,
  findingsOf,
  type GoldenFolder,
} from "../../conformance/index.ts";
import {
  LPIPS_NETWORKS,
  type LpipsNetwork,
  type LpipsWeights,
  learnedTensors,
  trunkTensors,
} from "../../networks/index.ts";
import { NumpyRandomState, sizeOf, type Tensor, tensor } from "../../tensor/index.ts";
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
  folder: GoldenFolder,
  name: string,
  network: LpipsNetwork,
  seed: number,
): Promise<LpipsWeights> {
  if (!folder.has(`${name}.pth`)) return drawLpips(network, seed);
  const learned = await loadTensors(folder.file(`${name}-lin.pth`));
  return new Map([...(await loadTensors(folder.file(`${name}.pth`))), ...learned]) as LpipsWeights;
}

export async function* lpipsFindings(folder: GoldenFolder, signal?: AbortSignal): AsyncGenerator<Finding> {
  const { nets } = folder.json<Expected>("expected.json");
  for (const [net, { weights_seed, widths_divided_by, pairs }] of Object.entries(nets)) {
    const name = `lpips ${net}`;
    yield* findingsOf(name, "distances", signal, async function* () {
      const network = LPIPS_NETWORKS.find((one) => net.split("-")[0] === one);
      if (network === undefined) throw new Error(`there is no network '${net}': known are ${LPIPS_NETWORKS}`);
      const weights = await weightsOf(folder, net, network, weights_seed);
      await using lpips = await openLpips(network, weights, { divisor: widths_divided_by ?? 1 });
      for (const [pair, { layers, total }] of Object.entries(pairs)) {
        const [height, width] = pair.split("x").map(Number) as [number, number];
        const [original, other] = ["original", "reconstruction"].map(
          (which) => folder.npyOf(`${pair}_${which}.npy`, "uint8").data,
        ) as [Uint8Array, Uint8Array];
        const found = await lpips.distance(original, other, { width, height });
        const difference = eachRelativeDifference([...found.layers, found.total], [...layers, total]);
        yield finding(name, `${pair}: each map's distance and their sum, relative`, difference, 1e-5);
        const same = await lpips.distance(original, original, { width, height });
        yield finding(name, `${pair}: identical images`, same.total, 0);
      }
    });
  }
}

/**
 * LPIPS, version 0.1 (Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a
 * Perceptual Metric", CVPR 2018): how differently a trained network sees two images.
 *
 * At every position of a compared map the channels' vector is divided by its Euclidean norm + 1e-10; the squared
 * difference of the two images' vectors is summed over channels by learned weights >= 0, averaged over positions, and
 * summed over the maps.
 */
import { int, ints } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/builder.ts";
import type { Graph } from "../../onnx/ir.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import {
  type LpipsNetwork,
  learnedTensors,
  learnedWeightName,
  type TrunkConvolution,
  trunkSteps,
  trunkTensors,
} from "./trunks.ts";

/** Inputs in -1 to 1 are shifted and scaled so before the trunk. */
const SHIFT = [-0.03, -0.088, -0.188] as const;
const SCALE = [0.458, 0.448, 0.45] as const;
const EPSILON = 1e-10;

export type LpipsWeights = ReadonlyMap<string, Tensor<"float32">>;

/**
 * Input `images` [2, 3, H, W], the original and what is compared with it, as level / 127.5 - 1. Outputs `layers` [maps],
 * the distance of each map, and `total`, their sum.
 * @param weights the trunk's tensors and the learned ones, by name.
 * @param divisor as `trunkSteps` takes it.
 */
export function lpipsGraph(network: LpipsNetwork, weights: LpipsWeights, divisor = 1): Graph {
  const g = new GraphBuilder(`lpips-${network}`);
  const input = g.input("images", "float32", [2, 3, "H", "W"]);
  for (const name of [...trunkTensors(network, divisor).keys(), ...learnedTensors(network, divisor).keys()])
    g.initializer(name, weights.get(name)!);
  const perChannel = (values: readonly number[]) =>
    g.constant(tensor("float32", [1, 3, 1, 1], Float32Array.from(values)));
  let x = g.op("Div", [g.op("Sub", [input, perChannel(SHIFT)]), perChannel(SCALE)]);
  const distances: string[] = [];
  for (const step of trunkSteps(network, divisor)) {
    if (step.kind === "convolution") x = convolved(g, x, step.convolution);
    else if (step.kind === "pool") x = pooled(g, x, step.kernel, step.roundsUp);
    else if (step.kind === "fire") {
      const narrow = convolved(g, x, step.squeeze);
      x = g.op("Concat", [convolved(g, narrow, step.expand[0]), convolved(g, narrow, step.expand[1])], {
        axis: int(1),
      });
    } else distances.push(distance(g, x, learnedWeightName(distances.length)));
  }
  const layers = g.op("Concat", distances, { axis: int(0) }, { output: "layers" });
  g.output(layers, "float32", [distances.length]);
  g.op("ReduceSum", [layers], { keepdims: int(0) }, { output: "total" });
  g.output("total", "float32", []);
  return g.build();
}

function convolved(g: GraphBuilder, x: string, { name, kernel, stride, pad }: TrunkConvolution): string {
  const attributes = {
    kernel_shape: ints([kernel, kernel]),
    strides: ints([stride, stride]),
    pads: ints([pad, pad, pad, pad]),
  };
  return g.op("Relu", [g.op("Conv", [x, `${name}.weight`, `${name}.bias`], attributes)]);
}

const pooled = (g: GraphBuilder, x: string, kernel: number, roundsUp: boolean): string =>
  g.op("MaxPool", [x], {
    kernel_shape: ints([kernel, kernel]),
    strides: ints([2, 2]),
    ceil_mode: int(roundsUp),
  });

/** [1]: the distance of one map. */
function distance(g: GraphBuilder, map: string, learned: string): string {
  const norm = g.op("Sqrt", [
    g.op("ReduceSum", [g.op("Mul", [map, map]), g.ints([1])], { keepdims: int(1) }),
  ]);
  const unit = g.op("Div", [map, g.op("Add", [norm, g.float(EPSILON)])]);
  const [original, other] = g.ops("Split", [unit, g.ints([1, 1])], 2, { axis: int(0) });
  const difference = g.op("Sub", [original, other]);
  const weighted = g.op("Conv", [g.op("Mul", [difference, difference]), learned], {
    kernel_shape: ints([1, 1]),
  });
  return g.op("ReduceMean", [weighted, g.ints([1, 2, 3])], { keepdims: int(0) });
}

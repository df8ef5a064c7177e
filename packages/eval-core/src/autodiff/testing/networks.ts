/** The golden networks (golden/networks): the gradient graph of each, what to feed it, and what PyTorch answers. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadTensors } from "../../backbones/index.ts";
import { type Graph, readModel } from "../../onnx/index.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import { gradient, gradientName } from "../gradient.ts";

export const networks = ["unet", "fpn", "pspnet", "upernet", "vit", "faster-rcnn"] as const;
export type Network = (typeof networks)[number];

/**
 * How far float32 may lie from float64, of any gradient relative to its largest element. Batch norm over the two values
 * of a batch pooled to a point magnifies rounding the most: 1.1e-4 there, 2e-5 elsewhere.
 */
export const FLOAT32_TOLERANCE = 1e-3;

export interface GoldenNetwork {
  /** The network with its loss and the gradients by all its weights. */
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, AnyTensor>>;
  /** `loss`, and the gradient by each weight under the name it has in `graph`. */
  readonly expected: ReadonlyMap<string, AnyTensor>;
}

const file = (name: string): string =>
  fileURLToPath(new URL(`../../../golden/networks/${name}`, import.meta.url));

/** @param forCpu arranged for a CPU. */
export async function loadNetwork(name: Network, forCpu = false): Promise<GoldenNetwork> {
  const forward = readModel(readFileSync(file(`${name}.onnx`)));
  const golden = await loadTensors(file(`${name}.safetensors`));
  const feeds: Record<string, AnyTensor> = {};
  const expected = new Map<string, AnyTensor>();
  for (const [key, tensor] of golden) {
    if (key.startsWith("input/")) feeds[key.slice("input/".length)] = tensor;
    else expected.set(key, tensor);
  }
  const by = [...forward.initializers.keys()].filter((weight) => expected.has(gradientName(weight)));
  for (const weight of by) feeds[weight] = forward.initializers.get(weight)!;
  return { graph: gradient(forward, { loss: "loss", wrt: by, forCpu }), feeds, expected };
}

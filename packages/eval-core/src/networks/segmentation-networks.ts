/** The whole networks of surface normals and segmentation: a ResNet, a head that labels pixels, and in training its loss. */
import type { Graph } from "../onnx/ir.ts";
import { type FeatureMap, Layers, type Parameter, type ParameterSource } from "./layers.ts";
import { type BackboneStages, type ImageSize, type Network, onBackbone } from "./on-backbone.ts";
import { addPixelLoss } from "./pixel-loss.ts";
import { addPspnet } from "./pspnet.ts";
import { addUpernet } from "./upernet.ts";

export interface PixelNetworkOptions {
  /** Of the batch's canvas. */
  readonly size: ImageSize;
  readonly classes: number;
  /** Channels of each pooled branch; 512 as published. */
  readonly poolWidth: number;
  /** Channels of what follows the pool: the last convolution, the pyramid; 512 as published. */
  readonly width: number;
  /** The head's weights. */
  readonly source: ParameterSource;
  /**
   * With batch norm apart, an input `labels` (class numbers as floats [N, h, w] of the logits' size, below 0 ignored),
   * and the outputs `loss`, `correct` and `labelled`; PSPNet also has an input `dropout` [N, width, 1, 1].
   */
  readonly training: boolean;
}

export interface PixelNetwork {
  /** Input `input` [N, 3, H, W], normalised, of the size asked for; output `logits` [N, classes, h, w]. */
  readonly graph: Graph;
  /** The head's parameters, in the order in which their values were asked for. */
  readonly head: readonly Parameter[];
  /** What gradients can train, of the backbone (when its batch norm is apart) and of the head. */
  readonly parameters: readonly string[];
  /** Those of them that the papers' weight decay applies to: weights of convolutions. */
  readonly decayed: ReadonlySet<string>;
  readonly logits: { readonly height: number; readonly width: number };
}

/** PSPNet on a dilated ResNet: logits at an eighth of the image's size. */
export function pspnet(checkpoint: Network, options: PixelNetworkOptions): PixelNetwork {
  const { size, training, source, width } = options;
  const backbone = onBackbone(checkpoint, {
    size,
    dilated: true,
    batchNorm: training ? "separate" : "folded",
  });
  const layers = new Layers(backbone.g, source);
  const dropout = training ? backbone.g.input("dropout", "float32", ["N", width, 1, 1]) : undefined;
  const logits = addPspnet(layers, backbone.stages[3], {
    ...options,
    ...(dropout === undefined ? {} : { dropout }),
  });
  return finished(checkpoint, backbone, layers, logits, training);
}

/** UPerNet: logits at a quarter of the image's size. */
export function upernet(checkpoint: Network, options: PixelNetworkOptions): PixelNetwork {
  const { size, training, source } = options;
  const backbone = onBackbone(checkpoint, { size, batchNorm: training ? "separate" : "folded" });
  const layers = new Layers(backbone.g, source);
  return finished(checkpoint, backbone, layers, addUpernet(layers, backbone.stages, options), training);
}

function finished(
  checkpoint: Network,
  { g }: BackboneStages,
  { parameters }: Layers,
  logits: FeatureMap,
  training: boolean,
): PixelNetwork {
  const { height, width, channels } = logits;
  const output = (name: string, value: string, shape: readonly (number | string)[]) =>
    g.output(g.op("Identity", [value], {}, { output: name }), "float32", shape);
  output("logits", logits.value, ["N", channels, height, width]);
  if (training) {
    const labels = g.input("labels", "float32", ["N", height, width]);
    const { loss, correct, labelled } = addPixelLoss(g, logits, labels);
    output("loss", loss, []);
    output("correct", correct, []);
    output("labelled", labelled, []);
  }
  const graph = g.build();
  const trainable = [
    ...[...checkpoint.tensors.keys()].filter((name) => graph.initializers.has(name) && !isStatistic(name)),
    ...parameters.filter(({ role }) => role !== "statistic").map(({ name }) => name),
  ];
  const weights = new Set(graph.nodes.filter((n) => n.opType === "Conv").map((n) => n.inputs[1]!));
  return {
    graph,
    head: parameters,
    parameters: trainable,
    decayed: new Set(trainable.filter((name) => weights.has(name))),
    logits: { height, width },
  };
}

const isStatistic = (name: string): boolean => /\.running_(mean|var)$/.test(name);

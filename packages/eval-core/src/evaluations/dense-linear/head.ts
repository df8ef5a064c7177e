/**
 * The linear segmentation head of DINOv2 and DINOv3 on frozen patch features: dropout of whole channels (in training),
 * batch norm, a 1 x 1 convolution, bilinear to the size of the labels, cross-entropy. Several maps are brought to the size
 * of the first and concatenated. Void pixels lose nothing and stay in the denominator: Σ / (B H W).
 */

import { type FeatureMap, Layers, type Parameter, type ParameterSource } from "../../networks/layers.ts";
import { addPixelLoss } from "../../networks/pixel-loss.ts";
import { int } from "../../onnx/attributes.ts";
import { type Graph, GraphBuilder } from "../../onnx/index.ts";

export interface MapShape {
  readonly channels: number;
  readonly side: number;
}

export interface HeadShape {
  /** Inputs map0, map1 ...: [batch, channels, side, side]. */
  readonly maps: readonly MapShape[];
  readonly batch: number;
  readonly classes: number;
  /** Of the labels, and of the logits. */
  readonly height: number;
  readonly width: number;
  /** Whether each channel of each picture is multiplied by the input `keep`, [batch, channels, 1, 1]. */
  readonly dropout?: boolean;
}

export interface HeadNetwork {
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
}

/** Weights N(0, 0.01), bias 0; batch norm at 1 and 0. */
const START = { kind: "normal", deviation: 0.01 } as const;

/** Labels come as floats, below 0 void; the output is `loss`. */
export function trainingHead(shape: HeadShape, source: ParameterSource): HeadNetwork {
  const { batch, height, width } = shape;
  const g = new GraphBuilder("linear-segmentation");
  const layers = new Layers(g, source);
  const logits = logitsOf(layers, shape);
  const labels = g.input("labels", "float32", [batch, height, width]);
  const { loss, labelled } = addPixelLoss(g, logits, labels);
  const share = g.op("Div", [labelled, g.float(batch * height * width)]);
  g.op("Mul", [loss, share], {}, { output: "loss" });
  g.output("loss", "float32", []);
  return { graph: g.build(), parameters: layers.parameters };
}

/** What `partedHead` reads before its cut, and what it is supplied with after it. */
export const SCORES = "scores";
export const SUPPLIED = ["pull", "pixelLoss", "pixelsCorrect", "pixelsLabelled"] as const;

/**
 * The same head with its loss left out: `scores` are read, and their gradient `pull` and the loss's values come back, made a
 * picture at a time. Descending Σ scores pull moves the weights as the loss would.
 */
export function partedHead(shape: Omit<HeadShape, "height" | "width">, source: ParameterSource): HeadNetwork {
  const g = new GraphBuilder("linear-segmentation-scores");
  const layers = new Layers(g, source);
  const scores = scoresOf(layers, shape);
  g.op("Identity", [scores.value], {}, { output: SCORES });
  const sizes = [shape.batch, scores.channels, scores.height, scores.width];
  g.output(SCORES, "float32", sizes);
  const [pull, ...values] = SUPPLIED;
  const weighted = g.op("Mul", [SCORES, g.input(pull, "float32", sizes)]);
  g.op("ReduceSum", [weighted], { keepdims: int(0) }, { output: "descent" });
  g.output("descent", "float32", []);
  for (const [i, name] of ["loss", "correct", "labelled"].entries()) {
    g.op("Identity", [g.input(values[i]!, "float32", [])], {}, { output: name });
    g.output(name, "float32", []);
  }
  return { graph: g.build(), parameters: layers.parameters };
}

/** By running statistics, without dropout; the output is `scores`, at the patches. */
export function scoresHead(shape: Omit<HeadShape, "height" | "width">, source: ParameterSource): Graph {
  const g = new GraphBuilder("linear-segmentation-patches");
  const { value, channels, height, width } = scoresOf(new Layers(g, source), { ...shape, dropout: false });
  g.op("Identity", [value], {}, { output: SCORES });
  g.output(SCORES, "float32", [shape.batch, channels, height, width]);
  return g.build();
}

/** By running statistics, without dropout; the output is `logits`. */
export function inferenceHead(shape: HeadShape, source: ParameterSource): Graph {
  const { batch, classes, height, width } = shape;
  const g = new GraphBuilder("linear-segmentation-logits");
  const { value } = logitsOf(new Layers(g, source), { ...shape, dropout: false });
  g.op("Identity", [value], {}, { output: "logits" });
  g.output("logits", "float32", [batch, classes, height, width]);
  return g.build();
}

const logitsOf = (layers: Layers, shape: HeadShape): FeatureMap =>
  layers.bilinear(scoresOf(layers, shape), { height: shape.height, width: shape.width });

/** At the patches of the first map. */
function scoresOf(
  layers: Layers,
  { maps, batch, classes, dropout }: Omit<HeadShape, "height" | "width">,
): FeatureMap {
  const { g } = layers;
  const [first] = maps;
  const size = { height: first!.side, width: first!.side };
  const inputs = maps.map(({ channels, side }, i) => {
    const value = g.input(`map${i}`, "float32", [batch, channels, side, side]);
    return layers.bilinear({ value, channels, height: side, width: side }, size);
  });
  let x = inputs.length === 1 ? inputs[0]! : layers.concat(inputs);
  if (dropout) {
    const keep = g.input("keep", "float32", [batch, x.channels, 1, 1]);
    x = { ...x, value: g.op("Mul", [x.value, keep]) };
  }
  const normed = layers.batchNorm("bn", x, 0);
  const bias = { kind: "constant", value: 0 } as const;
  return layers.convolution("conv", normed, { outputs: classes, kernel: 1, start: START, bias });
}

export interface Schedule {
  readonly learningRate: number;
  readonly steps: number;
  readonly warmup: number;
  readonly warmupRatio: number;
}

/**
 * DINOv3's rate of iteration i from 0: its scheduler does not step after the first one. Warm-up on top of a linear decay,
 * then half a cosine.
 */
export function segmentationRate(i: number, { learningRate, steps, warmup, warmupRatio }: Schedule): number {
  const s = Math.max(i - 1, 0);
  if (s < warmup) return learningRate * (1 - (1 - s / warmup) * (1 - warmupRatio)) * (1 - s / steps);
  return (learningRate / 2) * (1 + Math.cos((Math.PI * (s + 1)) / steps));
}

/** y1, x1, y2, x2 */
export type Window = readonly [number, number, number, number];

/**
 * The windows of a sliding test: n = ⌈max(L - crop, 0) / stride⌉ + 1 a side, the last pushed back to the edge; a square of
 * the shorter side where both sides are below the crop.
 */
export function slidingWindows(height: number, width: number, crop = 512, stride = 341): Window[] {
  const side = crop > height && crop > width ? Math.min(height, width) : crop;
  const count = (length: number) => Math.ceil(Math.max(length - side, 0) / stride) + 1;
  const windows: Window[] = [];
  for (let a = 0; a < count(height); a++) {
    for (let b = 0; b < count(width); b++) {
      const [y2, x2] = [Math.min(a * stride + side, height), Math.min(b * stride + side, width)];
      windows.push([Math.max(y2 - side, 0), Math.max(x2 - side, 0), y2, x2]);
    }
  }
  return windows;
}

/** The four losses of Faster R-CNN, as detectron2 divides them. Box losses are L1: smooth L1 with beta 0. */
import { int } from "../../onnx/attributes.ts";
import type { GraphBuilder } from "../../onnx/builder.ts";
import { tensor } from "../../tensor/tensor.ts";

const asFloat = (g: GraphBuilder, flag: string) => g.op("Cast", [flag], { to: int(1) });
const total = (g: GraphBuilder, values: string) => g.op("ReduceSum", [values], { keepdims: int(0) });

/** |a - b| summed over the last axis, which goes. */
function distance(g: GraphBuilder, a: string, b: string): string {
  return g.op("ReduceSum", [g.op("Abs", [g.op("Sub", [a, b])]), g.ints([-1])], { keepdims: int(0) });
}

export interface RpnLossInputs {
  /** [N, A] and [N, A, 4]. */
  readonly logits: string;
  readonly deltas: string;
  /** [N, A] floats: 1 sampled as object, 0 sampled as background, -1 not sampled. */
  readonly labels: string;
  /** [N, A, 4]: what the deltas of the objects should be. */
  readonly targets: string;
  /** What both sums are divided by: anchors asked for an image, times images, however many were found. */
  readonly divisor: number;
}

/**
 * classification = sum over sampled of max(x, 0) - x t + log(1 + exp(-|x|)), divided;
 * localisation = sum over sampled objects of |delta - target|, divided.
 */
export function addRpnLosses(
  g: GraphBuilder,
  { logits, deltas, labels, targets, divisor }: RpnLossInputs,
): { classification: string; localisation: string } {
  const sampled = asFloat(g, g.op("Greater", [labels, g.float(-0.5)]));
  const objects = asFloat(g, g.op("Greater", [labels, g.float(0.5)]));
  const tail = g.op("Log", [g.op("Add", [g.op("Exp", [g.op("Neg", [g.op("Abs", [logits])])]), g.float(1)])]);
  const hinge = g.op("Sub", [g.op("Relu", [logits]), g.op("Mul", [logits, objects])]);
  const shared = g.float(1 / divisor);
  const divided = (values: string, by: string) => g.op("Mul", [total(g, g.op("Mul", [values, by])), shared]);
  return {
    classification: divided(g.op("Add", [hinge, tail]), sampled),
    localisation: divided(distance(g, deltas, targets), objects),
  };
}

export interface BoxLossInputs {
  /** [R, K + 1] and [R, 4 K]. */
  readonly scores: string;
  readonly deltas: string;
  /** K. */
  readonly classes: number;
  /** [R] floats: 0 to K - 1 a class, K the background, below 0 a row that counts for nothing. */
  readonly labels: string;
  /** [R, 4]: what the deltas of a region's class should be. */
  readonly targets: string;
}

/**
 * classification = the mean over regions of -log softmax(scores)[label];
 * localisation = the sum over regions with a class of |its class's deltas - target|, divided by all regions.
 */
export function addBoxLosses(
  g: GraphBuilder,
  { scores, deltas, classes, labels, targets }: BoxLossInputs,
): { classification: string; localisation: string } {
  const column = g.op("Unsqueeze", [labels, g.ints([1])]);
  const isClass = (count: number) =>
    g.op("Less", [
      g.op("Abs", [
        g.op("Sub", [
          column,
          g.constant(
            tensor(
              "float32",
              [1, count],
              Float32Array.from({ length: count }, (_, i) => i),
            ),
            "classes",
          ),
        ]),
      ]),
      g.float(0.5),
    ]);
  const counted = asFloat(g, g.op("Greater", [labels, g.float(-0.5)]));
  const regions = g.op("Max", [total(g, counted), g.float(1)]);
  const isForeground = g.op("And", [
    g.op("Greater", [labels, g.float(-0.5)]),
    g.op("Less", [labels, g.float(classes - 0.5)]),
  ]);
  const zero = g.float(0);
  const logProbabilities = g.op("LogSoftmax", [scores], { axis: int(1) });
  const atLabel = g.op("Where", [isClass(classes + 1), logProbabilities, zero]);
  const perClass = g.op("Reshape", [deltas, g.ints([-1, classes, 4])]);
  const mask = g.op("Unsqueeze", [isClass(classes), g.ints([2])]);
  const own = g.op("ReduceSum", [g.op("Where", [mask, perClass, zero]), g.ints([1])], { keepdims: int(0) });
  const off = g.op("Mul", [distance(g, own, targets), asFloat(g, isForeground)]);
  return {
    classification: g.op("Neg", [g.op("Div", [total(g, atLabel), regions])]),
    localisation: g.op("Div", [total(g, off), regions]),
  };
}

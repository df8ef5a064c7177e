/** The loss of a classifier a pixel. */
import { int } from "../onnx/attributes.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import { tensor } from "../tensor/tensor.ts";
import type { FeatureMap } from "./layers.ts";

export interface PixelLoss {
  /** The mean over labelled pixels of -log softmax(logits)[label]; 0 where no pixel is labelled. */
  readonly loss: string;
  /** How many labelled pixels have their largest logit at the label. */
  readonly correct: string;
  /** How many pixels are labelled. */
  readonly labelled: string;
}

/** @param labels class numbers as floats [N, h, w]; below 0 is ignored. */
export function addPixelLoss(g: GraphBuilder, logits: FeatureMap, labels: string): PixelLoss {
  const { channels } = logits;
  const numbers = Float32Array.from({ length: channels }, (_, i) => i);
  const wanted = g.op("Unsqueeze", [labels, g.ints([1])]);
  const distance = g.op("Abs", [
    g.op("Sub", [wanted, g.constant(tensor("float32", [1, channels, 1, 1], numbers), "classes")]),
  ]);
  const isLabel = g.op("Less", [distance, g.float(0.5)]);
  const zero = g.float(0);
  const atLabel = (values: string) =>
    g.op("ReduceSum", [g.op("Where", [isLabel, values, zero]), g.ints([1])], { keepdims: int(1) });
  const asFloat = (flag: string) => g.op("Cast", [flag], { to: int(1) });
  const sum = (values: string) => g.op("ReduceSum", [values], { keepdims: int(0) });
  const isLabelled = asFloat(g.op("Greater", [wanted, g.float(-0.5)]));
  const labelled = sum(isLabelled);
  const best = g.op("ReduceMax", [logits.value, g.ints([1])], { keepdims: int(1) });
  const hits = asFloat(g.op("GreaterOrEqual", [atLabel(logits.value), best]));
  const correct = sum(g.op("Mul", [hits, isLabelled]));
  const logProbabilities = g.op("LogSoftmax", [logits.value], { axis: int(1) });
  const total = sum(atLabel(logProbabilities));
  const loss = g.op("Neg", [g.op("Div", [total, g.op("Max", [labelled, g.float(1)])])]);
  return { loss, correct, labelled };
}

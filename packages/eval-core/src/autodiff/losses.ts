/**
 * Losses written after a graph's logits, in operators that run on every device: no integers, no one-hot, no
 * SoftmaxCrossEntropyLoss.
 */
import { float as floatAttribute } from "../onnx/attributes.ts";
import { GraphBuilder } from "../onnx/builder.ts";
import type { Graph } from "../onnx/ir.ts";
import { tensor } from "../tensor/tensor.ts";
import { int } from "./attributes.ts";
import { codeOf } from "./dtypes.ts";
import { GraphError } from "./errors.ts";

export interface LossOptions {
  /** The output that holds the logits, [N, classes]; it stays an output. */
  readonly logits: string;
  readonly classes: number;
}

/** What a loss adds to a graph. */
export interface WithLoss {
  readonly graph: Graph;
  /** The new input: class numbers as floats [N], or targets in 0..1 [N, classes]. */
  readonly labels: string;
  /** The new scalar output: the mean over the batch. */
  readonly loss: string;
}

function start(graph: Graph, { logits }: LossOptions): { g: GraphBuilder; batch: number | string } {
  const info = graph.outputs.find((output) => output.name === logits);
  if (info?.shape.length !== 2) {
    throw new GraphError(
      `the logits '${logits}' must be an output [N, classes] of graph '${graph.name}', found ${info ? `[${info.shape}]` : "no such output"}`,
    );
  }
  return { g: GraphBuilder.from(graph), batch: info.shape[0]! };
}

const finished = (g: GraphBuilder, value: string): WithLoss => {
  g.op("ReduceMean", [value], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  return { graph: g.build(), labels: "labels", loss: "loss" };
};

/**
 * Multinomial cross-entropy: loss = mean over n of -log softmax(logits[n])[labels[n]].
 * Also answers `correct`, how many of the batch have their largest logit at the label.
 */
export function softmaxCrossEntropy(graph: Graph, options: LossOptions): WithLoss {
  const { g, batch } = start(graph, options);
  const { logits, classes } = options;
  const labels = g.input("labels", "float32", [batch]);
  const numbers = Float32Array.from({ length: classes }, (_, i) => i);
  const distance = g.op("Abs", [
    g.op("Sub", [
      g.op("Unsqueeze", [labels, g.ints([1])]),
      g.constant(tensor("float32", [1, classes], numbers)),
    ]),
  ]);
  const isLabel = g.op("Less", [distance, g.float(0.5)]);
  const zero = g.float(0);
  const of = (values: string) =>
    g.op("ReduceSum", [g.op("Where", [isLabel, values, zero]), g.ints([1])], { keepdims: int(0) });
  const best = g.op("ReduceMax", [logits, g.ints([1])], { keepdims: int(0) });
  const hits = g.op("Cast", [g.op("GreaterOrEqual", [of(logits), best])], { to: int(codeOf("float32")) });
  g.op("ReduceSum", [hits], { keepdims: int(0) }, { output: "correct" });
  g.output("correct", "float32", []);
  const logProbabilities = g.op("LogSoftmax", [logits], { axis: int(1) });
  return finished(g, g.op("Neg", [of(logProbabilities)]));
}

/**
 * Binary cross-entropy with logits, a class apart from every other:
 * loss = mean of max(x, 0) - x t + log(1 + exp(-|x|)).
 */
export function binaryCrossEntropy(graph: Graph, options: LossOptions): WithLoss {
  const { g, batch } = start(graph, options);
  const { logits, classes } = options;
  const labels = g.input("labels", "float32", [batch, classes]);
  const tail = g.op("Log", [g.op("Add", [g.op("Exp", [g.op("Neg", [g.op("Abs", [logits])])]), g.float(1)])]);
  const hinge = g.op("Sub", [g.op("Relu", [logits]), g.op("Mul", [logits, labels])]);
  return finished(g, g.op("Add", [hinge, tail]));
}

/** A linear classifier on an output [N, D]: logits = features W^T + b, with W [classes, D] as PyTorch has it. */
export function linearHead(
  graph: Graph,
  {
    features,
    classes,
    prefix,
  }: { readonly features: string; readonly classes: number; readonly prefix: string },
): Graph {
  const info = graph.outputs.find((output) => output.name === features);
  const width = info?.shape[1];
  if (info?.shape.length !== 2 || typeof width !== "number") {
    throw new GraphError(`'${features}' must be an output [N, D] of graph '${graph.name}' with a known D`);
  }
  const g = GraphBuilder.from(graph, { outputs: false });
  const zeros = (shape: number[]) =>
    tensor("float32", shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  const weight = g.initializer(`${prefix}weight`, zeros([classes, width]));
  const bias = g.initializer(`${prefix}bias`, zeros([classes]));
  g.op("Gemm", [features, weight, bias], { transB: int(1), alpha: floatAttribute(1) }, { output: "logits" });
  g.output("logits", "float32", [info.shape[0]!, classes]);
  return g.build();
}

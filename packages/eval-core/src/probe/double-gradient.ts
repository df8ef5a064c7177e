/**
 * The gradient of the linear probe's loss in float64, in one pass over the samples: what an optimum is checked with.
 *
 * A block of rows is cast to float64 once, and logits, residuals and the block's part of the gradient are made of it in
 * one run. Products, then the loss here, then products again cast everything twice and took 1.2 times the processor time
 * and 1.3 times as long.
 */
import { GraphBuilder, int, ints, writeModel } from "../onnx/index.ts";
import { openSession, type Session } from "../runtime/index.ts";
import { type AnyTensor, tensor } from "../tensor/index.ts";
import type { LinearLabels, LinearTask, LossGradient } from "./loss.ts";

/** Rows that are float64 at any one time: few enough to stay in the processor's cache. */
export const BLOCK = 512;
/** The inputs that say which rows a block is. */
export const blockBounds = (start: number, end: number) => ({ start: index(start), end: index(end) });
const index = (value: number) => tensor("int64", [1], BigInt64Array.of(BigInt(value)));

/** Blocks asked for at a time: the worker has the next while this side adds up the last. */
const AHEAD = 2;

export interface DoubleGradient extends AsyncDisposable {
  readonly at: LossGradient;
}

/** @param host on the CPU, with the features (samples x features, float32) in its state as `x` */
export async function openDoubleGradient(
  host: Session,
  { samples, features }: { readonly samples: number; readonly features: number },
  task: LinearTask,
  labels: LinearLabels,
  classes: number,
): Promise<DoubleGradient> {
  const session = await openSession(gradientModel(samples, features, classes, task), { beside: host });
  const weights = features * classes;
  return {
    at: async (parameters) => {
      const logits = new Float64Array(samples * classes);
      const gradient = new Float64Array(weights + classes);
      const w = tensor("float64", [features, classes], parameters.subarray(0, weights));
      const b = tensor("float64", [1, classes], parameters.subarray(weights));
      const add = async (row: number) => {
        const end = Math.min(row + BLOCK, samples);
        const targets = targetsOf(task, labels, classes, row, end);
        const answer = await session.run({ ...blockBounds(row, end), w, b, targets });
        logits.set(answer.logits!.data as Float64Array, row * classes);
        const part = answer.gradient!.data as Float64Array;
        for (let k = 0, from = 0; k < classes; k++) {
          for (let j = 0, at = k; j < features; j++, at += classes)
            gradient[at] = gradient[at]! + part[from++]!;
        }
        (answer.intercept!.data as Float64Array).forEach((value, k) => {
          gradient[weights + k]! += value;
        });
      };
      // Blocks are answered in the order they were asked for, and so added up in it.
      const lanes = Array.from({ length: AHEAD }, async (_, lane) => {
        for (let row = lane * BLOCK; row < samples; row += AHEAD * BLOCK) await add(row);
      });
      await Promise.all(lanes);
      return { logits, gradient };
    },
    [Symbol.asyncDispose]: () => session.close(),
  };
}

function gradientModel(samples: number, features: number, classes: number, task: LinearTask): Uint8Array {
  const graph = new GraphBuilder("linear-double-gradient");
  const op = (type: string, ...inputs: string[]) => graph.op(type, inputs);
  graph.input("x", "float32", [samples, features]);
  graph.input("start", "int64", [1]);
  graph.input("end", "int64", [1]);
  graph.input("w", "float64", [features, classes]);
  graph.input("b", "float64", [1, classes]);
  graph.input("targets", "uint8", ["rows", classes]);
  const rows = op("Slice", "x", "start", "end", graph.ints([0]));
  const toDouble = (value: string) => graph.op("Cast", [value], { to: int(11) });
  const block = toDouble(rows);
  const targets = toDouble("targets");
  const logits = graph.op("Gemm", [block, "w", "b"], {}, { output: "logits" });
  const residuals =
    task === "multi-class"
      ? softmaxResiduals(graph, logits, targets)
      : sigmoidResiduals(graph, logits, targets);
  const transposed = graph.op("Transpose", [residuals], { perm: ints([1, 0]) });
  graph.op("MatMul", [transposed, block], {}, { output: "gradient" });
  graph.op("ReduceSum", [residuals, graph.ints([0])], { keepdims: int(0) }, { output: "intercept" });
  graph.output("logits", "float64", ["rows", classes]);
  graph.output("gradient", "float64", [classes, features]);
  graph.output("intercept", "float64", [classes]);
  return writeModel(graph.build());
}

const one = (graph: GraphBuilder) =>
  graph.initializer("one", { dtype: "float64", shape: [1, 1], data: Float64Array.of(1) });

/** softmax(z), and for the own class minus the others' sum: its p - 1 would be rounding where p is nearly 1. */
function softmaxResiduals(graph: GraphBuilder, logits: string, own: string): string {
  const p = graph.op("Softmax", [logits], { axis: int(1) });
  const others = graph.op("Mul", [p, graph.op("Sub", [one(graph), own])]);
  const sum = graph.op("ReduceSum", [others, graph.ints([1])], { keepdims: int(1) });
  return graph.op("Sub", [others, graph.op("Mul", [own, sum])]);
}

/** sigmoid(z) - t as s sigmoid(s z), s = 1 - 2 t: again no difference of nearly equal values. */
function sigmoidResiduals(graph: GraphBuilder, logits: string, targets: string): string {
  const sign = graph.op("Sub", [one(graph), graph.op("Add", [targets, targets])]);
  const e = graph.op("Exp", [graph.op("Neg", [graph.op("Mul", [sign, logits])])]);
  return graph.op("Div", [sign, graph.op("Add", [e, "one"])]);
}

/** 1 for the own class, or the labels as they are. */
function targetsOf(
  task: LinearTask,
  labels: LinearLabels,
  classes: number,
  from: number,
  to: number,
): AnyTensor {
  const shape = [to - from, classes];
  if (task === "multi-label") {
    return tensor("uint8", shape, Uint8Array.from(labels.subarray(from * classes, to * classes)));
  }
  const data = new Uint8Array((to - from) * classes);
  for (let i = from; i < to; i++) data[(i - from) * classes + labels[i]!] = 1;
  return tensor("uint8", shape, data);
}

/**
 * MAE's linear probe on cached features: batch norm without affine (training statistics), a linear layer, LARS. One graph
 * is a step's loss and gradients on the device; the update of the weights is here.
 *
 *     W: g' = g · 0.001 ||W|| / ||g|| (1 where a norm is 0)     m = 0.9 m + g'     W -= lr m
 *     b: not scaled                                              m = 0.9 m + g      b -= lr m
 */
import { type Graph, GraphBuilder, int, writeModel } from "../../onnx/index.ts";
import { type Affine, affineProducts, momentsOf, transformed } from "../../probe/affine.ts";
import { openFeatures } from "../../probe/device.ts";
import { type DeviceChoice, openSession } from "../../runtime/index.ts";
import { SeededRandom, type Tensor } from "../../tensor/index.ts";

export const LARS = { momentum: 0.9, trust: 0.001, weightDecay: 0, epsilon: 1e-6, statistics: 0.1 } as const;

export interface LarsState {
  readonly step: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly weightMomentum: Float32Array;
  readonly biasMomentum: Float32Array;
  readonly runningMean: Float64Array;
  readonly runningVariance: Float64Array;
  readonly losses: readonly number[];
}

export interface LarsOptions {
  readonly x: Tensor<"float32">;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly batch: number;
  /** The rows of an epoch in their order; an incomplete last batch is dropped. */
  readonly orderOf: (epoch: number) => ArrayLike<number>;
  readonly epochs: number;
  readonly warmupEpochs: number;
  readonly learningRate: number;
  readonly device?: DeviceChoice | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of a run that was interrupted, or the initial weights. */
  readonly start: LarsState;
  readonly save?: ((state: LarsState) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The rate at a fractional epoch: a linear warm-up from 0, then half a cosine. */
export function larsRate(
  epoch: number,
  { learningRate, warmupEpochs, epochs }: Pick<LarsOptions, "learningRate" | "warmupEpochs" | "epochs">,
): number {
  if (epoch < warmupEpochs) return (learningRate * epoch) / warmupEpochs;
  const part = (epoch - warmupEpochs) / (epochs - warmupEpochs);
  return (learningRate / 2) * (1 + Math.cos(Math.PI * part));
}

/** Weights of deviation 0.01 (cut at 2, which none reaches), biases 0. */
export function initialState(features: number, classes: number, seed: number): LarsState {
  const random = new SeededRandom(seed);
  const weight = Float32Array.from({ length: classes * features }, () => random.normal(0, 0.01));
  return stateOf(weight, features, classes);
}

/** @param weight classes x features */
export function stateOf(weight: Float32Array, features: number, classes: number): LarsState {
  return {
    step: 0,
    weight,
    bias: new Float32Array(classes),
    weightMomentum: new Float32Array(weight.length),
    biasMomentum: new Float32Array(classes),
    runningMean: new Float64Array(features),
    runningVariance: new Float64Array(features).fill(1),
    losses: [],
  };
}

export async function trainLars(options: LarsOptions): Promise<LarsState> {
  const { x, labels, classes, batch, epochs, device = "auto", signal } = options;
  const [rows = 0, features = 0] = x.shape;
  // Off its mean, a constant feature is exactly 0, and no variance drowns in rounding: batch norm does not see the shift.
  const { mean } = momentsOf(x.data, features);
  const centred = transformed(x.data, { mean, scale: new Float64Array(features).fill(1) });
  await using session = await openSession(writeModel(stepGraph(rows, features, classes, batch)), { device });
  await session.state.set("x", { dtype: "float32", shape: [rows, features], data: centred });
  const perEpoch = Math.floor(rows / batch);
  const total = perEpoch * epochs;
  const state = copied(options.start);
  while (state.step < total) {
    signal?.throwIfAborted();
    const epoch = Math.floor(state.step / perEpoch);
    const order = options.orderOf(epoch);
    for (let i = state.step % perEpoch; i < perEpoch; i++) {
      signal?.throwIfAborted();
      const rowsOfBatch = Array.from({ length: batch }, (_, j) => order[i * batch + j]!);
      const found = await session.run({
        rows: { dtype: "int64", shape: [batch], data: BigInt64Array.from(rowsOfBatch, BigInt) },
        labels: {
          dtype: "int64",
          shape: [batch],
          data: BigInt64Array.from(rowsOfBatch, (r) => BigInt(labels[r]!)),
        },
        weight: { dtype: "float32", shape: [classes, features], data: state.weight },
        bias: { dtype: "float32", shape: [classes], data: state.bias },
      });
      const values = (name: string) => found[name]!.data as Float32Array;
      state.losses.push(values("loss")[0]!);
      const rate = larsRate(epoch + i / perEpoch, options);
      update(state, values("weight_gradient"), values("bias_gradient"), rate);
      running(state, values("mean"), values("variance"), mean, batch);
      state.step++;
      options.onProgress?.(state.step, total);
    }
    options.save?.(copied(state));
  }
  return state;
}

/** Logits by the running statistics, in float64: rows x classes. */
export async function larsLogits(x: Tensor<"float32">, state: LarsState): Promise<Float64Array> {
  const { runningMean, runningVariance, weight, bias } = state;
  const classes = bias.length;
  const features = runningMean.length;
  const affine: Affine = {
    mean: runningMean,
    scale: runningVariance.map((variance) => 1 / Math.sqrt(variance + LARS.epsilon)),
  };
  await using rows = await openFeatures(x, "cpu");
  const products = affineProducts(await rows.products(classes, "double"), affine);
  const parameters = new Float64Array((features + 1) * classes);
  for (let k = 0; k < classes; k++) {
    for (let j = 0; j < features; j++) parameters[j * classes + k] = weight[k * features + j]!;
    parameters[features * classes + k] = bias[k]!;
  }
  return Float64Array.from(await products.logits(parameters));
}

type Mutable = { -readonly [K in keyof LarsState]: K extends "losses" ? number[] : LarsState[K] };

function copied(state: LarsState): Mutable {
  return {
    step: state.step,
    weight: state.weight.slice(),
    bias: state.bias.slice(),
    weightMomentum: state.weightMomentum.slice(),
    biasMomentum: state.biasMomentum.slice(),
    runningMean: state.runningMean.slice(),
    runningVariance: state.runningVariance.slice(),
    losses: [...state.losses],
  };
}

function update(state: LarsState, weight: Float32Array, bias: Float32Array, rate: number): void {
  const [own, gradient] = [norm(state.weight), norm(weight)];
  const trust = own > 0 && gradient > 0 ? (LARS.trust * own) / gradient : 1;
  const move = (values: Float32Array, momentum: Float32Array, by: Float32Array, factor: number) => {
    for (let i = 0; i < values.length; i++) {
      momentum[i] = LARS.momentum * momentum[i]! + factor * by[i]!;
      values[i] = values[i]! - rate * momentum[i]!;
    }
  };
  move(state.weight, state.weightMomentum, weight, trust);
  move(state.bias, state.biasMomentum, bias, 1);
}

/** PyTorch's running statistics: a tenth of the batch's mean and unbiased variance. */
function running(
  { runningMean, runningVariance }: LarsState,
  mean: Float32Array,
  variance: Float32Array,
  shift: Float64Array,
  batch: number,
): void {
  const keep = 1 - LARS.statistics;
  for (let j = 0; j < runningMean.length; j++) {
    runningMean[j] = keep * runningMean[j]! + LARS.statistics * (mean[j]! + shift[j]!);
    const unbiased = (variance[j]! * batch) / (batch - 1);
    runningVariance[j] = keep * runningVariance[j]! + LARS.statistics * unbiased;
  }
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Loss of a batch, its gradients by weights and biases, and the batch's mean and biased variance. */
function stepGraph(rows: number, features: number, classes: number, batch: number): Graph {
  const graph = new GraphBuilder("linear-bn-lars");
  graph.input("x", "float32", [rows, features]);
  graph.input("rows", "int64", [batch]);
  graph.input("labels", "int64", [batch]);
  graph.input("weight", "float32", [classes, features]);
  graph.input("bias", "float32", [classes]);
  const op = (type: string, inputs: readonly string[], output?: string) =>
    graph.op(type, inputs, {}, output === undefined ? {} : { output });
  const mean = (value: string, output: string) =>
    graph.op("ReduceMean", [value, graph.ints([0])], { keepdims: int(0) }, { output });
  const part = op("Gather", ["x", "rows"]);
  const apart = op("Sub", [part, mean(part, "mean")]);
  const variance = mean(op("Mul", [apart, apart]), "variance");
  const z = op("Div", [apart, op("Sqrt", [op("Add", [variance, graph.float(LARS.epsilon)])])]);
  const logits = graph.op("Gemm", [z, "weight", "bias"], { transB: int(1) });
  const logp = graph.op("LogSoftmax", [logits], { axis: int(1) });
  const depth = graph.constant({ dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(classes)) });
  const ends = graph.constant({ dtype: "float32", shape: [2], data: Float32Array.of(0, 1) });
  const own = graph.op("OneHot", ["labels", depth, ends], { axis: int(1) });
  const count = graph.float(batch);
  const sum = graph.op("ReduceSum", [op("Mul", [logp, own]), graph.ints([0, 1])], { keepdims: int(0) });
  op("Div", [op("Neg", [sum]), count], "loss");
  const residuals = op("Div", [op("Sub", [op("Exp", [logp]), own]), count]);
  graph.op("Gemm", [residuals, z], { transA: int(1) }, { output: "weight_gradient" });
  graph.op("ReduceSum", [residuals, graph.ints([0])], { keepdims: int(0) }, { output: "bias_gradient" });
  graph.output("loss", "float32", []);
  graph.output("weight_gradient", "float32", [classes, features]);
  graph.output("bias_gradient", "float32", [classes]);
  graph.output("mean", "float32", [features]);
  graph.output("variance", "float32", [features]);
  return graph.build();
}

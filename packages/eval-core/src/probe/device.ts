/**
 * The linear probe's matrix products on a device, as ONNX graphs over features that are sent once.
 *
 * `single` works in float32 and is what iterations run on. `double` casts blocks of rows to float64 on the way; it
 * always runs on the CPU, as other devices have no float64. Both see the same float32 features, so they differ by
 * rounding alone. Newton's steps and the check of an optimum have graphs of their own beside them.
 */
import { type Graph, GraphBuilder, int, ints, writeModel } from "../onnx/index.ts";
import { type DeviceChoice, openSession, type Session } from "../runtime/index.ts";
import { type AnyTensor, sizeOf, type Tensor } from "../tensor/index.ts";
import { BLOCK, blockBounds, openDoubleGradient } from "./double-gradient.ts";
import type { LinearLabels, LinearProducts, LinearTask, LossGradient } from "./loss.ts";
import { type NewtonCg, openNewtonCg } from "./newton-cg.ts";

export type Precision = "single" | "double";

export interface DeviceFeatures extends AsyncDisposable {
  readonly samples: number;
  readonly features: number;
  products(classes: number, precision: Precision): Promise<LinearProducts>;
  /** The gradient in float64, in one pass; closed with the features. */
  doubleGradient(task: LinearTask, labels: LinearLabels, classes: number): Promise<LossGradient>;
  /** Newton steps, preconditioned in `basis` (features x rank); closed with the features. */
  newtonCg(task: LinearTask, labels: LinearLabels, classes: number, basis: Float32Array): Promise<NewtonCg>;
}

type Feeds = Record<string, AnyTensor>;

/** @param mean subtracted from every row on its way to the device, and rounded to float32 */
export async function openFeatures(
  x: Tensor<"float32">,
  device: DeviceChoice,
  mean?: Float64Array,
): Promise<DeviceFeatures> {
  const [samples = 0, features = 0] = x.shape;
  const beside: AsyncDisposable[] = [];
  const opened = new Map<Precision, Promise<Session>>();

  const open = async (precision: Precision): Promise<Session> => {
    // On the CPU the two share a worker, and so the features in it.
    const host = precision === "double" && opened.has("single") ? await opened.get("single") : undefined;
    const shared = host?.device === "cpu" ? host : undefined;
    const graph = precision === "single" ? singleGraph(samples, features) : doubleGraph(samples, features);
    const model = writeModel(graph);
    const chosen = precision === "double" ? "cpu" : device;
    const session = await openSession(model, shared ? { beside: shared } : { device: chosen });
    if (!shared) await session.state.set("x", mean ? centred(x, mean) : x);
    return session;
  };
  const session = (precision: Precision): Promise<Session> => {
    const known = opened.get(precision) ?? open(precision);
    opened.set(precision, known);
    return known;
  };
  /** Runs the one graph of a precision for one of its outputs; what the others need is fed empty. */
  const run = async (precision: Precision, output: string, feeds: Feeds) => {
    const opened = await session(precision);
    // WebGPU has no empty buffers: there, one column.
    const columns = opened.device === "cpu" ? 0 : 1;
    const idle = precision === "single" ? idleSingle(samples, features, columns) : idleDouble(features);
    const answer = await opened.run({ ...idle, ...feeds }, [output]);
    return answer[output]!.data;
  };

  return {
    samples,
    features,
    products: async (classes, precision) => {
      await session(precision);
      const size = { samples, features, classes };
      return precision === "single"
        ? singleProducts(size, async (output, feeds) => (await run("single", output, feeds)) as Float32Array)
        : doubleProducts(size, async (output, feeds) => (await run("double", output, feeds)) as Float64Array);
    },
    doubleGradient: async (task, labels, classes) => {
      const host = await session("double");
      const opened = await openDoubleGradient(host, { samples, features }, task, labels, classes);
      beside.push(opened);
      return opened.at;
    },
    newtonCg: async (task, labels, classes, basis) => {
      const rows = mean ? centred(x, mean) : x;
      const directions = {
        dtype: "float32",
        shape: [features, basis.length / features],
        data: basis,
      } as const;
      const host = await session("single");
      const opened = await openNewtonCg(host, rows, directions, classes, task, labels);
      beside.push(opened);
      return opened;
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of beside) await one[Symbol.asyncDispose]();
      for (const one of [...opened.values()].reverse()) await (await one).close();
    },
  };
}

/** Several sets of rows as one. */
export function rowsOf(parts: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const features = parts[0]!.shape[1]!;
  const samples = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const data = new Float32Array(samples * features);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { dtype: "float32", shape: [samples, features], data };
}

function centred(x: Tensor<"float32">, mean: Float64Array): Tensor<"float32"> {
  const data = new Float32Array(x.data.length);
  for (let row = 0; row < data.length; row += mean.length) {
    for (let j = 0; j < mean.length; j++) data[row + j] = x.data[row + j]! - mean[j]!;
  }
  return { ...x, data };
}

const single = (
  shape: readonly number[],
  data: Float32Array = new Float32Array(sizeOf(shape)),
): AnyTensor => ({
  dtype: "float32",
  shape,
  data,
});
const double = (
  shape: readonly number[],
  data: Float64Array = new Float64Array(sizeOf(shape)),
): AnyTensor => ({
  dtype: "float64",
  shape,
  data,
});
/**
 * All float32 products in one graph: logits = X w + b, gradient = X' r, and the spread of `g`. A run wants one of
 * them and feeds the others with no columns, which costs nothing; graphs of their own would each bring a pool of
 * threads, and the pool of the one that just ran spins in the way of the next.
 */
function singleGraph(samples: number, features: number): Graph {
  const graph = new GraphBuilder("linear-single");
  graph.input("x", "float32", [samples, features]);
  graph.input("w", "float32", ["classes", features]);
  graph.input("b", "float32", ["classes", 1]);
  affine(graph, "x");
  graph.output("logits", "float32", [samples, "classes"]);
  graph.input("r", "float32", ["residuals", samples]);
  backwards(graph, "x");
  graph.output("gradient", "float32", [features, "residuals"]);
  return graph.build();
}

/**
 * X W + b as (W' X')' + b, and X' R as (R' X)', of `w` and `r` that come transposed: with the few classes as rows,
 * onnxruntime's float32 products are two to five times as fast as with the many samples, and use all cores.
 */
function affine(graph: GraphBuilder, x: string): void {
  turned(graph, graph.op("Gemm", ["w", x, "b"], { transB: int(1) }), "logits");
}

function backwards(graph: GraphBuilder, x: string): void {
  turned(graph, graph.op("MatMul", ["r", x]), "gradient");
}

function turned(graph: GraphBuilder, value: string, output: string): void {
  graph.op("Transpose", [value], { perm: ints([1, 0]) }, { output });
}

function idleSingle(samples: number, features: number, columns: number): Feeds {
  return {
    w: single([columns, features]),
    b: single([columns, 1]),
    r: single([columns, samples]),
  };
}

/** Logits and gradient of the rows from `start` to `end`, in float64. */
function doubleGraph(samples: number, features: number): Graph {
  const graph = new GraphBuilder("linear-double");
  graph.input("x", "float32", [samples, features]);
  graph.input("start", "int64", [1]);
  graph.input("end", "int64", [1]);
  const rows = graph.op("Slice", ["x", "start", "end", graph.ints([0])]);
  const block = graph.op("Cast", [rows], { to: int(11) });
  graph.input("w", "float64", ["classes", features]);
  graph.input("b", "float64", ["classes", 1]);
  affine(graph, block);
  graph.output("logits", "float64", ["rows", "classes"]);
  graph.input("r", "float64", ["residuals", "rows"]);
  backwards(graph, block);
  graph.output("gradient", "float64", [features, "residuals"]);
  return graph.build();
}

function idleDouble(features: number): Feeds {
  return { w: double([0, features]), b: double([0, 1]) };
}

interface Size {
  readonly samples: number;
  readonly features: number;
  readonly classes: number;
}

function singleProducts(
  size: Size,
  run: (output: string, feeds: Feeds) => Promise<Float32Array>,
): LinearProducts {
  const { samples, features, classes } = size;
  const weights = new Float32Array(features * classes);
  const intercept = new Float32Array(classes);
  const narrow = new Float32Array(samples * classes);
  return {
    ...size,
    logits: (parameters) => {
      transpose(parameters, features, classes, weights);
      intercept.set(parameters.subarray(weights.length));
      return run("logits", { w: single([classes, features], weights), b: single([classes, 1], intercept) });
    },
    gradient: async (residuals) => {
      transpose(residuals, samples, classes, narrow);
      const part = await run("gradient", { r: single([classes, samples], narrow) });
      const gradient = new Float64Array(weights.length + classes);
      gradient.set(part);
      addColumnSums(residuals, classes, gradient, weights.length);
      return gradient;
    },
  };
}

function doubleProducts(
  size: Size,
  run: (output: string, feeds: Feeds) => Promise<Float64Array>,
): LinearProducts {
  const { samples, features, classes } = size;
  const weights = features * classes;
  return {
    ...size,
    logits: async (parameters) => {
      const logits = new Float64Array(samples * classes);
      const w = double([classes, features]);
      transpose(parameters, features, classes, w.data as Float64Array);
      const b = double([classes, 1], parameters.subarray(weights));
      for (let row = 0; row < samples; row += BLOCK) {
        const end = Math.min(row + BLOCK, samples);
        const feeds = { ...blockBounds(row, end), w, b, r: double([0, end - row]) };
        logits.set(await run("logits", feeds), row * classes);
      }
      return logits;
    },
    gradient: async (residuals) => {
      const gradient = new Float64Array(weights + classes);
      for (let row = 0; row < samples; row += BLOCK) {
        const end = Math.min(row + BLOCK, samples);
        const r = double([classes, end - row]);
        transpose(residuals.subarray(row * classes), end - row, classes, r.data as Float64Array);
        const part = await run("gradient", { ...blockBounds(row, end), r });
        for (let i = 0; i < part.length; i++) gradient[i] = gradient[i]! + part[i]!;
      }
      addColumnSums(residuals, classes, gradient, weights);
      return gradient;
    },
  };
}

/** Writes the first rows x columns values to `into`, columns x rows. */
function transpose(
  values: Float64Array,
  rows: number,
  columns: number,
  into: Float64Array | Float32Array,
): void {
  for (let column = 0; column < columns; column++) {
    for (let row = 0, at = column; row < rows; row++, at += columns) into[column * rows + row] = values[at]!;
  }
}

/** The residuals' column sums are the intercept's gradient. */
function addColumnSums(residuals: Float64Array, classes: number, into: Float64Array, at: number): void {
  for (let row = 0; row < residuals.length; row += classes) {
    for (let k = 0; k < classes; k++) into[at + k] = into[at + k]! + residuals[row + k]!;
  }
}

/** Several sets of rows as one, without copying them together. */
export function stacked(parts: readonly LinearProducts[]): LinearProducts {
  const { features, classes } = parts[0]!;
  const samples = parts.reduce((sum, part) => sum + part.samples, 0);
  return {
    samples,
    features,
    classes,
    logits: async (parameters) => {
      const logits = new Float64Array(samples * classes);
      let row = 0;
      for (const part of parts) {
        logits.set(await part.logits(parameters), row * classes);
        row += part.samples;
      }
      return logits;
    },
    gradient: async (residuals) => {
      const gradient = new Float64Array((features + 1) * classes);
      let row = 0;
      for (const part of parts) {
        const rows = residuals.subarray(row * classes, (row + part.samples) * classes);
        const own = await part.gradient(rows);
        for (let i = 0; i < own.length; i++) gradient[i] = gradient[i]! + own[i]!;
        row += part.samples;
      }
      return gradient;
    },
  };
}

/**
 * The linear probe's matrix products on a device, as ONNX graphs over features that are sent once.
 *
 * `single` works in float32 and is what iterations run on. `double` casts blocks of rows to float64 on the way
 * and is what results are checked with; it always runs on the CPU, as other devices have no float64. Both see
 * the same float32 features, so they differ by rounding alone.
 */
import { type Graph, GraphBuilder, int, writeModel } from "../onnx/index.ts";
import { type DeviceChoice, openSession, type Session } from "../runtime/index.ts";
import { type AnyTensor, sizeOf, type Tensor } from "../tensor/index.ts";
import type { LinearProducts } from "./linear-loss.ts";

export type Precision = "single" | "double";

export interface DeviceFeatures extends AsyncDisposable {
  readonly samples: number;
  readonly features: number;
  products(classes: number, precision: Precision): Promise<LinearProducts>;
  /** Sends the orthonormal columns (features x rank) that `spread` works with. */
  setBasis(basis: Float32Array, rank: number): Promise<void>;
  /** G * tail + U (scale * (U' G)) for the basis U: `scale` is rank x classes, `tail` one a class. */
  spread(gradient: Float32Array, scale: Float32Array, tail: Float32Array): Promise<Float32Array>;
}

/** Rows that are float64 at any one time. */
const BLOCK = 4096;

type Feeds = Record<string, AnyTensor>;

/** @param mean subtracted from every row on its way to the device, and rounded to float32 */
export async function openFeatures(
  x: Tensor<"float32">,
  device: DeviceChoice,
  mean?: Float64Array,
): Promise<DeviceFeatures> {
  const [samples = 0, features = 0] = x.shape;
  let rank = 1;
  const opened = new Map<Precision, Promise<Session>>();

  const open = async (precision: Precision): Promise<Session> => {
    // On the CPU the two share a worker, and so the features in it.
    const host = precision === "double" && opened.has("single") ? await opened.get("single") : undefined;
    const beside = host?.device === "cpu" ? host : undefined;
    const graph = precision === "single" ? singleGraph(samples, features) : doubleGraph(samples, features);
    // A copy: the runtime hands the buffer over, and a Buffer's may be a pool's.
    const model = new Uint8Array(writeModel(graph));
    const chosen = precision === "double" ? "cpu" : device;
    const session = await openSession(model, beside ? { beside } : { device: chosen });
    if (!beside) await session.state.set("x", mean ? centred(x, mean) : x);
    if (precision === "single") await session.state.set("u", single([features, 1]));
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
    const idle = precision === "single" ? idleSingle(samples, features, rank, columns) : idleDouble(features);
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
    setBasis: async (basis, columns) => {
      await (await session("single")).state.set("u", single([features, columns], basis));
      rank = columns;
    },
    spread: async (gradient, scale, tail) => {
      const feeds = {
        g: single([features, tail.length], gradient),
        scale: single([rank, tail.length], scale),
        tail: single([tail.length], tail),
      };
      return (await run("single", "spread", feeds)) as Float32Array;
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of [...opened.values()].reverse()) await (await one).close();
    },
  };
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
const index = (value: number): AnyTensor => ({
  dtype: "int64",
  shape: [1],
  data: BigInt64Array.of(BigInt(value)),
});

/**
 * All float32 products in one graph: logits = X w + b, gradient = X' r, and the spread of `g`. A run wants one of
 * them and feeds the others with no columns, which costs nothing; graphs of their own would each bring a pool of
 * threads, and the pool of the one that just ran spins in the way of the next.
 */
function singleGraph(samples: number, features: number): Graph {
  const graph = new GraphBuilder("linear-single");
  graph.input("x", "float32", [samples, features]);
  graph.input("w", "float32", [features, "classes"]);
  graph.input("b", "float32", ["classes"]);
  graph.op("Gemm", ["x", "w", "b"], {}, { output: "logits" });
  graph.output("logits", "float32", [samples, "classes"]);
  graph.input("r", "float32", [samples, "residuals"]);
  graph.op("Gemm", ["x", "r"], { transA: int(1) }, { output: "gradient" });
  graph.output("gradient", "float32", [features, "residuals"]);
  graph.input("u", "float32", [features, "rank"]);
  graph.input("g", "float32", [features, "gradients"]);
  graph.input("scale", "float32", ["rank", "gradients"]);
  graph.input("tail", "float32", ["gradients"]);
  const inside = graph.op("Mul", [graph.op("Gemm", ["u", "g"], { transA: int(1) }), "scale"]);
  graph.op(
    "Add",
    [graph.op("Gemm", ["u", inside]), graph.op("Mul", ["g", "tail"])],
    {},
    { output: "spread" },
  );
  graph.output("spread", "float32", [features, "gradients"]);
  return graph.build();
}

function idleSingle(samples: number, features: number, rank: number, columns: number): Feeds {
  return {
    w: single([features, columns]),
    b: single([columns]),
    r: single([samples, columns]),
    g: single([features, columns]),
    scale: single([rank, columns]),
    tail: single([columns]),
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
  graph.input("w", "float64", [features, "classes"]);
  graph.input("b", "float64", ["classes"]);
  graph.op("Gemm", [block, "w", "b"], {}, { output: "logits" });
  graph.output("logits", "float64", ["rows", "classes"]);
  graph.input("r", "float64", ["rows", "residuals"]);
  graph.op("Gemm", [block, "r"], { transA: int(1) }, { output: "gradient" });
  graph.output("gradient", "float64", [features, "residuals"]);
  return graph.build();
}

function idleDouble(features: number): Feeds {
  return { w: double([features, 0]), b: double([0]) };
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
      weights.set(parameters.subarray(0, weights.length));
      intercept.set(parameters.subarray(weights.length));
      return run("logits", { w: single([features, classes], weights), b: single([classes], intercept) });
    },
    gradient: async (residuals) => {
      narrow.set(residuals);
      const part = await run("gradient", { r: single([samples, classes], narrow) });
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
      const w = double([features, classes], parameters.subarray(0, weights));
      const b = double([classes], parameters.subarray(weights));
      for (let row = 0; row < samples; row += BLOCK) {
        const end = Math.min(row + BLOCK, samples);
        const feeds = { start: index(row), end: index(end), w, b, r: double([end - row, 0]) };
        logits.set(await run("logits", feeds), row * classes);
      }
      return logits;
    },
    gradient: async (residuals) => {
      const gradient = new Float64Array(weights + classes);
      for (let row = 0; row < samples; row += BLOCK) {
        const end = Math.min(row + BLOCK, samples);
        const r = double([end - row, classes], residuals.subarray(row * classes, end * classes));
        const part = await run("gradient", { start: index(row), end: index(end), r });
        for (let i = 0; i < part.length; i++) gradient[i] = gradient[i]! + part[i]!;
      }
      addColumnSums(residuals, classes, gradient, weights);
      return gradient;
    },
  };
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

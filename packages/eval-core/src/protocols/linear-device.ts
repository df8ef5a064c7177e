/**
 * The linear probe's matrix products on a device, as ONNX graphs over features that are sent once.
 *
 * `single` works in float32 and is what iterations run on. `double` casts blocks of rows to float64 on the way
 * and is what results are checked with; it always runs on the CPU, as other devices have no float64. Both see
 * the same float32 features, so they differ by rounding alone.
 */
import { type Attribute, GraphBuilder, int, writeModel } from "../onnx/index.ts";
import { type DeviceChoice, openSession, type Session } from "../runtime/index.ts";
import type { AnyTensor, Tensor } from "../tensor/index.ts";
import type { LinearProducts } from "./linear-loss.ts";

export type Precision = "single" | "double";

export interface DeviceFeatures extends AsyncDisposable {
  readonly samples: number;
  readonly features: number;
  products(classes: number, precision: Precision): Promise<LinearProducts>;
  /** X' X B of a (features x columns) matrix B, in float32: for what needs only the direction of things. */
  gramTimes(matrix: Float32Array, columns: number): Promise<Float32Array>;
}

/** Rows that are float64 at any one time. */
const BLOCK = 4096;

/** @param mean subtracted from every row on its way to the device, and rounded to float32 */
export async function openFeatures(
  x: Tensor<"float32">,
  device: DeviceChoice,
  mean?: Float64Array,
): Promise<DeviceFeatures> {
  const [samples = 0, features = 0] = x.shape;
  const opened: Session[] = [];
  const sessions = new Map<string, Promise<Session>>();
  const hosts = new Map<Precision, Session>();

  const open = async (graph: GraphBuilder, precision: Precision): Promise<Session> => {
    const shared = precision === "double" && hosts.get("single")?.device === "cpu" ? "single" : precision;
    const host = hosts.get(shared);
    // A copy: the runtime hands the buffer over, and a Buffer's may be a pool's.
    const model = new Uint8Array(writeModel(graph.build()));
    const chosen = precision === "double" ? "cpu" : device;
    const session = await openSession(model, host ? { beside: host } : { device: chosen });
    opened.push(session);
    if (!host) {
      await session.state.set("x", mean ? centred(x, mean) : x);
      hosts.set(shared, session);
    }
    return session;
  };
  const once = (name: string, precision: Precision, graph: () => GraphBuilder): Promise<Session> => {
    const known = sessions.get(name) ?? open(graph(), precision);
    sessions.set(name, known);
    return known;
  };

  return {
    samples,
    features,
    products: async (classes, precision) => {
      const size = { samples, features, classes };
      const graph = precision === "single" ? product : blockProduct;
      const forward = await once(`logits/${precision}`, precision, () => graph("logits", size));
      const backward = await once(`gradient/${precision}`, precision, () => graph("gradient", size));
      return (precision === "single" ? singleProducts : doubleProducts)(forward, backward, size);
    },
    gramTimes: async (matrix, columns) => {
      const session = await once("gram", "single", () => gramProduct(samples, features));
      const { y } = await session.run({
        matrix: { dtype: "float32", shape: [features, columns], data: matrix },
      });
      return y!.data as Float32Array;
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of opened.reverse()) await session.close();
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

function gramProduct(samples: number, features: number): GraphBuilder {
  const graph = new GraphBuilder("gram-times");
  graph.input("x", "float32", [samples, features]);
  graph.input("matrix", "float32", [features, "columns"]);
  const wide = graph.op("Gemm", ["x", "matrix"]);
  graph.op("Gemm", ["x", wide], TRANSPOSED, { output: "y" });
  graph.output("y", "float32", [features, "columns"]);
  return graph;
}

interface Size {
  readonly samples: number;
  readonly features: number;
  readonly classes: number;
}

const TRANSPOSED: Readonly<Record<string, Attribute>> = { transA: int(1) };

/** logits = X w + b, or gradient = X' r. */
function product(which: "logits" | "gradient", { samples, features }: Size): GraphBuilder {
  const graph = new GraphBuilder(`linear-${which}`);
  graph.input("x", "float32", [samples, features]);
  if (which === "logits") {
    graph.input("w", "float32", [features, "classes"]);
    graph.input("b", "float32", ["classes"]);
    graph.op("Gemm", ["x", "w", "b"], {}, { output: "y" });
    graph.output("y", "float32", [samples, "classes"]);
  } else {
    graph.input("r", "float32", [samples, "classes"]);
    graph.op("Gemm", ["x", "r"], TRANSPOSED, { output: "y" });
    graph.output("y", "float32", [features, "classes"]);
  }
  return graph;
}

/** The same of the rows from `start` to `end`, in float64. */
function blockProduct(which: "logits" | "gradient", { samples, features }: Size): GraphBuilder {
  const graph = new GraphBuilder(`linear-${which}-double`);
  graph.input("x", "float32", [samples, features]);
  graph.input("start", "int64", [1]);
  graph.input("end", "int64", [1]);
  const rows = graph.op("Slice", ["x", "start", "end", graph.ints([0])]);
  const block = graph.op("Cast", [rows], { to: int(11) });
  if (which === "logits") {
    graph.input("w", "float64", [features, "classes"]);
    graph.input("b", "float64", ["classes"]);
    graph.op("Gemm", [block, "w", "b"], {}, { output: "y" });
    graph.output("y", "float64", ["rows", "classes"]);
  } else {
    graph.input("r", "float64", ["rows", "classes"]);
    graph.op("Gemm", [block, "r"], TRANSPOSED, { output: "y" });
    graph.output("y", "float64", [features, "classes"]);
  }
  return graph;
}

function singleProducts(forward: Session, backward: Session, size: Size): LinearProducts {
  const { samples, features, classes } = size;
  const weights = new Float32Array(features * classes);
  const intercept = new Float32Array(classes);
  const narrow = new Float32Array(samples * classes);
  return {
    ...size,
    logits: async (parameters) => {
      weights.set(parameters.subarray(0, weights.length));
      intercept.set(parameters.subarray(weights.length));
      const { y } = await forward.run({
        w: { dtype: "float32", shape: [features, classes], data: weights },
        b: { dtype: "float32", shape: [classes], data: intercept },
      });
      return y!.data as Float32Array;
    },
    gradient: async (residuals) => {
      narrow.set(residuals);
      const { y } = await backward.run({ r: { dtype: "float32", shape: [samples, classes], data: narrow } });
      const gradient = new Float64Array(weights.length + classes);
      gradient.set(y!.data as Float32Array);
      addColumnSums(residuals, classes, gradient, weights.length);
      return gradient;
    },
  };
}

function doubleProducts(forward: Session, backward: Session, size: Size): LinearProducts {
  const { samples, features, classes } = size;
  const weights = features * classes;
  const bounds = (start: number): { start: AnyTensor; end: AnyTensor; rows: number } => {
    const end = Math.min(start + BLOCK, samples);
    const scalar = (value: number): AnyTensor => ({
      dtype: "int64",
      shape: [1],
      data: BigInt64Array.of(BigInt(value)),
    });
    return { start: scalar(start), end: scalar(end), rows: end - start };
  };
  return {
    ...size,
    logits: async (parameters) => {
      const logits = new Float64Array(samples * classes);
      const w: AnyTensor = {
        dtype: "float64",
        shape: [features, classes],
        data: parameters.subarray(0, weights),
      };
      const b: AnyTensor = { dtype: "float64", shape: [classes], data: parameters.subarray(weights) };
      for (let row = 0; row < samples; row += BLOCK) {
        const { start, end } = bounds(row);
        const { y } = await forward.run({ start, end, w, b });
        logits.set(y!.data as Float64Array, row * classes);
      }
      return logits;
    },
    gradient: async (residuals) => {
      const gradient = new Float64Array(weights + classes);
      for (let row = 0; row < samples; row += BLOCK) {
        const { start, end, rows } = bounds(row);
        const data = residuals.subarray(row * classes, (row + rows) * classes);
        const { y } = await backward.run({
          start,
          end,
          r: { dtype: "float64", shape: [rows, classes], data },
        });
        const part = y!.data as Float64Array;
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

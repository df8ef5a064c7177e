/**
 * A Newton step of the linear probe on a device, by preconditioned conjugate gradients: one ONNX graph is one
 * iteration, and everything an iteration changes stays on the device. It solves
 *
 *     H s = -g,    H s = X' [C (X s)] + penalty s      C: the curvature of a sample's loss, classes x classes
 *
 *     multi-class   C = diag(p) - p p'                 multi-label   C = diag(p (1 - p))
 *
 * in float32, which is exact enough: the step is only to be right to a few digits, as the next one corrects it.
 * Tensors are class-major here: with the few classes as rows, onnxruntime's products are two to five times as fast
 * as with the many samples.
 */
import { type Graph, GraphBuilder, int, writeModel } from "../onnx/index.ts";
import { dot } from "../optim/lbfgs-vector.ts";
import { openSession, type Session } from "../runtime/index.ts";
import type { AnyTensor, Tensor } from "../tensor/index.ts";
import type { LinearLabels, LinearTask } from "./loss.ts";
import { type InverseHessian, subtractRowMeans } from "./preconditioner.ts";

export interface NewtonSystem {
  /** g, in the layout of the parameters; for multi-class its rows sum to zero over the classes, and so do the step's. */
  readonly gradient: Float64Array;
  /** dloss/dlogits, samples x classes: the probabilities are in it. */
  readonly residuals: Float64Array;
  readonly penalty: number;
  readonly inverse: InverseHessian;
  /** Ends where the norm of the residual, g + H s, is at most this over the weights ... */
  readonly tolerance: number;
  /** ... and its largest component over the intercept at most this. */
  readonly interceptTolerance: number;
  readonly maxIterations: number;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (() => void) | undefined;
}

export interface NewtonStep {
  readonly step: Float64Array;
  /** What the step changes in the logits, samples x classes. */
  readonly change: Float32Array;
  /** The norm of g + H s over the weights, by the recurrence. */
  readonly residualNorm: number;
  readonly iterations: number;
}

export interface NewtonCg extends AsyncDisposable {
  solve(system: NewtonSystem): Promise<NewtonStep>;
}

/** What an iteration hands to the next: output, and the input that it becomes. */
const CARRIED = {
  rw_next: "rw",
  rb_next: "rb",
  pw_next: "pw",
  pb_next: "pb",
  sw_next: "sw",
  sb_next: "sb",
  sz_next: "sz",
  rz_next: "rz",
} as const;

/** Probabilities below it change nothing, and float32 would slow down on them. */
const SMALLEST = 1e-30;

/**
 * @param x samples x features; part of the graph, as onnxruntime then rearranges it once for its products and not for
 *   each, which took half their time
 * @param basis features x rank
 */
export async function openNewtonCg(
  beside: Session,
  x: Tensor<"float32">,
  basis: Tensor<"float32">,
  classes: number,
  task: LinearTask,
  labels: LinearLabels,
): Promise<NewtonCg> {
  const [samples = 0, features = 0] = x.shape;
  const rank = basis.shape[1]!;
  const graph = iterationGraph(x, basis, classes, task);
  const session = await openSession(writeModel(graph), { beside, stay: Object.keys(CARRIED) });
  const { state } = session;
  if (task === "multi-class") await state.set("own", single([classes, samples], ownClass(labels, classes)));

  return {
    solve: async ({ residuals, penalty, inverse, signal, onIteration, ...system }) => {
      const weights = features * classes;
      const gradient = system.gradient.slice();
      if (task === "multi-class") subtractRowMeans(gradient, classes);
      // In units of the gradient, so that nothing underflows.
      const slope = gradient.subarray(0, weights);
      const unit = Math.sqrt(dot(slope, slope)) || 1;
      const fixed: Record<string, AnyTensor> = {
        curvature: single([classes, samples], curvatureOf(task, residuals, labels, classes)),
        scale: single([classes, rank], inverse.scale),
        tail: single([classes, 1], inverse.tail),
        tailb: single([classes, 1], inverse.intercept),
        penalty: single([1, 1], Float32Array.of(penalty)),
      };
      await Promise.all(Object.entries(fixed).map(([name, value]) => state.set(name, value)));
      let feeds: Record<string, AnyTensor> = {
        rw: single([classes, features], turned(slope, features, classes, -1 / unit)),
        rb: single([classes, 1], turned(gradient.subarray(weights), 1, classes, -1 / unit)),
        pw: single([classes, features]),
        pb: single([classes, 1]),
        sw: single([classes, features]),
        sb: single([classes, 1]),
        sz: single([classes, samples]),
        rz: single([1, 1], Float32Array.of(1)),
      };
      let iterations = 0;
      let residualNorm = unit;
      while (iterations < system.maxIterations) {
        signal?.throwIfAborted();
        const { report } = await session.run(feeds, ["report"], { keep: CARRIED });
        const [square = Number.NaN, intercept = Number.NaN, along = Number.NaN] = report!
          .data as Float32Array;
        iterations++;
        residualNorm = Math.sqrt(square) * unit;
        onIteration?.();
        // No step was taken, nor would be: the one up to here is as good as it gets.
        if (!(along > 0) || !Number.isFinite(square)) break;
        if (residualNorm <= system.tolerance && intercept * unit <= system.interceptTolerance) break;
        feeds = {};
      }
      const [sw, sb, sz] = await Promise.all(["sw", "sb", "sz"].map((name) => state.read(name)));
      const step = new Float64Array(weights + classes);
      step.set(turned(sw!.data as Float32Array, classes, features, unit));
      (sb!.data as Float32Array).forEach((value, k) => {
        step[weights + k] = value * unit;
      });
      // float32 leaves a rest that all classes share, which the penalty sees and no step undoes.
      if (task === "multi-class") subtractRowMeans(step, classes);
      return {
        step,
        change: turned(sz!.data as Float32Array, classes, samples, unit),
        residualNorm,
        iterations,
      };
    },
    [Symbol.asyncDispose]: () => session.close(),
  };
}

function iterationGraph(
  rows: Tensor<"float32">,
  basis: Tensor<"float32">,
  classes: number,
  task: LinearTask,
): Graph {
  const graph = new GraphBuilder("linear-newton-cg");
  const op = (type: string, inputs: readonly string[], output?: string) =>
    graph.op(type, inputs, {}, output === undefined ? {} : { output });
  const input = (name: string, shape: readonly number[]) => graph.input(name, "float32", shape);
  const sum = (value: string, axes: readonly number[]) =>
    graph.op("ReduceSum", [value, graph.ints(axes)], { keepdims: int(1) });
  const [samples = 0, features = 0] = rows.shape;
  const rank = basis.shape[1]!;
  const x = graph.initializer("x", rows);
  const u = graph.initializer("u", basis);
  const scale = input("scale", [classes, rank]);
  const tail = input("tail", [classes, 1]);
  const tailb = input("tailb", [classes, 1]);
  const penalty = input("penalty", [1, 1]);
  const curvature = input("curvature", [classes, samples]);
  for (const [name, shape] of [
    ["rw", [classes, features]],
    ["rb", [classes, 1]],
    ["pw", [classes, features]],
    ["pb", [classes, 1]],
    ["sw", [classes, features]],
    ["sb", [classes, 1]],
    ["sz", [classes, samples]],
    ["rz", [1, 1]],
  ] as const) {
    input(name, shape);
  }

  // z = M r, the preconditioned residual.
  const inside = op("Mul", [op("MatMul", ["rw", u]), scale]);
  const strong = graph.op("Gemm", [inside, u], { transB: int(1) });
  /** An operator's result; for multi-class, less its mean over the classes. */
  const zeroSum = (type: string, inputs: readonly string[], output?: string) => {
    if (task === "multi-label") return op(type, inputs, output);
    const value = op(type, inputs);
    const mean = graph.op("ReduceMean", [value, graph.ints([0])], { keepdims: int(1) });
    return op("Sub", [value, mean], output);
  };
  const zw = zeroSum("Add", [strong, op("Mul", ["rw", tail])]);
  const zb = zeroSum("Mul", ["rb", tailb]);
  const inner = (aw: string, bw: string, ab: string, bb: string, output?: string) =>
    op("Add", [sum(op("Mul", [aw, bw]), [0, 1]), sum(op("Mul", [ab, bb]), [0, 1])], output);
  const rz = inner("rw", zw, "rb", zb, "rz_next");
  const beta = op("Div", [rz, "rz"]);
  const pw = op("Add", [zw, op("Mul", [beta, "pw"])], "pw_next");
  const pb = op("Add", [zb, op("Mul", [beta, "pb"])], "pb_next");

  // q = H p
  const h = graph.op("Gemm", [pw, x, pb], { transB: int(1) });
  const bent =
    task === "multi-class"
      ? softmaxCurvature(graph, h, curvature, input("own", [classes, samples]))
      : op("Mul", [curvature, h]);
  const qw = op("Add", [op("MatMul", [bent, x]), op("Mul", [penalty, pw])]);
  const qb = sum(bent, [1]);
  const along = inner(pw, qw, pb, qb);
  // Without curvature there is no step to take: that is rounding, or the end.
  const zero = graph.float(0);
  const alpha = op("Where", [op("Greater", [along, zero]), op("Div", [rz, along]), zero]);
  // Rounding leaves the residual a part that all classes share, which no step answers: it could not fall below it.
  const rw = zeroSum("Sub", ["rw", op("Mul", [alpha, qw])], "rw_next");
  const rb = zeroSum("Sub", ["rb", op("Mul", [alpha, qb])], "rb_next");
  op("Add", ["sw", op("Mul", [alpha, pw])], "sw_next");
  op("Add", ["sb", op("Mul", [alpha, pb])], "sb_next");
  op("Add", ["sz", op("Mul", [alpha, h])], "sz_next");
  const largest = graph.op("ReduceMax", [op("Abs", [rb]), graph.ints([0, 1])], { keepdims: int(1) });
  graph.op(
    "Concat",
    [sum(op("Mul", [rw, rw]), [0, 1]), largest, along],
    { axis: int(1) },
    { output: "report" },
  );
  graph.output("report", "float32", [1, 3]);
  for (const [output, name] of Object.entries(CARRIED)) {
    const shapes = { w: [classes, features], b: [classes, 1] };
    const shape = name === "rz" ? [1, 1] : name === "sz" ? [classes, samples] : shapes[name[1] as "w" | "b"];
    graph.output(output, "float32", shape);
  }
  return graph.build();
}

/**
 * C h for the softmax, where `others` is p with zero for the own class. It is p (h - p'h) for those, written by
 * differences to the own class's h, and minus their sum for the own class: where its p is 1 but for rounding, the
 * formula would drown in that.
 */
function softmaxCurvature(graph: GraphBuilder, h: string, others: string, own: string): string {
  const overClasses = (value: string) =>
    graph.op("ReduceSum", [value, graph.ints([0])], { keepdims: int(1) });
  const apart = graph.op("Sub", [h, overClasses(graph.op("Mul", [own, h]))]);
  const mean = overClasses(graph.op("Mul", [others, apart]));
  const bent = graph.op("Mul", [others, graph.op("Sub", [apart, mean])]);
  return graph.op("Sub", [bent, graph.op("Mul", [own, overClasses(bent)])]);
}

/** Class-major: for multi-class p with zero for the own class, else p (1 - p). */
function curvatureOf(
  task: LinearTask,
  residuals: Float64Array,
  labels: LinearLabels,
  classes: number,
): Float32Array {
  const samples = residuals.length / classes;
  const curvature = new Float32Array(residuals.length);
  for (let i = 0; i < samples; i++) {
    for (let k = 0; k < classes; k++) {
      const r = Math.abs(residuals[i * classes + k]!);
      const value = task === "multi-label" ? r * (1 - r) : k === labels[i] ? 0 : r;
      curvature[k * samples + i] = value < SMALLEST ? 0 : value;
    }
  }
  return curvature;
}

function ownClass(labels: LinearLabels, classes: number): Float32Array {
  const own = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    own[label * labels.length + i] = 1;
  });
  return own;
}

/** The transpose of rows x columns, times `factor`. */
function turned(
  values: Float64Array | Float32Array,
  rows: number,
  columns: number,
  factor: number,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = factor * values[row * columns + column]!;
    }
  }
  return result;
}

function single(
  shape: readonly [number, number],
  data: Float32Array = new Float32Array(shape[0] * shape[1]),
): AnyTensor {
  return { dtype: "float32", shape, data };
}

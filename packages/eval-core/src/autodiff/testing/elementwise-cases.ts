/** Random cases of the operators that work element by element, of reductions and of matrix products. */
import { float, int, string } from "../attributes.ts";
import { codeOf } from "../dtypes.ts";
import type { CaseMaker } from "./case.ts";

const unary =
  (opType: string, low = -2, high = 2): CaseMaker =>
  (d) =>
    d.finish(opType, [d.input("x", d.shape(0, 4), low, high)]);

const binary =
  (opType: string, low = -2, high = 2): CaseMaker =>
  (d) => {
    const shape = d.shape(0, 4);
    const [a, b] = d.bool() ? [shape, d.broadcastable(shape)] : [d.broadcastable(shape), shape];
    return d.finish(opType, [d.input("a", a, low, high), d.input("b", b, low, high)]);
  };

/** A few inputs, each broadcasting to the same shape. */
const variadic =
  (opType: string): CaseMaker =>
  (d) => {
    const shape = d.shape(1, 3);
    const count = d.int(1, 4);
    // All values come from one spread, so that no two inputs ever tie.
    return d.finish(
      opType,
      Array.from({ length: count }, (_, i) =>
        d.input(`x${i}`, i === 0 ? shape : d.broadcastable(shape), -2 + 0.001 * i, 2 + 0.003 * i),
      ),
    );
  };

const reduce =
  (opType: string): CaseMaker =>
  (d) => {
    const shape = d.shape(1, 4);
    const axes = d
      .permutation(shape.length)
      .slice(0, d.int(0, shape.length))
      .map((axis) => (d.bool() ? axis : axis - shape.length));
    const x = d.input("x", shape);
    const inputs = axes.length === 0 && d.bool() ? [x] : [x, d.ints("axes", axes)];
    return d.finish(opType, inputs, {
      keepdims: int(d.int(0, 1)),
      noop_with_empty_axes: int(axes.length === 0 ? d.int(0, 1) : 0),
    });
  };

const alongAxis =
  (opType: string): CaseMaker =>
  (d) => {
    const shape = d.shape(1, 4);
    return d.finish(opType, [d.input("x", shape)], { axis: int(d.int(-shape.length, shape.length - 1)) });
  };

export const elementwiseCases = {
  Relu: unary("Relu"),
  LeakyRelu: (d) => d.finish("LeakyRelu", [d.input("x", d.shape(0, 4))], { alpha: float(d.pick(0.01, 0.2)) }),
  Sigmoid: unary("Sigmoid", -4, 4),
  HardSigmoid: (d) =>
    d.finish("HardSigmoid", [d.input("x", d.shape(0, 4), -4, 4)], {
      alpha: float(d.pick(0.2, 1 / 6)),
      beta: float(0.5),
    }),
  Tanh: unary("Tanh"),
  Exp: unary("Exp"),
  Log: unary("Log", 0.2, 3),
  Sqrt: unary("Sqrt", 0.2, 3),
  Abs: unary("Abs"),
  Neg: unary("Neg"),
  Reciprocal: unary("Reciprocal", 0.3, 3),
  Erf: unary("Erf"),
  Gelu: (d) =>
    d.finish("Gelu", [d.input("x", d.shape(0, 4))], { approximate: string(d.pick("none", "tanh")) }),
  Identity: unary("Identity"),
  Dropout: unary("Dropout"),
  Clip: (d) => {
    const x = d.input("x", d.shape(1, 3));
    const low = d.bool() ? d.given("low", [], d.numbers(1, -1, -0.4)) : "";
    const high = d.bool() ? d.given("high", [], d.numbers(1, 0.4, 1)) : "";
    return d.finish("Clip", high ? [x, low, high] : low ? [x, low] : [x]);
  },
  Cast: (d) => d.finish("Cast", [d.input("x", d.shape(0, 3))], { to: int(codeOf("float32")) }),
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  Div: binary("Div", 0.4, 3),
  Mod: (d) => {
    const shape = d.shape(1, 3);
    // Quotients of 2.1 to 2.9: no step of the floor is near.
    const b = d.input("b", shape, 1, 1.05);
    return d.finish("Mod", [d.input("a", shape, 2.2, 2.85), b], { fmod: int(1) });
  },
  Pow: (d) => {
    const shape = d.shape(1, 3);
    const base = d.input("a", shape, 0.3, 2);
    const exponent = d.bool()
      ? d.input("b", d.broadcastable(shape), -1, 3)
      : d.floats("b", [d.pick(1, 2, 3, 0.5)], []);
    return d.finish("Pow", [base, exponent]);
  },
  Where: (d) => {
    const shape = d.shape(1, 3);
    const condition = d.data("c", "bool", d.broadcastable(shape), 0, 1);
    return d.finish("Where", [condition, d.input("a", shape), d.input("b", d.broadcastable(shape))]);
  },
  Min: variadic("Min"),
  Max: variadic("Max"),
  Sum: variadic("Sum"),
  ReduceSum: reduce("ReduceSum"),
  ReduceMean: reduce("ReduceMean"),
  ReduceMax: reduce("ReduceMax"),
  ReduceSumSquare: reduce("ReduceSumSquare"),
  Softmax: alongAxis("Softmax"),
  LogSoftmax: alongAxis("LogSoftmax"),
  MatMul: (d) => {
    const [m, k, n] = [d.int(1, 3), d.int(1, 3), d.int(1, 3)];
    const batch = d.shape(0, 2);
    const a = d.int(0, 5) === 0 ? [k] : [...batch, m, k];
    const b = d.int(0, 5) === 0 ? [k] : [...(d.bool() ? [] : d.broadcastable(batch)), k, n];
    return d.finish("MatMul", [d.input("a", a), d.input("b", b)]);
  },
  Gemm: (d) => {
    const [m, k, n] = [d.int(1, 4), d.int(1, 4), d.int(1, 4)];
    const [transA, transB] = [d.int(0, 1), d.int(0, 1)];
    const inputs = [d.input("a", transA ? [k, m] : [m, k]), d.input("b", transB ? [n, k] : [k, n])];
    if (d.bool()) inputs.push(d.input("c", d.broadcastable([m, n])));
    return d.finish("Gemm", inputs, {
      transA: int(transA),
      transB: int(transB),
      alpha: float(d.pick(1, 0.5)),
      beta: float(d.pick(1, 2)),
    });
  },
} satisfies Record<string, CaseMaker>;

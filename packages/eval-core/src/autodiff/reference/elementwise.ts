/** One element at a time, with NumPy's broadcasting. */
import type { DType } from "../../tensor/tensor.ts";
import { floatOf, has, intOf, stringOf } from "../attributes.ts";
import { dtypeOf } from "../dtypes.ts";
import { fail } from "../errors.ts";
import { type Kernel, need } from "./kernel.ts";
import { broadcastShapes, broadcastStrides, indices, offsetOf, type Value, value } from "./value.ts";

const map = (x: Value, f: (v: number) => number, dtype: DType = x.dtype): Value[] => [
  value(dtype, x.shape, x.data.map(f)),
];

const unary =
  (f: (v: number) => number): Kernel =>
  (inputs, node) =>
    map(need(inputs, 0, node), f);

/** f over all inputs broadcast together; the dtype of the result is that of input `like` unless given. */
const broadcast =
  (f: (...values: number[]) => number, dtype?: DType, like = 0): Kernel =>
  (inputs, node) => {
    const given = inputs.map((_, i) => need(inputs, i, node));
    const shape =
      broadcastShapes(...given.map((v) => v.shape)) ??
      fail(node, `shapes ${given.map((v) => `[${v.shape}]`).join(" and ")} do not broadcast`);
    const strides = given.map((v) => broadcastStrides(v.shape, shape));
    const data: number[] = [];
    for (const index of indices(shape)) {
      data.push(f(...given.map((v, i) => v.data[offsetOf(index, strides[i]!)]!)));
    }
    return [value(dtype ?? given[like]!.dtype, shape, data)];
  };

/** W. J. Cody's relation of erf to its series (|x| < 3) and continued fraction (beyond): 1e-15 everywhere. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    // erf x = 2/sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1*3*...*(2n+1)): all terms positive, no cancellation.
    let term = a;
    let sum = a;
    for (let n = 1; term > 1e-18 * sum; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return (Math.sign(x) * 2 * sum * Math.exp(-a * a)) / Math.sqrt(Math.PI);
  }
  // erfc x = exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))))
  let tail = a;
  for (let n = 60; n >= 1; n--) tail = a + n / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / tail);
}

const roundHalfToEven = (v: number): number => {
  const floor = Math.floor(v);
  if (v - floor !== 0.5) return Math.round(v);
  return floor % 2 === 0 ? floor : floor + 1;
};

export const elementwise = {
  Relu: unary((x) => Math.max(x, 0)),
  LeakyRelu: (inputs, node) => {
    const alpha = floatOf(node, "alpha", 0.01);
    return map(need(inputs, 0, node), (x) => (x < 0 ? alpha * x : x));
  },
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  HardSigmoid: (inputs, node) => {
    const [alpha, beta] = [floatOf(node, "alpha", 0.2), floatOf(node, "beta", 0.5)];
    return map(need(inputs, 0, node), (x) => Math.max(0, Math.min(1, alpha * x + beta)));
  },
  Tanh: unary(Math.tanh),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Abs: unary(Math.abs),
  Neg: unary((x) => -x),
  Reciprocal: unary((x) => 1 / x),
  Erf: unary(erf),
  Gelu: (inputs, node) => {
    const x = need(inputs, 0, node);
    return stringOf(node, "approximate", "none") === "tanh"
      ? map(x, (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))))
      : map(x, (v) => 0.5 * v * (1 + erf(v / Math.SQRT2)));
  },
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfToEven),
  Not: unary((x) => (x ? 0 : 1)),
  Identity: unary((x) => x),
  Dropout: (inputs, node) => {
    if (inputs[2]?.data[0])
      fail(node, "dropout in training mode is not supported: set training_mode to false");
    const x = need(inputs, 0, node);
    return [x, value("bool", x.shape, new Float64Array(x.data.length).fill(1))];
  },
  Clip: (inputs, node) => {
    const low = inputs[1]?.data[0] ?? (has(node, "min") ? floatOf(node, "min", 0) : Number.NEGATIVE_INFINITY);
    const high =
      inputs[2]?.data[0] ?? (has(node, "max") ? floatOf(node, "max", 0) : Number.POSITIVE_INFINITY);
    return map(need(inputs, 0, node), (x) => Math.min(Math.max(x, low), high));
  },
  Cast: (inputs, node) => {
    const to = dtypeOf(intOf(node, "to", 0)) ?? fail(node, `unknown dtype code ${intOf(node, "to", 0)}`);
    const x = need(inputs, 0, node);
    if (to === "bool") return map(x, (v) => (v === 0 ? 0 : 1), to);
    return map(x, to.startsWith("int") || to.startsWith("uint") ? Math.trunc : (v) => v, to);
  },
  Add: broadcast((a, b) => a! + b!),
  Sub: broadcast((a, b) => a! - b!),
  Mul: broadcast((a, b) => a! * b!),
  // Integers divide towards zero, as ONNX says.
  Div: (inputs, node) =>
    broadcast(
      need(inputs, 0, node).dtype.startsWith("int") ? (a, b) => Math.trunc(a! / b!) : (a, b) => a! / b!,
    )(inputs, node),
  Pow: broadcast((a, b) => a! ** b!),
  Mod: broadcast((a, b) => a! - b! * Math.floor(a! / b!)),
  Min: broadcast((...v) => Math.min(...v)),
  Max: broadcast((...v) => Math.max(...v)),
  Sum: broadcast((...v) => v.reduce((a, b) => a + b, 0)),
  Where: broadcast((c, a, b) => (c ? a! : b!), undefined, 1),
  Equal: broadcast((a, b) => Number(a === b), "bool"),
  Greater: broadcast((a, b) => Number(a! > b!), "bool"),
  GreaterOrEqual: broadcast((a, b) => Number(a! >= b!), "bool"),
  Less: broadcast((a, b) => Number(a! < b!), "bool"),
  LessOrEqual: broadcast((a, b) => Number(a! <= b!), "bool"),
  And: broadcast((a, b) => Number(a && b), "bool"),
  Or: broadcast((a, b) => Number(a || b), "bool"),
} satisfies Record<string, Kernel>;

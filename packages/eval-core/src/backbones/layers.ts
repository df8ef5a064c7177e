/** Layers that transformers and ConvNeXts share, written in operators that run on every device and have gradients. */
import { float, int, tensorAttribute } from "../onnx/attributes.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import type { Activation } from "./choices.ts";

/** A number or table that is no weight: a node, for initializers are what training changes. */
export function fixed(g: GraphBuilder, value: Tensor<"float32">): string {
  return g.op("Constant", [], { value: tensorAttribute(value) });
}

export const fixedNumber = (g: GraphBuilder, value: number): string =>
  fixed(g, tensor("float32", [], Float32Array.of(value)));

/** Over the last axis, biased variance, epsilon inside the root; weights `name`.weight and .bias. */
export function layerNorm(g: GraphBuilder, x: string, name: string, epsilon: number): string {
  return g.op("LayerNormalization", [x, `${name}.weight`, `${name}.bias`], {
    axis: int(-1),
    epsilon: float(epsilon),
  });
}

/** x W + b, with `name`.weight [inputs, outputs]. */
export function linear(g: GraphBuilder, x: string, name: string, bias = true): string {
  const product = g.op("MatMul", [x, `${name}.weight`]);
  return bias ? g.op("Add", [product, `${name}.bias`]) : product;
}

export function activate(g: GraphBuilder, x: string, activation: Activation): string {
  switch (activation) {
    case "gelu": {
      // x/2 (1 + erf(x / sqrt 2))
      const erf = g.op("Erf", [g.op("Div", [x, fixedNumber(g, Math.SQRT2)])]);
      const product = g.op("Mul", [x, g.op("Add", [erf, fixedNumber(g, 1)])]);
      return g.op("Mul", [product, fixedNumber(g, 0.5)]);
    }
    case "gelu-tanh": {
      // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
      const cube = g.op("Mul", [g.op("Mul", [x, x]), x]);
      const inner = g.op("Add", [x, g.op("Mul", [cube, fixedNumber(g, 0.044715)])]);
      const tanh = g.op("Tanh", [g.op("Mul", [inner, fixedNumber(g, Math.sqrt(2 / Math.PI))])]);
      const product = g.op("Mul", [x, g.op("Add", [tanh, fixedNumber(g, 1)])]);
      return g.op("Mul", [product, fixedNumber(g, 0.5)]);
    }
    case "quick-gelu":
      // x sigmoid(1.702 x)
      return g.op("Mul", [x, g.op("Sigmoid", [g.op("Mul", [x, fixedNumber(g, 1.702)])])]);
  }
}

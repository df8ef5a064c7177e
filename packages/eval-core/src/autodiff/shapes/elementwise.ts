/** Shapes of what works element by element. */
import { intOf } from "../attributes.ts";
import { dtypeOf } from "../dtypes.ts";
import { fail } from "../errors.ts";
import { broadcastShapes } from "../reference/value.ts";
import { input, type ShapeContext, type ShapeRule } from "./rule.ts";

const same: ShapeRule = (context) => [input(context, 0)];

function broadcast(context: ShapeContext): number[] {
  const shapes = context.node.inputs.map((_, i) => input(context, i).shape);
  return (
    broadcastShapes(...shapes) ??
    fail(
      context.node,
      `${context.node.inputs.map((name, i) => `'${name}' [${shapes[i]}]`).join(" and ")} do not broadcast`,
    )
  );
}

/** All inputs have the dtype of input `from`, and so has the output. */
const arithmetic =
  (from = 0): ShapeRule =>
  (context) => {
    const { dtype } = input(context, from);
    for (let i = from; i < context.node.inputs.length; i++) {
      const other = input(context, i).dtype;
      if (other !== dtype)
        fail(context.node, `'${context.node.inputs[i]}' must be ${dtype} like its fellows, found ${other}`);
    }
    return [{ dtype, shape: broadcast(context) }];
  };

const comparison: ShapeRule = (context) => [{ dtype: "bool", shape: broadcast(context) }];

export const elementwise = {
  Relu: same,
  LeakyRelu: same,
  Sigmoid: same,
  HardSigmoid: same,
  Tanh: same,
  Exp: same,
  Log: same,
  Sqrt: same,
  Abs: same,
  Neg: same,
  Reciprocal: same,
  Erf: same,
  Gelu: same,
  Sign: same,
  Floor: same,
  Ceil: same,
  Round: same,
  Not: same,
  Identity: same,
  Clip: same,
  Dropout: (context) => [input(context, 0), { dtype: "bool", shape: input(context, 0).shape }],
  Cast: (context) => {
    const code = intOf(context.node, "to", 0);
    return [
      {
        dtype: dtypeOf(code) ?? fail(context.node, `unknown dtype code ${code}`),
        shape: input(context, 0).shape,
      },
    ];
  },
  Add: arithmetic(),
  Sub: arithmetic(),
  Mul: arithmetic(),
  Div: arithmetic(),
  Mod: arithmetic(),
  Pow: (context) => [{ dtype: input(context, 0).dtype, shape: broadcast(context) }],
  Min: arithmetic(),
  Max: arithmetic(),
  Sum: arithmetic(),
  Where: arithmetic(1),
  Equal: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  And: comparison,
  Or: comparison,
} satisfies Record<string, ShapeRule>;

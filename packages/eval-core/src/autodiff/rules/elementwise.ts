/** Derivatives of what works element by element. Broadcasts are summed by the caller. */
import { floatOf, has } from "../attributes.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";
import { positive } from "./step.ts";

const greater = ({ e }: RuleContext, a: string, b: string) => e.op("Greater", [a, b]);
const zero = ({ e }: RuleContext, like: string) => e.scalar(0, like);

/** Clip's bounds as inputs, whether the node gives them so or as attributes. */
function bounds({ e, x, node }: RuleContext): { low: string | undefined; high: string | undefined } {
  const bound = (name: string, position: number) =>
    x(position) || (has(node, name) ? e.scalar(floatOf(node, name, 0), x(0)) : undefined);
  return { low: bound("min", 1), high: bound("max", 2) };
}

/** d/dx x^b = b * x^(b-1), with the constant exponents that networks use written as products. */
function powBase({ e, x, dy }: RuleContext): string {
  const [base, exponent] = [x(0), x(1)];
  const known = e.constant(exponent);
  const number = known?.data.length === 1 ? known.data[0]! : undefined;
  if (number === 1) return dy();
  if (number === 2) return e.mul(dy(), e.scale(base, 2));
  const reduced = e.sub(exponent, e.scalar(1, exponent));
  return e.mul(dy(), e.mul(exponent, e.op("Pow", [base, reduced])));
}

export const elementwise = {
  // dx = dy * [y > 0]
  Relu: each((c) => c.e.mul(c.dy(), positive(c.e, c.y()))),
  // dx = dy * (x > 0 ? 1 : alpha)
  LeakyRelu: each((c) => {
    const alpha = floatOf(c.node, "alpha", 0.01);
    return c.e.where(greater(c, c.x(0), zero(c, c.x(0))), c.dy(), c.e.scale(c.dy(), alpha));
  }),
  // dx = dy * y * (1 - y)
  Sigmoid: each(({ e, y, dy }) => e.mul(dy(), e.mul(y(), e.sub(e.scalar(1, y()), y())))),
  // dx = dy * alpha where 0 < y < 1
  HardSigmoid: each((c) => {
    const { e } = c;
    const slope = e.scale(c.dy(), floatOf(c.node, "alpha", 0.2));
    return e.only(
      greater(c, c.y(), zero(c, c.y())),
      e.only(e.op("Less", [c.y(), e.scalar(1, c.y())]), slope),
    );
  }),
  // dx = dy * (1 - y^2)
  Tanh: each(({ e, y, dy }) => e.mul(dy(), e.sub(e.scalar(1, y()), e.mul(y(), y())))),
  // dx = dy * y
  Exp: each(({ e, y, dy }) => e.mul(dy(), y())),
  // dx = dy / x
  Log: each(({ e, x, dy }) => e.div(dy(), x(0))),
  // dx = dy / (2 y)
  Sqrt: each(({ e, y, dy }) => e.div(dy(), e.scale(y(), 2))),
  // dx = dy * sign(x), 0 at 0; WebGPU has no Sign
  Abs: each((c) => {
    const [x, dy] = [c.x(0), c.dy()];
    const below = c.e.where(greater(c, zero(c, x), x), c.e.neg(dy), zero(c, dy));
    return c.e.where(greater(c, x, zero(c, x)), dy, below);
  }),
  // dx = -dy
  Neg: each(({ e, dy }) => e.neg(dy())),
  // dx = -dy * y^2
  Reciprocal: each(({ e, y, dy }) => e.neg(e.mul(dy(), e.mul(y(), y())))),
  // dx = dy * 2/sqrt(pi) * exp(-x^2)
  Erf: each(({ e, x, dy }) => {
    const bell = e.op("Exp", [e.neg(e.mul(x(0), x(0)))]);
    return e.mul(dy(), e.scale(bell, 2 / Math.sqrt(Math.PI)));
  }),
  // dx = dy inside the bounds (themselves included, as PyTorch), else 0; dlow = dy below it; dhigh = dy above it
  Clip: each(
    (c) => {
      const { low, high } = bounds(c);
      let dx = c.dy();
      if (low) dx = c.e.only(c.e.op("GreaterOrEqual", [c.x(0), low]), dx);
      if (high) dx = c.e.only(c.e.op("LessOrEqual", [c.x(0), high]), dx);
      return dx;
    },
    (c) => c.e.only(greater(c, c.x(1), c.x(0)), c.dy()),
    (c) => c.e.only(greater(c, c.x(0), c.x(2)), c.dy()),
  ),
  // dx = dy, back in x's own float
  Cast: each(({ e, x, dy }) => e.cast(dy(), e.dtype(x(0)))),
  Identity: each(({ dy }) => dy()),
  // in inference mode
  Dropout: each(({ dy }) => dy()),
  // da = dy, db = dy
  Add: each(
    ({ dy }) => dy(),
    ({ dy }) => dy(),
  ),
  // da = dy, db = -dy
  Sub: each(
    ({ dy }) => dy(),
    ({ e, dy }) => e.neg(dy()),
  ),
  // da = dy * b, db = dy * a
  Mul: each(
    ({ e, x, dy }) => e.mul(dy(), x(1)),
    ({ e, x, dy }) => e.mul(dy(), x(0)),
  ),
  // da = dy / b, db = -dy * y / b
  Div: each(
    ({ e, x, dy }) => e.div(dy(), x(1)),
    ({ e, x, y, dy }) => e.neg(e.div(e.mul(dy(), y()), x(1))),
  ),
  // y = a - b floor(a/b): da = dy, db = -dy floor(a/b)
  Mod: each(
    ({ dy }) => dy(),
    ({ e, x, dy }) => e.neg(e.mul(dy(), e.op("Floor", [e.div(x(0), x(1))]))),
  ),
  // da = dy * b * a^(b-1), db = dy * y * log(a), 0 where a is not positive
  Pow: each(powBase, (c) => {
    const { e, x, y, dy } = c;
    const positive = greater(c, x(0), zero(c, x(0)));
    const log = e.op("Log", [e.where(positive, x(0), e.scalar(1, x(0)))]);
    return e.mul(dy(), e.mul(y(), log));
  }),
  // da = dy where the condition holds, db = dy where it does not
  Where: ({ e, x, dy, wants }) => [
    undefined,
    wants(1) ? e.only(x(0), dy()) : undefined,
    wants(2) ? e.where(x(0), e.scalar(0, dy()), dy()) : undefined,
  ],
  // da = dy where a <= b, db = dy elsewhere: ties go to the first
  Min: (c) => chosen(c, "LessOrEqual"),
  // da = dy where a >= b, db = dy elsewhere: ties go to the first
  Max: (c) => chosen(c, "GreaterOrEqual"),
} satisfies Record<string, Rule>;

/** Min and Max of two; longer ones are lowered to chains of two before. */
function chosen({ e, node, x, dy, wants }: RuleContext, comparison: string): (string | undefined)[] {
  if (node.inputs.length === 1) return [dy()];
  const first = e.op(comparison, [x(0), x(1)]);
  return [
    wants(0) ? e.only(first, dy()) : undefined,
    wants(1) ? e.where(first, e.scalar(0, dy()), dy()) : undefined,
  ];
}

/** Derivatives of matrix products. */
import { floatOf, intOf } from "../attributes.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";

const swapLast = ({ e }: RuleContext, a: string): string => {
  const rank = e.shape(a).length;
  return e.transpose(a, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
};

/** The operands as at least matrices, and dy with the axes that vectors dropped. */
function asMatrices(c: RuleContext): { a: string; b: string; dy: string } {
  const { e } = c;
  const [aShape, bShape] = [e.shape(c.x(0)), e.shape(c.x(1))];
  const a = aShape.length === 1 ? e.reshape(c.x(0), [1, ...aShape]) : c.x(0);
  const b = bShape.length === 1 ? e.reshape(c.x(1), [...bShape, 1]) : c.x(1);
  const [m, n] = [e.shape(a).at(-2)!, e.shape(b).at(-1)!];
  const batch = e
    .shape(c.y())
    .slice(0, e.shape(c.y()).length - 2 + (aShape.length === 1 ? 1 : 0) + (bShape.length === 1 ? 1 : 0));
  return { a, b, dy: e.reshape(c.dy(), [...batch, m, n]) };
}

/** Rows of all batches under each other: a matrix. */
const stacked = ({ e }: RuleContext, a: string): string => {
  const columns = e.shape(a).at(-1)!;
  return e.reshape(a, [e.size(a) / columns, columns]);
};

export const linear = {
  // da = dy b^T, db = a^T dy
  MatMul: (c) => {
    const { e, wants } = c;
    const { a, b, dy } = asMatrices(c);
    const weights = e.shape(b).length === 2;
    const da = () => e.matMul(dy, swapLast(c, b));
    // One product for all batches when b is a single matrix, instead of many and a sum.
    const db = () =>
      weights ? e.gemm(stacked(c, a), stacked(c, dy), { transA: 1 }) : e.matMul(swapLast(c, a), dy);
    const fit = (gradient: string, position: number) =>
      e.shape(c.x(position)).length === 1 ? dropUnit(c, gradient, position) : gradient;
    return [wants(0) ? fit(da(), 0) : undefined, wants(1) ? fit(db(), 1) : undefined];
  },
  // Y = alpha A' B' + beta C: dA' = alpha dy B'^T, dB' = alpha A'^T dy, dC = beta dy, where ' is the asked transposition
  Gemm: each(
    ({ e, node, x, dy }) => {
      const [tA, tB, alpha] = [intOf(node, "transA", 0), intOf(node, "transB", 0), floatOf(node, "alpha", 1)];
      return tA
        ? e.gemm(x(1), dy(), { transA: tB, transB: 1, alpha })
        : e.gemm(dy(), x(1), { transB: 1 - tB, alpha });
    },
    ({ e, node, x, dy }) => {
      const [tA, tB, alpha] = [intOf(node, "transA", 0), intOf(node, "transB", 0), floatOf(node, "alpha", 1)];
      return tB
        ? e.gemm(dy(), x(0), { transA: 1, transB: tA, alpha })
        : e.gemm(x(0), dy(), { transA: 1 - tA, alpha });
    },
    ({ e, node, dy }) => e.scale(dy(), floatOf(node, "beta", 1)),
  ),
} satisfies Record<string, Rule>;

/** Takes away the axis of one that made a vector a matrix, keeping the batch axes for the caller to sum. */
function dropUnit({ e }: RuleContext, gradient: string, position: number): string {
  const shape = e.shape(gradient);
  return e.reshape(gradient, shape.toSpliced(position === 0 ? -2 : -1, 1));
}

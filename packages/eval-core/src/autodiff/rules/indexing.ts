/** Derivatives of reading and writing at indices: what was read adds up where it was read from. */
import { axisOf, int, intOf, string, stringOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { each, type Rule, type RuleContext } from "./rule.ts";

const addUp = { reduction: string("add") };

/** The index input as int64 with negative constants counted from the front. */
function indicesOf({ e, x }: RuleContext, size: number): string {
  const known = e.constant(x(1));
  if (!known) return e.cast(x(1), "int64");
  return e.literal(
    "int64",
    known.shape,
    known.data.map((v) => (v < 0 ? v + size : v)),
  );
}

/** Which of "none" and "add" a Scatter does. */
function reductionOf({ node }: RuleContext): "none" | "add" {
  const how = stringOf(node, "reduction", "none");
  return how === "none" || how === "add" ? how : fail(node, `reduction '${how}' has no gradient here`);
}

export const indexing = {
  // dx[i] = sum of dy over all places that read i
  Gather: each((c) => {
    const { e, node, x, dy } = c;
    const shape = e.shape(x(0));
    const axis = axisOf(node, intOf(node, "axis", 0), shape.length);
    const at = indicesOf(c, shape[axis]!);
    const depth = e.shape(at).length;
    // The indexed axis first: dy[..., at, ...] to [at, rest], scattered into x's shape with that axis in front.
    const rank = e.shape(dy()).length;
    const indexed = Array.from({ length: depth }, (_, i) => axis + i);
    const rest = [...Array(rank).keys()].filter((i) => !indexed.includes(i));
    const updates = e.transpose(dy(), [...indexed, ...rest]);
    const front = [shape[axis]!, ...shape.toSpliced(axis, 1)];
    const rows = e.reshape(at, [...e.shape(at), 1]);
    const scattered = e.op("ScatterND", [e.zeros(front, x(0)), rows, updates], addUp);
    const back = shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
    return e.transpose(scattered, back);
  }),
  // dx[..., at[i], ...] += dy[i]
  GatherElements: each((c) => {
    const { e, node, x, dy } = c;
    const axis = axisOf(node, intOf(node, "axis", 0), e.shape(x(0)).length);
    const at = indicesOf(c, e.shape(x(0))[axis]!);
    const zeros = e.zeros(e.shape(x(0)), x(0));
    return e.op("ScatterElements", [zeros, at, dy()], { axis: int(axis), ...addUp });
  }),
  // dx[at[i]] += dy[i]
  GatherND: each(({ e, x, dy }) => e.op("ScatterND", [e.zeros(e.shape(x(0)), x(0)), x(1), dy()], addUp)),
  // ddata = dy, without the places that were overwritten; dupdates = dy at the indices
  ScatterND: (c) => {
    const { e, x, dy, wants } = c;
    const keeps = reductionOf(c) === "add";
    const overwritten = () => e.op("ScatterND", [dy(), x(1), e.zeros(e.shape(x(2)), x(2))]);
    return [
      wants(0) ? (keeps ? dy() : overwritten()) : undefined,
      undefined,
      wants(2) ? e.op("GatherND", [dy(), x(1)]) : undefined,
    ];
  },
  // the same, along one axis
  ScatterElements: (c) => {
    const { e, node, x, dy, wants } = c;
    const axis = { axis: int(axisOf(node, intOf(node, "axis", 0), e.shape(x(0)).length)) };
    const keeps = reductionOf(c) === "add";
    const overwritten = () => e.op("ScatterElements", [dy(), x(1), e.zeros(e.shape(x(2)), x(2))], axis);
    return [
      wants(0) ? (keeps ? dy() : overwritten()) : undefined,
      undefined,
      wants(2) ? e.op("GatherElements", [dy(), x(1)], axis) : undefined,
    ];
  },
} satisfies Record<string, Rule>;

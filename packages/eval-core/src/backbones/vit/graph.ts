/** The vision transformer as a graph: patches, blocks, and whichever readouts are asked for. */
import { float, int, ints } from "../../onnx/attributes.ts";
import type { GraphBuilder } from "../../onnx/builder.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { GraphForm, Weights } from "../family.ts";
import { activate, fixed, fixedNumber, layerNorm, linear } from "../layers.ts";
import { patchGrid, prefixTokens, type VitArchitecture, vitReadouts } from "./architecture.ts";
import { rotationTables } from "./rotation.ts";

interface Built {
  readonly g: GraphBuilder;
  readonly a: VitArchitecture;
  readonly form: GraphForm;
  /** Patches down and across. */
  readonly grid: readonly [number, number];
  readonly tokens: number;
  readonly tables?: { readonly cos: string; readonly sin: string };
}

export function buildVit(
  g: GraphBuilder,
  a: VitArchitecture,
  input: string,
  outputs: readonly string[],
  form: GraphForm,
  tensors: Weights,
): Map<string, readonly number[]> {
  const grid = patchGrid(a, form.size);
  const tokens = prefixTokens(a) + grid[0] * grid[1];
  const periods = tensors.get("rope.periods");
  const tables = periods && rotationTables(periods.data, prefixTokens(a), grid);
  const built: Built = {
    g,
    a,
    form,
    grid,
    tokens,
    ...(tables ? { tables: { cos: fixed(g, tables.cos), sin: fixed(g, tables.signedSin) } } : {}),
  };
  let x = embed(built, input);
  if (a.preNorm) x = layerNorm(g, x, "norm_pre", a.epsilon);
  const after: string[] = [];
  for (let i = 0; i < a.depth; i++) {
    x = block(built, x, `blocks.${i}.`);
    after.push(x);
  }
  return read(built, after, outputs);
}

/** [N, 3, H, W] to [N, tokens, D], prefix and positions added. */
function embed({ g, a, form, grid, tokens }: Built, input: string): string {
  const { patch: p, width: d } = a;
  const [rows, columns] = grid;
  let patches: string;
  if (form.training) {
    const cut =
      rows * p === form.size[0] && columns * p === form.size[1]
        ? input
        : g.op("Slice", [input, g.ints([0, 0]), g.ints([rows * p, columns * p]), g.ints([2, 3])]);
    const apart = g.op("Reshape", [cut, g.ints([0, 3, rows, p, columns, p])]);
    const together = g.op("Transpose", [apart], { perm: ints([0, 2, 4, 1, 3, 5]) });
    const flat = g.op("Reshape", [together, g.ints([0, rows * columns, 3 * p * p])]);
    patches = linear(g, flat, "patch_embed.proj", a.patchBias);
  } else {
    const map = g.op(
      "Conv",
      [input, "patch_embed.proj.weight", a.patchBias ? "patch_embed.proj.bias" : undefined],
      { kernel_shape: ints([p, p]), strides: ints([p, p]) },
    );
    const flat = g.op("Reshape", [map, g.ints([0, d, rows * columns])]);
    patches = g.op("Transpose", [flat], { perm: ints([0, 2, 1]) });
  }
  const prefix = prefixTokens(a);
  const padded = prefix === 0 ? patches : g.op("Pad", [patches, g.ints([0, prefix, 0, 0, 0, 0])]);
  if (!form.training) return g.op("Add", [padded, "token_table"]);
  const zeros = (count: number) => fixed(g, tensor("float32", [1, count, d], new Float32Array(count * d)));
  let sum = padded;
  if (prefix > 0) {
    const named = [
      ...(a.classToken ? ["cls_token"] : []),
      ...(a.distillationToken ? ["dist_token"] : []),
      ...(a.registers > 0 ? ["reg_token"] : []),
    ];
    sum = g.op("Add", [sum, g.op("Concat", [...named, zeros(tokens - prefix)], { axis: int(1) })]);
  }
  if (a.positions === "none") return sum;
  const before = a.positions === "all" ? prefix - a.registers : 0;
  if (before === prefix) return g.op("Add", [sum, "pos_embed"]);
  if (before === 0) return g.op("Add", [sum, g.op("Pad", ["pos_embed", g.ints([0, prefix, 0, 0, 0, 0])])]);
  const [first, rest] = g.ops("Split", ["pos_embed", g.ints([before, rows * columns])], 2, { axis: int(1) });
  return g.op("Add", [sum, g.op("Concat", [first!, zeros(a.registers), rest!], { axis: int(1) })]);
}

/** x + ls1 proj(attention(norm1(x))), then x + ls2 mlp(norm2(x)). */
function block(built: Built, x: string, at: string): string {
  const { g, a, form } = built;
  const scaled = (value: string, name: string) =>
    a.layerScale && form.training ? g.op("Mul", [value, `${at}${name}`]) : value;
  const attended = attention(built, layerNorm(g, x, `${at}norm1`, a.epsilon), at);
  const y = g.op("Add", [x, scaled(attended, "ls1")]);
  const normed = layerNorm(g, y, `${at}norm2`, a.epsilon);
  return g.op("Add", [y, scaled(mlp(g, normed, `${at}mlp.`, a), "ls2")]);
}

function mlp(g: GraphBuilder, x: string, at: string, { mlp: kind }: VitArchitecture): string {
  if (kind !== "swiglu") return linear(g, activate(g, linear(g, x, `${at}fc1`), kind), `${at}fc2`);
  // silu(gate(x)) * up(x)
  const gate = linear(g, x, `${at}gate`);
  const silu = g.op("Mul", [gate, g.op("Sigmoid", [gate])]);
  return linear(g, g.op("Mul", [silu, linear(g, x, `${at}up`)]), `${at}down`);
}

/** softmax(q k^T / sqrt(D/h)) v, heads side by side, then `proj`. */
function attention(built: Built, x: string, at: string): string {
  const { g, a, form, tokens } = built;
  const { heads, width: d } = a;
  const head = d / heads;
  const project = (name: string, turn: readonly number[] = [0, 2, 1, 3]) => {
    const flat = linear(g, x, `${at}attn.${name}`, a.qkvBias);
    const apart = g.op("Reshape", [flat, g.ints([0, tokens, heads, head])]);
    return g.op("Transpose", [apart], { perm: ints(turn) });
  };
  let q = project("q");
  let k: string;
  if (built.tables) {
    q = rotated(built, q);
    k = g.op("Transpose", [rotated(built, project("k"))], { perm: ints([0, 1, 3, 2]) });
  } else {
    k = project("k", [0, 2, 3, 1]);
  }
  let scores = g.op("MatMul", [q, k]);
  if (form.training) scores = g.op("Mul", [scores, fixedNumber(g, 1 / Math.sqrt(head))]);
  const mixed = g.op("MatMul", [g.op("Softmax", [scores], { axis: int(-1) }), project("v")]);
  const together = g.op("Transpose", [mixed], { perm: ints([0, 2, 1, 3]) });
  return linear(g, g.op("Reshape", [together, g.ints([0, tokens, d])]), `${at}attn.proj`);
}

/** t cos + [b, a] signedSin for t = [a, b] on halves of the last axis. */
function rotated({ g, a, tables }: Built, t: string): string {
  const half = a.width / a.heads / 2;
  const [first, second] = g.ops("Split", [t, g.ints([half, half])], 2, { axis: int(-1) });
  const swapped = g.op("Concat", [second!, first!], { axis: int(-1) });
  return g.op("Add", [g.op("Mul", [t, tables!.cos]), g.op("Mul", [swapped, tables!.sin])]);
}

/** @param after the tokens after each block */
function read(
  built: Built,
  after: readonly string[],
  outputs: readonly string[],
): Map<string, readonly number[]> {
  const { g, a, grid, tokens } = built;
  const { width: d, epsilon } = a;
  const prefix = prefixTokens(a);
  const last = after.at(-1)!;
  const made = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  const norm = (x: string) => layerNorm(g, x, "norm", epsilon);
  const first = (x: string) =>
    g.op("Squeeze", [g.op("Slice", [x, g.ints([0]), g.ints([1]), g.ints([1])]), g.ints([1])]);
  const behindPrefix = (x: string) =>
    prefix === 0 ? x : g.op("Slice", [x, g.ints([prefix]), g.ints([tokens]), g.ints([1])]);
  const mean = (x: string) => g.op("ReduceMean", [x, g.ints([1])], { keepdims: int(0) });
  const join = (parts: readonly string[]) => g.op("Concat", parts, { axis: int(1) });

  const y = () => once("y", () => (a.norm ? norm(last) : last));
  const cls = () => once("cls", () => first(y()));
  const patches = () => once("patches", () => behindPrefix(y()));
  const meanPatch = () =>
    once("mean", () => {
      const average = mean(patches());
      return a.fcNorm ? layerNorm(g, average, "fc_norm", epsilon) : average;
    });
  const last4 = () =>
    once("last4", () =>
      join([...after.slice(-4, -1).map((x) => layerNorm(g, first(x), "norm", epsilon)), cls()]),
    );
  const makers: Readonly<Record<string, () => string>> = {
    map: () => attentionPool(built, y()),
    cls,
    "mean-patch": meanPatch,
    "cls+mean": () => join([cls(), meanPatch()]),
    last4,
    "last4+mean": () => join([last4(), meanPatch()]),
    projected: () => g.op("MatMul", [cls(), "projection"]),
    patches: () => {
      const turned = g.op("Transpose", [patches()], { perm: ints([0, 2, 1]) });
      return g.op("Reshape", [turned, g.ints([0, d, grid[0], grid[1]])]);
    },
    tokens: y,
  };
  const offered = vitReadouts(a);
  const shapes = new Map<string, readonly number[]>();
  for (const output of outputs) {
    const readout = offered.find(({ slug }) => slug === (output === "features" ? offered[0]!.slug : output));
    if (readout === undefined) continue;
    const { slug, kind, channels } = readout;
    g.op("Identity", [once(`readout ${slug}`, makers[slug]!)], {}, { output });
    shapes.set(
      output,
      kind === "map" ? [channels, ...grid] : kind === "tokens" ? [tokens, channels] : [channels],
    );
  }
  return shapes;
}

/** One learnt query over all normed tokens; z + mlp(norm(z)). */
function attentionPool({ g, a, tokens }: Built, y: string): string {
  const { width: d, heads, epsilon } = a;
  const head = d / heads;
  const at = "attn_pool.";
  const query = g.op("Reshape", ["attn_pool.latent", g.ints([1, 1, d])]);
  const q = g.op("Transpose", [g.op("Reshape", [linear(g, query, `${at}q`), g.ints([1, 1, heads, head])])], {
    perm: ints([0, 2, 1, 3]),
  });
  const project = (name: string, turn: readonly number[]) =>
    g.op("Transpose", [g.op("Reshape", [linear(g, y, at + name), g.ints([0, tokens, heads, head])])], {
      perm: ints(turn),
    });
  const scores = g.op("Mul", [
    g.op("MatMul", [q, project("k", [0, 2, 3, 1])]),
    fixedNumber(g, 1 / Math.sqrt(head)),
  ]);
  const mixed = g.op("MatMul", [g.op("Softmax", [scores], { axis: int(-1) }), project("v", [0, 2, 1, 3])]);
  const together = g.op("Reshape", [
    g.op("Transpose", [mixed], { perm: ints([0, 2, 1, 3]) }),
    g.ints([0, d]),
  ]);
  const z = linear(g, together, `${at}proj`);
  const normed = g.op("LayerNormalization", [z, `${at}norm.weight`, `${at}norm.bias`], {
    axis: int(-1),
    epsilon: float(epsilon),
  });
  return g.op("Add", [z, mlp(g, normed, `${at}mlp.`, a)]);
}

/**
 * How one file stores a vision transformer: which of its parts are fused, and so which tensors it must have, each
 * with its shape; and those tensors taken apart into the ones that the graph is built from.
 */
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Weights } from "../family.ts";
import { commonest } from "../fits.ts";
import { transposed } from "../matrices.ts";
import type { VitArchitecture } from "./architecture.ts";
import { rotationPeriods } from "./rotation.ts";

export interface Storage {
  readonly qkv: "fused" | "apart";
  /** DINOv3 multiplies the bias by a stored mask. */
  readonly biasMask: boolean;
  /** Whether keys have a bias of their own; transformers leaves DINOv3's out, for softmax does not see it. */
  readonly keyBias: boolean;
  readonly mlp: readonly string[];
  /** timm packs gate and value into fc1. */
  readonly packed: boolean;
  /** How many periods of the rotation are stored; 0 where they are reckoned. */
  readonly periods: number;
  readonly poolFused: "kv" | "qkv" | "apart";
  readonly projection: "projection" | "projection.transposed" | undefined;
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

export function storageOf(tensors: Shapes): Storage {
  const any = (pattern: RegExp) => [...tensors.keys()].some((name) => pattern.test(name));
  const shapeOf = (pattern: RegExp) => commonest(tensors, pattern);
  const gate = any(/^blocks\.\d+\.mlp\.gate\./);
  const up = any(/^blocks\.\d+\.mlp\.up\./);
  const down = any(/^blocks\.\d+\.mlp\.down\./) ? "mlp.down" : "mlp.fc2";
  const rows = shapeOf(/^blocks\.\d+\.mlp\.fc1\.weight$/);
  const columns = commonest(tensors, /^blocks\.\d+\.mlp\.fc2\.weight$/, 1);
  return {
    qkv: any(/^blocks\.\d+\.attn\.qkv\./) ? "fused" : "apart",
    biasMask: any(/\.attn\.qkv\.bias_mask$/),
    keyBias: any(/\.attn\.k\.bias$/),
    mlp: any(/\.mlp\.w12\./)
      ? ["mlp.w12", "mlp.down"]
      : gate
        ? ["mlp.gate", "mlp.up", down]
        : up
          ? ["mlp.up", "mlp.down"]
          : ["mlp.fc1", "mlp.fc2"],
    packed: rows !== undefined && columns !== undefined && rows === 2 * columns,
    periods: tensors.get("rope.periods")?.shape.at(-1) ?? 0,
    poolFused: any(/^attn_pool\.qkv\./) ? "qkv" : any(/^attn_pool\.k\./) ? "apart" : "kv",
    projection: tensors.has("projection")
      ? "projection"
      : tensors.has("projection.transposed")
        ? "projection.transposed"
        : undefined,
  };
}

/** Every tensor of such a file, with its shape; ones before and behind do not count. */
export function expectedTensors(a: VitArchitecture, storage: Storage): Map<string, readonly number[]> {
  const { width: d, hidden: f, patch } = a;
  const expected = new Map<string, readonly number[]>();
  const linear = (name: string, outputs: number, inputs: number, bias = true) => {
    expected.set(`${name}.weight`, [outputs, inputs]);
    if (bias) expected.set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string) => {
    expected.set(`${name}.weight`, [d]);
    expected.set(`${name}.bias`, [d]);
  };
  expected.set("patch_embed.proj.weight", [d, 3, patch, patch]);
  if (a.patchBias) expected.set("patch_embed.proj.bias", [d]);
  if (a.classToken) expected.set("cls_token", [d]);
  if (a.distillationToken) expected.set("dist_token", [d]);
  if (a.registers > 0) expected.set("reg_token", [a.registers, d]);
  const before = a.positions === "all" ? Number(a.classToken) + Number(a.distillationToken) : 0;
  if (a.positions !== "none") expected.set("pos_embed", [before + a.grid ** 2, d]);
  if (storage.periods > 0) expected.set("rope.periods", [storage.periods]);
  if (a.preNorm) norm("norm_pre");
  for (let i = 0; i < a.depth; i++) {
    const at = (name: string) => `blocks.${i}.${name}`;
    norm(at("norm1"));
    norm(at("norm2"));
    if (storage.qkv === "fused") {
      linear(at("attn.qkv"), 3 * d, d, a.qkvBias);
      if (storage.biasMask) expected.set(at("attn.qkv.bias_mask"), [3 * d]);
    } else {
      for (const name of ["q", "k", "v"])
        linear(at(`attn.${name}`), d, d, a.qkvBias && (name !== "k" || storage.keyBias));
    }
    linear(at("attn.proj"), d, d);
    if (a.layerScale) {
      expected.set(at("ls1"), [d]);
      expected.set(at("ls2"), [d]);
    }
    for (const name of storage.mlp) {
      if (name === "mlp.w12" || (name === "mlp.fc1" && storage.packed)) linear(at(name), 2 * f, d);
      else if (name === "mlp.fc2" || name === "mlp.down") linear(at(name), d, f);
      else linear(at(name), f, d);
    }
  }
  if (a.norm) norm("norm");
  if (a.fcNorm) norm("fc_norm");
  if (storage.projection === "projection") expected.set("projection", [d, a.projection]);
  if (storage.projection === "projection.transposed")
    expected.set("projection.transposed", [a.projection, d]);
  if (a.attentionPool) {
    expected.set("attn_pool.latent", [d]);
    if (storage.poolFused === "qkv") linear("attn_pool.qkv", 3 * d, d);
    else {
      linear("attn_pool.q", d, d);
      if (storage.poolFused === "kv") linear("attn_pool.kv", 2 * d, d);
      else for (const name of ["attn_pool.k", "attn_pool.v"]) linear(name, d, d);
    }
    linear("attn_pool.proj", d, d);
    norm("attn_pool.norm");
    linear("attn_pool.mlp.fc1", f, d);
    linear("attn_pool.mlp.fc2", d, f);
  }
  return expected;
}

/** The same with every linear map apart: q, k, v; fc1, fc2 or gate, up, down; `projection` [D, out]. */
export function takenApart(a: VitArchitecture, storage: Storage, tensors: Weights): Weights {
  const { width: d, hidden: f } = a;
  const expected = expectedTensors(a, storage);
  const out = new Map<string, Tensor<"float32">>();
  const rows = ({ data, shape }: Tensor<"float32">, from: number, count: number) => {
    const inner = data.length / shape[0]!;
    const part = data.slice(from * inner, (from + count) * inner);
    return tensor("float32", [count, ...shape.slice(1)], part);
  };
  /** Under each name as many rows as said, one after the other. */
  const split = (whole: Tensor<"float32">, names: readonly string[], each: number) => {
    names.forEach((name, i) => {
      out.set(name, rows(whole, i * each, each));
    });
  };
  for (const [name, stored] of tensors) {
    const shape = expected.get(name) ?? stored.shape;
    const value = tensor("float32", shape, stored.data);
    const block = /^(blocks\.\d+\.)(.+)$/.exec(name);
    const [at, rest] = block ? [block[1]!, block[2]!] : ["", name];
    const parameter = rest.endsWith(".bias") ? "bias" : "weight";
    const named = (...modules: string[]) => modules.map((module) => `${at}${module}.${parameter}`);
    if (rest === "attn.qkv.bias_mask") continue;
    if (rest === "attn.qkv.weight" || rest === "attn.qkv.bias") {
      const mask = parameter === "bias" ? tensors.get(`${at}attn.qkv.bias_mask`) : undefined;
      split(mask ? masked(value, mask) : value, named("attn.q", "attn.k", "attn.v"), d);
    } else if (/^mlp\.w12\./.test(rest) || (storage.packed && /^mlp\.fc1\./.test(rest))) {
      split(value, named("mlp.gate", "mlp.up"), f);
    } else if (a.mlp === "swiglu" && /^mlp\.fc2\./.test(rest)) {
      out.set(named("mlp.down")[0]!, value);
    } else if (a.mlp !== "swiglu" && /^mlp\.(up|down)\./.test(rest)) {
      out.set(named(rest.startsWith("mlp.up") ? "mlp.fc1" : "mlp.fc2")[0]!, value);
    } else if (/^attn_pool\.qkv\./.test(rest)) {
      split(value, named("attn_pool.q", "attn_pool.k", "attn_pool.v"), d);
    } else if (/^attn_pool\.kv\./.test(rest)) {
      split(value, named("attn_pool.k", "attn_pool.v"), d);
    } else if (rest === "projection.transposed") {
      out.set("projection", transposed(value));
    } else {
      out.set(name, value);
    }
  }
  if (a.rotation && storage.periods === 0) {
    const periods = rotationPeriods(d, a.heads);
    out.set("rope.periods", tensor("float32", [periods.length], periods));
  }
  if (a.qkvBias && storage.qkv === "apart" && !storage.keyBias) {
    for (let i = 0; i < a.depth; i++)
      out.set(`blocks.${i}.attn.k.bias`, tensor("float32", [d], new Float32Array(d)));
  }
  return out;
}

function masked(bias: Tensor<"float32">, mask: Tensor<"float32">): Tensor<"float32"> {
  return tensor(
    "float32",
    bias.shape,
    bias.data.map((value, i) => value * mask.data[i]!),
  );
}

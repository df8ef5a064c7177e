/**
 * The weights of a vision transformer's graph: linear maps turned to [inputs, outputs], positions for the grid of the
 * input size; for inference what can be is folded: 1/sqrt(D/h) into q, layer scale into what it scales, class token,
 * registers and positions into one table.
 */
import { CheckpointError } from "../../checkpoints/errors.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { GraphForm, Weights } from "../family.ts";
import { rowsTimes, transposed, turnedBack } from "../matrices.ts";
import { patchGrid, prefixTokens, type VitArchitecture } from "./architecture.ts";
import { resizePositions } from "./positions.ts";

type Float = Tensor<"float32">;

export function vitWeights(a: VitArchitecture, tensors: Weights, form: GraphForm): Weights {
  const { width: d } = a;
  const out = new Map<string, Float>();
  const get = (name: string): Float => tensors.get(name)!;
  const scale = form.training ? 1 : 1 / Math.sqrt(d / a.heads);
  for (const [name, value] of tensors) {
    if (inTable.test(name) || name === "rope.periods") continue;
    if (name === "patch_embed.proj.weight") {
      // As a product for training: a kernel's gradient would stack p * p taps.
      const matrix = tensor("float32", [d, value.data.length / d], value.data);
      out.set(name, form.training ? transposed(matrix) : value);
      continue;
    }
    if (/^blocks\.\d+\.ls[12]$/.test(name)) {
      if (form.training) out.set(name, value);
      continue;
    }
    let made = value;
    const scaled = /^(blocks\.\d+\.)(attn\.proj|mlp\.fc2|mlp\.down)\./.exec(name);
    if (scaled && a.layerScale && !form.training) {
      const gamma = get(`${scaled[1]}${scaled[2] === "attn.proj" ? "ls1" : "ls2"}`);
      made = rowsTimes(value, gamma.data);
    }
    if (/\.attn\.q\.(weight|bias)$/.test(name) && scale !== 1) {
      made = tensor(
        "float32",
        value.shape,
        value.data.map((x) => x * scale),
      );
    }
    const isLinear = name.endsWith(".weight") && value.shape.length === 2;
    out.set(name, isLinear ? transposed(made) : made);
  }
  const prefix = prefixTokens(a);
  const [rows, columns] = patchGrid(a, form.size);
  const before = a.positions === "all" ? Number(a.classToken) + Number(a.distillationToken) : 0;
  const positions =
    a.positions === "none"
      ? undefined
      : resizePositions(get("pos_embed"), {
          prefix: before,
          grid: a.grid,
          to: [rows, columns],
          how: a.interpolation ?? "size",
        });
  if (form.training) {
    // Apart, for the sum of two weights moves twice as fast as either.
    for (const name of ["cls_token", "dist_token", "reg_token"]) {
      const value = tensors.get(name);
      if (value) out.set(name, tensor("float32", [1, value.data.length / d, d], value.data));
    }
    if (positions) out.set("pos_embed", tensor("float32", [1, ...positions.shape], positions.data));
    return out;
  }
  const table = new Float32Array((prefix + rows * columns) * d);
  let at = 0;
  for (const name of ["cls_token", "dist_token", "reg_token"]) {
    const value = tensors.get(name);
    if (value) table.set(value.data, at);
    at += value?.data.length ?? 0;
  }
  if (positions) {
    // Rows of the prefix come first in both; registers between them have none.
    for (let i = 0; i < before * d; i++) table[i]! += positions.data[i]!;
    table.set(positions.data.subarray(before * d), prefix * d);
  }
  out.set("token_table", tensor("float32", [1, prefix + rows * columns, d], table));
  return out;
}

const inTable = /^(cls_token|dist_token|reg_token|pos_embed)$/;

/** @throws CheckpointError where positions were trained for another grid than the checkpoint's */
export function vitFromTraining(_: VitArchitecture, weights: Weights, tensors: Weights): Weights {
  const [trained, stored] = [weights.get("pos_embed"), tensors.get("pos_embed")];
  if (trained && stored && trained.data.length !== stored.data.length) {
    throw new CheckpointError(
      `its positions were trained for ${trained.shape[1]} tokens, the checkpoint has ${stored.shape[0]}: train at the size that it was made for to keep the weights`,
    );
  }
  return turnedBack(weights, tensors);
}

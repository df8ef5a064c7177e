/**
 * What keys and shapes tell of a vision transformer's origin: its family's name, and with it the conventions that no
 * tensor shows. The order of the questions is the order of the marks' strength.
 */
import type { StoredTensor } from "../../checkpoints/stored.ts";
import type { Activation, Interpolation } from "../choices.ts";
import type { Candidate } from "../family.ts";
import {
  clipNormalisation,
  halfNormalisation,
  imagenetNormalisation,
  type Normalisation,
  satelliteNormalisation,
} from "../normalisation.ts";
import { isHfDinov3, isHfVit, isTower } from "./namings.ts";

export interface Origin {
  /** "vit", "dinov2", "dinov3", "clip", "siglip". */
  readonly family: string;
  /** How people call what a "vit" was trained by, where the file shows it; for messages and choices. */
  readonly method: "dino" | "mae" | "mocov3" | "ijepa" | "ibot" | undefined;
  readonly epsilon: number;
  readonly activation: { readonly value: Activation; readonly from: string };
  readonly interpolation: Interpolation;
  readonly normalisation: { readonly value: Normalisation; readonly from: string };
}

/** What the deduction of the shapes has already. */
interface Shape {
  readonly width: number;
  readonly depth: number;
  readonly patch: number;
  readonly grid: number;
  readonly registers: number;
  readonly classToken: boolean;
}

const has = (tensors: ReadonlyMap<string, unknown>, pattern: RegExp): boolean =>
  [...tensors.keys()].some((name) => pattern.test(name));

/** Rotated positions: DINOv3's marks. A file without any of them must have positions. */
export function isDinov3(found: Candidate): boolean {
  const { tensors, file, naming } = found;
  if (tensors.has("rope.periods") || file.some((name) => /(^|[./])storage_tokens$/.test(name))) return true;
  if (tensors.has("pos_embed") || !tensors.has("reg_token")) return false;
  return isHfDinov3(naming) || (naming.name === "timm" && file.some((name) => /\.gamma_1$/.test(name)));
}

/** DINOv2's: registers under its own name, a mask token of one axis less, or its gated MLP. */
function isDinov2({ tensors, beside, file }: Candidate): boolean {
  const layerScale = has(tensors, /^blocks\.\d+\.ls1$/);
  const mask = beside.get("mask_token") ?? beside.get("embeddings.mask_token");
  return (
    file.some((name) => /(^|[./])register_tokens$/.test(name)) ||
    has(tensors, /\.mlp\.w12\.weight$/) ||
    (layerScale && mask !== undefined && mask.shape.length === 2)
  );
}

function familyOf(found: Candidate): string {
  const { tensors, naming } = found;
  if (isDinov3(found)) return "dinov3";
  if (isDinov2(found)) return "dinov2";
  if (naming.name === "openai" || tensors.has("norm_pre.weight")) return "clip";
  if (tensors.has("attn_pool.latent") || isTower(naming)) return "siglip";
  return "vit";
}

function methodOf({ beside, file }: Candidate): Origin["method"] {
  const named = (pattern: RegExp) => file.some((name) => pattern.test(name));
  if (has(beside, /^decoder_(embed|pred)\b/) || named(/(^|[./])decoder\.decoder_layers\./)) return "mae";
  if (named(/base_encoder\./) && named(/momentum_encoder\./)) return "mocov3";
  if (named(/^target_encoder\//) && named(/^predictor\//)) return "ijepa";
  if (has(beside, /^masked_embed$/) || named(/head\.last_layer2\./)) return "ibot";
  if (named(/^teacher\//) && named(/head\.last_layer\./)) return "dino";
  return undefined;
}

/** @param fileName tells DINOv3's satellite files, which nothing else does */
export function originOf(found: Candidate, shape: Shape, fileName: string): Origin {
  const family = familyOf(found);
  const method = family === "vit" ? methodOf(found) : undefined;
  const { naming } = found;
  const ofHf = isHfVit(naming);
  return {
    family,
    method,
    epsilon: epsilonOf(family, ofHf && shape.classToken),
    activation: activationOf(found, family, shape),
    interpolation: interpolationOf(found, family, method, shape),
    normalisation: normalisationOf(found, family, method, ofHf && shape.classToken, fileName),
  };
}

function epsilonOf(family: string, ofHfVit: boolean): number {
  if (family === "clip" || family === "dinov3") return 1e-5;
  return family === "vit" && ofHfVit ? 1e-12 : 1e-6;
}

function activationOf(
  { naming, beside, file }: Candidate,
  family: string,
  shape: Shape,
): Origin["activation"] {
  const openai = beside.has("input_resolution") || file.some((name) => /(^|\/)input_resolution$/.test(name));
  if (family === "clip" && naming.name === "openai")
    return openai
      ? { value: "quick-gelu", from: "OpenAI's file: it holds input_resolution" }
      : { value: "gelu", from: "open_clip's default" };
  if (family === "clip" && isTower(naming))
    return { value: "quick-gelu", from: "transformers' default for CLIP" };
  if (family === "siglip" && isTower(naming))
    return { value: "gelu-tanh", from: "transformers' default for SigLIP" };
  if (family === "siglip" && isTanhInTimm(shape)) return { value: "gelu-tanh", from: "timm's for this size" };
  return { value: "gelu", from: "the family's default" };
}

/** so400m/16, giantopt/16, base/32 and large/16 of 512 pixels; timm runs its other SigLIPs by erf. */
function isTanhInTimm({ width, patch, grid }: Shape): boolean {
  if (patch === 16) return width === 1152 || width === 1536 || (width === 1024 && grid === 32);
  return patch === 32 && width === 768;
}

function interpolationOf(
  { naming }: Candidate,
  family: string,
  method: Origin["method"],
  { registers }: Shape,
): Interpolation {
  if (family === "dinov2" && registers > 0) return "antialias";
  if (naming.name === "transformers") return "size";
  if (family === "dinov2" || method === "dino" || method === "ibot") return "offset";
  return method === "mae" || method === "ijepa" ? "size" : "antialias";
}

const imagenet = { value: imagenetNormalisation, from: "ImageNet's, the family's" };

function normalisationOf(
  { beside, naming }: Candidate,
  family: string,
  method: Origin["method"],
  ofHfVit: boolean,
  fileName: string,
): Origin["normalisation"] {
  if (family === "dinov3" && /sat493m/i.test(fileName))
    return { value: satelliteNormalisation, from: "SAT-493M's, by the file's name" };
  if (family === "clip") return { value: clipNormalisation, from: "CLIP's, the family's" };
  if (family === "siglip") return { value: halfNormalisation, from: "0.5 and 0.5, the family's" };
  if (family !== "vit" || method !== undefined) return imagenet;
  if (naming.name === "transformers")
    return ofHfVit
      ? { value: halfNormalisation, from: "0.5 and 0.5, transformers' default for ViT" }
      : imagenet;
  const head: StoredTensor | undefined = beside.get("head.weight");
  if (head?.shape[0] === 21843)
    return { value: halfNormalisation, from: "0.5 and 0.5, by a head of ImageNet-21k's 21843 classes" };
  return {
    value: imagenetNormalisation,
    from: "ImageNet's, the default: nothing in the file says, and timm's augreg files want half",
  };
}

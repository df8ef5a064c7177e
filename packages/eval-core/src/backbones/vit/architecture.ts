/**
 * One vision transformer with switches: every published one is this network (Dosovitskiy et al., 2021) with some of
 * them turned.
 */
import type { Activation, Interpolation } from "../choices.ts";
import type { Architecture, Readout } from "../family.ts";

export interface VitArchitecture extends Architecture {
  /** D: of a token. */
  readonly width: number;
  /** L: blocks. */
  readonly depth: number;
  readonly heads: number;
  /** Pixels a side of a patch. */
  readonly patch: number;
  /** Patches a side that positions are stored for; of a rotated one, of its input size. */
  readonly grid: number;
  /** F: of the MLP. */
  readonly hidden: number;
  readonly mlp: Activation | "swiglu";
  /** Of every LayerNorm. */
  readonly epsilon: number;
  readonly classToken: boolean;
  readonly distillationToken: boolean;
  readonly registers: number;
  /** Which tokens have a stored position: class, distillation and patches; patches alone; none, where they are rotated. */
  readonly positions: "all" | "patches" | "none";
  readonly patchBias: boolean;
  readonly preNorm: boolean;
  readonly qkvBias: boolean;
  readonly layerScale: boolean;
  /** LayerNorm of all tokens after the last block; `fcNorm` has one of the mean of the patches in its place. */
  readonly norm: boolean;
  readonly fcNorm: boolean;
  /** Queries and keys of patches turned by their place (RoPE), as DINOv3 does. */
  readonly rotation: boolean;
  /** Attention pooling by one query, as SigLIP has it. */
  readonly attentionPool: boolean;
  /** The length of CLIP's projection; 0 without one. */
  readonly projection: number;
  /** How positions are resized; null without any. */
  readonly interpolation: Interpolation | null;
}

/** Tokens before the patches, in this order: class, distillation, registers. */
export function prefixTokens(a: VitArchitecture): number {
  return Number(a.classToken) + Number(a.distillationToken) + a.registers;
}

/** Patches down and across an input; what is left over at the lower and right edge is not seen. */
export function patchGrid({ patch }: VitArchitecture, size: readonly [number, number]): [number, number] {
  return [Math.floor(size[0] / patch), Math.floor(size[1] / patch)];
}

/** The default first: attention pooling, else the class token, else the mean of the patches. */
export function vitReadouts(a: VitArchitecture): Readout[] {
  const { width } = a;
  const vector = (slug: string, channels: number): Readout => ({ slug, kind: "vector", channels });
  // With a norm of the mean in place of the last one, no other token was ever read.
  const ofClass = a.classToken && a.norm;
  return [
    ...(a.attentionPool ? [vector("map", width)] : []),
    ...(ofClass ? [vector("cls", width)] : []),
    vector("mean-patch", width),
    ...(ofClass ? [vector("cls+mean", 2 * width)] : []),
    ...(ofClass && a.depth >= 4 ? [vector("last4", 4 * width), vector("last4+mean", 5 * width)] : []),
    ...(a.projection > 0 ? [vector("projected", a.projection)] : []),
    { slug: "patches", kind: "map", channels: width, stride: a.patch },
    { slug: "tokens", kind: "tokens", channels: width, prefix: prefixTokens(a) },
  ];
}

const sizes: Readonly<Record<number, string>> = {
  192: "tiny",
  384: "small",
  768: "base",
  1024: "large",
  1280: "huge",
  1408: "giant",
  1536: "giant",
  1664: "gigantic",
};
const letters: Readonly<Record<string, string>> = {
  tiny: "Ti",
  small: "S",
  base: "B",
  large: "L",
  huge: "H",
  giant: "g",
  gigantic: "G",
};

/** "dinov2_vit_small_patch14"; networks of unusual sizes by them: "vit_32x4_patch8". */
export function vitName(
  family: string,
  { width, depth, patch }: Pick<VitArchitecture, "width" | "depth" | "patch">,
) {
  const size = sizes[width] ?? `${width}x${depth}`;
  return `${family === "vit" ? "" : `${family}_`}vit_${size}_patch${patch}`;
}

/** "ViT-S/14 (dinov2, 4 registers)". */
export function vitTitle({ name, width, depth, patch, registers }: VitArchitecture): string {
  const size = sizes[width];
  const family = name.includes("_vit_") ? name.slice(0, name.indexOf("_vit_")) : undefined;
  const more = [
    ...(family === undefined ? [] : [family]),
    ...(registers === 0 ? [] : [`${registers} registers`]),
  ];
  const plain =
    size === undefined
      ? `ViT of ${depth} blocks, ${width} wide, patches of ${patch}`
      : `ViT-${letters[size]}/${patch}`;
  return more.length === 0 ? plain : `${plain} (${more.join(", ")})`;
}

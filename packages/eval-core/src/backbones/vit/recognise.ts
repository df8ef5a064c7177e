/** Which vision transformer a set of tensors is, exactly, and what was decided that they do not say. */
import { CheckpointError } from "../../checkpoints/errors.ts";
import type { StoredTensor } from "../../checkpoints/stored.ts";
import { toFloat32 } from "../../tensor/half.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Choice } from "../choices.ts";
import type { Candidate, Recognised, RecogniseOptions } from "../family.ts";
import { commonest, faultsOf } from "../fits.ts";
import type { Sidecar } from "../sidecar.ts";
import { type VitArchitecture, vitName, vitReadouts, vitTitle } from "./architecture.ts";
import { isDinov3, type Origin, originOf } from "./marks.ts";
import { isHfDinov3 } from "./namings.ts";
import { isRowFirstSines } from "./rotation.ts";
import { expectedTensors, storageOf } from "./storage.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

export function recogniseVit(
  found: Candidate,
  options: RecogniseOptions,
  sidecar: Sidecar,
): Recognised<VitArchitecture> {
  const { tensors, naming } = found;
  const named = (name: string) => naming.original?.(name) ?? name;
  refuseOtherGraphs(tensors, named);
  const rotation = isDinov3(found);
  const shape = shapeOf(tensors, rotation, named);
  const grid = shape.grid ?? Math.floor((sidecar.imageSize?.value ?? 224) / shape.patch);
  const deduced = originOf(found, { ...shape, grid }, found.fileName);
  const origin = { ...deduced, family: sidecar.family?.value ?? deduced.family };
  checkTensors(found, { ...shape, grid, name: vitName(origin.family, shape), rotation });
  const heads = chooseHeads(found, { ...shape, grid }, origin, options, sidecar);
  const epsilon = choose(
    options.epsilon,
    "--epsilon",
    sidecar.epsilon,
    origin.epsilon,
    "the family's default",
  );
  const interpolation = rotation
    ? undefined
    : choose(
        options.interpolation,
        "--interpolation",
        sidecar.interpolation,
        origin.interpolation,
        "the family's default",
      );
  const { swiglu, ...facts } = shape;
  const activation = swiglu
    ? undefined
    : choose(
        options.activation,
        "--activation",
        sidecar.activation,
        origin.activation.value,
        origin.activation.from,
      );
  const partial: VitArchitecture = {
    ...facts,
    grid,
    name: vitName(origin.family, shape),
    featureDimension: shape.width,
    heads: heads.value,
    mlp: activation?.value ?? "swiglu",
    epsilon: epsilon.value,
    rotation,
    interpolation: interpolation?.value ?? null,
  };
  const architecture = { ...partial, featureDimension: vitReadouts(partial)[0]!.channels };
  const native = grid * shape.patch;
  const wide = origin.family === "dinov2" && 224 % shape.patch === 0 && native > 224;
  return {
    family: origin.family,
    architecture,
    normalisation: origin.normalisation,
    inputSize: wide ? 224 : native,
    choices: {
      heads,
      ...(activation ? { activation } : {}),
      epsilon,
      ...(interpolation ? { interpolation } : {}),
    },
  };
}

type WithoutChoices = Omit<
  VitArchitecture,
  "heads" | "mlp" | "epsilon" | "interpolation" | "featureDimension"
>;

/** Before anything is asked for that the tensors do not say: a file that lacks one is refused for that. */
function checkTensors({ tensors, naming, file }: Candidate, shape: WithoutChoices): void {
  const named = (name: string) => naming.original?.(name) ?? name;
  const stored = storageOf(tensors);
  // DINOv3's own files store the periods, rounded: reckoned ones are not the same.
  const ofAuthors = file.some((name) => /(^|[./])storage_tokens$/.test(name));
  const storage = {
    ...stored,
    periods: stored.periods || (ofAuthors ? shape.width / 64 : 0),
    // Only transformers' DINOv3 leaves the bias of the keys out.
    keyBias: stored.keyBias || !isHfDinov3(naming),
  };
  const unchosen = { heads: 1, mlp: "gelu", epsilon: 0, interpolation: null, featureDimension: 0 } as const;
  const architecture: VitArchitecture = { ...shape, ...unchosen };
  const faults = faultsOf(tensors, expectedTensors(architecture, storage), named);
  if (faults !== undefined) {
    throw new CheckpointError(
      `looks like a ${vitTitle(architecture)} under ${naming.name} names, but does not match it: ${faults}`,
    );
  }
  if (shape.norm && shape.fcNorm) {
    throw new CheckpointError("has both norm and fc_norm: no network that is known here normalises twice");
  }
}

function choose<T extends string | number>(
  told: T | undefined,
  option: string,
  beside: Choice<T> | undefined,
  otherwise: T,
  from: string,
): Choice<T> {
  if (told !== undefined) return { value: told, from: option };
  return beside ?? { value: otherwise, from };
}

/** Tensors that change the graph: not to be loaded as if they were not there. */
const others: readonly (readonly [RegExp, string])[] = [
  [/rel_pos|relative_position_bias/, "relative positions, as SAM, BEiT and Swin have"],
  [/attn\.(q_norm|k_norm)\./, "norms of queries and keys"],
  [/^attn_pool\.(q_norm|k_norm|pos_embed)/, "an attention pool of another kind"],
  [/attn\.norm\.|mlp\.norm\.|inner_attn_ln/, "norms inside attention or MLP, as EVA-02 has"],
  [/attn\.gate/, "gated attention"],
  [/^patch_embed\.norm\./, "a norm of the patches"],
  [/^patch_embed\.(proj\.\d+|backbone)\./, "a convolutional stem in place of patches"],
  [/attn\.rope|^rope\.freqs/, "rotary positions of another kind, as EVA-02 and PE have"],
  [/^cpe|pos_embed_window/, "convolutional or windowed positions"],
];

function refuseOtherGraphs(tensors: Tensors, named: (name: string) => string): void {
  for (const name of tensors.keys()) {
    const what = others.find(([pattern]) => pattern.test(name))?.[1];
    if (what !== undefined) {
      throw new CheckpointError(
        `has ${named(name)}: ${what} are no part of the vision transformers that are known here`,
      );
    }
  }
}

function shapeOf(tensors: Tensors, rotation: boolean, named: (name: string) => string) {
  const any = (pattern: RegExp) => [...tensors.keys()].some((name) => pattern.test(name));
  const patchShape = tensors.get("patch_embed.proj.weight")?.shape;
  if (patchShape === undefined) {
    throw new CheckpointError(
      `looks like a vision transformer, but does not match it: missing: ${named("patch_embed.proj.weight")}`,
    );
  }
  if (patchShape.length !== 4 || patchShape[1] !== 3 || patchShape[2] !== patchShape[3]) {
    throw new CheckpointError(
      `its patches, ${named("patch_embed.proj.weight")}, are [${patchShape}]: expected [D, 3, p, p], square patches of RGB images`,
    );
  }
  const patch = patchShape[2]!;
  const width = commonest(tensors, /^blocks\.\d+\.norm[12]\.weight$/) ?? patchShape[0]!;
  const depth =
    1 + Math.max(-1, ...[...tensors.keys()].map((name) => Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? -1)));
  if (depth > 1000) throw new CheckpointError(`its blocks are numbered up to ${depth - 1}: it is damaged`);
  const storage = storageOf(tensors);
  const swiglu = storage.packed || storage.mlp[0] === "mlp.w12" || storage.mlp[0] === "mlp.gate";
  const inside = /^blocks\.\d+\.mlp\.(fc2|down)\.weight$/;
  const hidden = commonest(tensors, inside, 1) ?? 4 * width;
  const classToken = tensors.has("cls_token") || rotation;
  const distillationToken = tensors.has("dist_token");
  const registerShape = tensors.get("reg_token")?.shape;
  const registers = registerShape?.at(-2) ?? 0;
  const preNorm = any(/^norm_pre\./);
  return {
    width,
    depth,
    patch,
    hidden,
    swiglu,
    classToken,
    distillationToken,
    registers,
    ...placesOf(tensors, { classToken, distillationToken, rotation, registers }, named),
    patchBias: !preNorm || tensors.has("patch_embed.proj.bias"),
    preNorm,
    qkvBias: any(/^blocks\.\d+\.attn\.(qkv|q|v)\.bias$/),
    layerScale: any(/^blocks\.\d+\.ls[12]$/),
    norm: any(/^norm\./) || !any(/^fc_norm\./),
    fcNorm: any(/^fc_norm\./),
    attentionPool: any(/^attn_pool\./),
    projection: tensors.get("projection")?.shape[1] ?? tensors.get("projection.transposed")?.shape[0] ?? 0,
  };
}

/** The grid, and which tokens have a position: G^2 and 1 + G^2 are never both squares. */
function placesOf(
  tensors: Tensors,
  tokens: { classToken: boolean; distillationToken: boolean; rotation: boolean; registers: number },
  named: (name: string) => string,
): { grid: number | undefined; positions: VitArchitecture["positions"] } {
  const name = named("pos_embed");
  const shape = tensors.get("pos_embed")?.shape;
  if (tokens.rotation) {
    if (shape === undefined) return { grid: undefined, positions: "none" };
    throw new CheckpointError(`has ${name} beside DINOv3's rotated positions: no network has both`);
  }
  if (shape === undefined) {
    throw new CheckpointError(
      `looks like a vision transformer, but does not match it: missing: ${name}, the positions of its patches`,
    );
  }
  const rows = shape.at(-2) ?? 0;
  const before = Number(tokens.classToken) + Number(tokens.distillationToken);
  const side = (count: number) => (Number.isInteger(Math.sqrt(count)) && count > 0 ? Math.sqrt(count) : 0);
  if (shape.length < 2 || shape.length > 3) {
    throw new CheckpointError(`its positions, ${name}, are [${shape}]: expected [1, rows, D]`);
  }
  const all = side(rows - before);
  if (all > 0) return { grid: all, positions: before === 0 && tokens.registers > 0 ? "patches" : "all" };
  const patches = side(rows);
  if (patches > 0) return { grid: patches, positions: "patches" };
  const lacks =
    before === 0 && side(rows - 1) > 0
      ? `: a square and one more, as for a class token, but ${named("cls_token")} is missing`
      : `: no square grid, with or without ${before} tokens before it`;
  throw new CheckpointError(`its positions, ${name}, have ${rows} rows${lacks}`);
}

interface HeadFacts {
  readonly width: number;
  readonly depth: number;
  readonly patch: number;
  readonly grid: number;
  readonly swiglu: boolean;
}

/** Told, then read beside, then what the tensors show, then what is published, then 64 a head; never guessed beyond. */
function chooseHeads(
  found: Candidate,
  facts: HeadFacts,
  origin: Origin,
  options: RecogniseOptions,
  sidecar: Sidecar,
): Choice<number> {
  const { width } = facts;
  const heads = options.heads
    ? { value: options.heads, from: "--heads" }
    : (sidecar.heads ?? deducedHeads(found, facts, origin));
  if (heads === undefined) {
    throw new CheckpointError(
      `does not say how many attention heads it has, and a width of ${width} is no known network's: say with --heads`,
    );
  }
  if (!Number.isInteger(heads.value) || heads.value < 1 || width % heads.value !== 0) {
    throw new CheckpointError(`${heads.value} heads (${heads.from}) do not divide its width of ${width}`);
  }
  const head = width / heads.value;
  if (isDinov3(found) && head % 4 !== 0) {
    throw new CheckpointError(
      `${heads.value} heads (${heads.from}) of ${head} cannot be rotated by quarters`,
    );
  }
  return heads;
}

function deducedHeads(found: Candidate, facts: HeadFacts, origin: Origin): Choice<number> | undefined {
  const { tensors } = found;
  const { width, depth, patch, swiglu } = facts;
  const periods = tensors.get("rope.periods");
  if (periods !== undefined && periods.shape.length === 1 && periods.shape[0]! > 0)
    return { value: width / (4 * periods.shape[0]!), from: "rope_embed.periods" };
  if (width === 384 && (origin.method === "mocov3" || hasRowFirstSines(found, facts)))
    return { value: 12, from: "MoCo-v3's ViT-S" };
  const { family } = origin;
  const published: readonly (readonly [boolean, number, string])[] = [
    [
      width === 1280 && depth === 32 && (patch === 14 || patch === 16) && family !== "dinov3",
      16,
      "ViT-H, 80 a head",
    ],
    [width === 1408 && depth === 40, 16, "ViT-g, 88 a head"],
    [width === 1664 && depth === 48, 16, "ViT-bigG, 104 a head"],
    [width === 1152 && family === "siglip", 16, "so400m, 72 a head"],
    [width === 1536 && depth === 40 && !swiglu, 16, "giant-opt, 96 a head"],
    [width === 4096 && family === "dinov3", 32, "DINOv3-7B, 128 a head"],
  ];
  const known = published.find(([is]) => is);
  if (known !== undefined) return { value: known[1], from: known[2] };
  return width % 64 === 0 ? { value: width / 64, from: `${width} / 64` } : undefined;
}

function hasRowFirstSines({ tensors }: Candidate, { grid }: HeadFacts): boolean {
  const stored = tensors.get("pos_embed");
  if (stored === undefined || stored.shape.length < 2) return false;
  const values: Tensor<"float32"> = toFloat32(stored.load());
  const [rows, d] = stored.shape.slice(-2) as [number, number];
  if (rows < grid * grid) return false;
  return isRowFirstSines(tensor("float32", [rows, d], values.data), rows - grid * grid, grid);
}

/** Where transformers lie in files, what they are taken for, and the sentences that refuse. No weights are read here. */
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../checkpoints/errors.ts";
import { StoredTensor } from "../../checkpoints/stored.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { RecogniseOptions } from "../family.ts";
import { type FindOptions, findBackbone } from "../find-backbone.ts";
import { noSidecar } from "../sidecar.ts";
import type { VitArchitecture } from "./architecture.ts";
import { expectedTensors, type Storage, storageOf } from "./storage.ts";

const plain: Storage = storageOf(new Map([["blocks.0.attn.qkv.weight", { shape: [1, 1] }]]));

function makeArchitecture(overrides: Partial<VitArchitecture> = {}): VitArchitecture {
  return {
    name: "vit",
    featureDimension: 384,
    width: 384,
    depth: 2,
    heads: 6,
    patch: 16,
    grid: 14,
    hidden: 1536,
    mlp: "gelu",
    epsilon: 1e-6,
    classToken: true,
    distillationToken: false,
    registers: 0,
    positions: "all",
    patchBias: true,
    preNorm: false,
    qkvBias: true,
    layerScale: false,
    norm: true,
    fcNorm: false,
    rotation: false,
    attentionPool: false,
    projection: 0,
    interpolation: "antialias",
    ...overrides,
  };
}

const stored = (shape: readonly number[]): StoredTensor =>
  new StoredTensor("float32", shape, () =>
    tensor("float32", shape, new Float32Array(shape.reduce((a, b) => a * b, 1))),
  );

type Named = Map<string, StoredTensor>;

/** timm's names under a prefix; `renamed` turns ours into a file's. */
function makeTensors(prefix = "", architecture = makeArchitecture(), storage = plain): Named {
  const timm = (name: string) => name.replace(/\.ls([12])$/, ".ls$1.gamma");
  return new Map(
    [...expectedTensors(architecture, storage)].map(([name, shape]) => [prefix + timm(name), stored(shape)]),
  );
}

function load(root: unknown, options: FindOptions & RecogniseOptions = {}, fileName = "") {
  const { family, kept, naming, place, beside, file } = findBackbone(root, options);
  const tensors = new Map(kept.map(({ name, tensor: t }) => [name, t]));
  const recognised = family.recognise({ naming, tensors, beside, file, fileName }, options, noSidecar);
  return { place, naming: naming.name, ...recognised };
}

const joined = (...maps: readonly Map<string, unknown>[]): Map<string, unknown> =>
  new Map(maps.flatMap((map) => [...map]));
const nest = (entries: Record<string, unknown>) => new Map(Object.entries(entries));

describe("which of several", () => {
  it.each<[string, unknown, string, FindOptions?]>([
    ["a file of DINO's", makeTensors(), ""],
    [
      "DINO's teacher before its student",
      nest({ student: makeTensors("module.backbone."), teacher: makeTensors("backbone.") }),
      "teacher / backbone.",
    ],
    [
      "MoCo-v3's base encoder",
      nest({
        state_dict: joined(makeTensors("module.base_encoder."), makeTensors("module.momentum_encoder.")),
      }),
      "state_dict / module.base_encoder.",
    ],
    [
      "I-JEPA's target encoder, which its paper evaluates",
      nest({
        encoder: makeTensors("module."),
        target_encoder: makeTensors("module."),
        predictor: nest({ "module.predictor_embed.weight": stored([2, 2]) }),
      }),
      "target_encoder / module.",
    ],
    [
      "the other encoder of I-JEPA, as timm took it",
      nest({ encoder: makeTensors("module."), target_encoder: makeTensors("module.") }),
      "encoder / module.",
      { prefix: "encoder / module." },
    ],
    [
      "averaged weights before the last",
      nest({ model: makeTensors(), model_ema: makeTensors() }),
      "model_ema",
    ],
    ["what torch.compile left", makeTensors("_orig_mod."), "_orig_mod."],
    ["open_clip's tower of timm", makeTensors("visual.trunk."), "visual.trunk."],
  ])("finds %s", (_, root, place, options) => {
    expect(load(root, options)).toMatchObject({ place, naming: "timm", architecture: { width: 384 } });
  });

  it("does not take a decoder's blocks for the network's", () => {
    const decoder = new Map([
      ["decoder_blocks.0.attn.qkv.weight", stored([9, 3])],
      ["decoder_embed.weight", stored([3, 384])],
      ["mask_token", stored([1, 1, 3])],
    ]);
    expect(load(nest({ model: joined(makeTensors(), decoder) }))).toMatchObject({
      family: "vit",
      architecture: { depth: 2, interpolation: "size" },
    });
  });
});

describe("heads, which no tensor shows", () => {
  const of = (
    overrides: Partial<VitArchitecture>,
    options: RecogniseOptions = {},
    wrap = (t: unknown) => t,
  ) => load(wrap(makeTensors("", makeArchitecture({ depth: 1, ...overrides }))), options).choices.heads;
  it("are 64 a head where that is all that can be said, and says so", () => {
    expect(of({})).toEqual({ value: 6, from: "384 / 64" });
    expect(of({ width: 768 })).toMatchObject({ value: 12 });
  });
  it("are 12 in MoCo-v3's ViT-S", () => {
    const both = (tensors: unknown) =>
      nest({
        state_dict: joined(
          new Map([...(tensors as Named)].map(([name, t]) => [`module.base_encoder.${name}`, t])),
          makeTensors("module.momentum_encoder."),
        ),
      });
    expect(of({}, {}, both)).toEqual({ value: 12, from: "MoCo-v3's ViT-S" });
  });
  it.each([
    [{ width: 1280, depth: 32, patch: 14 }, 16],
    [{ width: 1408, depth: 40 }, 16],
    [{ width: 1664, depth: 48 }, 16],
  ])("are the published of %o", (overrides, heads) => {
    expect(of(overrides)).toMatchObject({ value: heads });
  });
  it("are asked for where nothing tells, taken from the option, and must divide", () => {
    expect(() => of({ width: 40 })).toThrow(/attention heads.*width of 40.*--heads/);
    expect(of({ width: 40 }, { heads: 5 })).toEqual({ value: 5, from: "--heads" });
    expect(() => of({ width: 40 }, { heads: 3 })).toThrow(
      /3 heads \(--heads\) do not divide its width of 40/,
    );
  });
});

describe("what files of one look are told apart by", () => {
  it("takes timm's CLIP by its norm before the blocks", () => {
    const tower = makeTensors("", makeArchitecture({ preNorm: true, patchBias: false }));
    expect(load(tower)).toMatchObject({
      family: "clip",
      architecture: { epsilon: 1e-5, mlp: "gelu" },
      normalisation: { value: { mean: [0.48145466, 0.4578275, 0.40821073] } },
    });
  });
  it("takes a head of 21843 classes for augreg's, and says what it is", () => {
    const root = joined(makeTensors(), new Map([["head.weight", stored([21843, 384])]]));
    expect(load(root).normalisation).toMatchObject({ value: { mean: [0.5, 0.5, 0.5] } });
    expect(load(makeTensors()).normalisation.from).toContain("the default");
  });
  it("takes DINOv3's satellite files by their name", () => {
    const rotated = makeArchitecture({ rotation: true, positions: "none", registers: 4, layerScale: true });
    const tensors = makeTensors("", rotated);
    tensors.set("storage_tokens", tensors.get("reg_token")!);
    tensors.delete("reg_token");
    tensors.set("rope_embed.periods", stored([16]));
    const named = load(tensors, {}, "dinov3_vits16_pretrain_sat493m.pth");
    expect(named).toMatchObject({
      family: "dinov3",
      normalisation: { value: { mean: [0.43, 0.411, 0.296] } },
    });
    expect(named.choices.heads).toEqual({ value: 6, from: "rope_embed.periods" });
    tensors.delete("rope_embed.periods");
    expect(() => load(tensors)).toThrow(/missing: rope_embed.periods/);
  });
});

describe("refusals", () => {
  const changed = (change: (tensors: Named) => void): Named => {
    const tensors = makeTensors();
    change(tensors);
    return tensors;
  };
  it.each<[string, Named, RegExp]>([
    ["a block's tensor", changed((t) => t.delete("blocks.1.norm2.bias")), /missing: blocks\.1\.norm2\.bias/],
    [
      "the patches",
      changed((t) => t.delete("patch_embed.proj.weight")),
      /missing: patch_embed\.proj\.weight/,
    ],
    ["the positions", changed((t) => t.delete("pos_embed")), /missing: pos_embed/],
    ["the class token", changed((t) => t.delete("cls_token")), /cls_token is missing/],
    ["a norm of queries", changed((t) => t.set("blocks.0.attn.q_norm.weight", stored([64]))), /q_norm/],
    [
      "a stem of convolutions",
      changed((t) => t.set("patch_embed.proj.0.weight", stored([8, 3, 3, 3]))),
      /stem/,
    ],
    ["windows", changed((t) => t.set("pos_embed_window", stored([1]))), /pos_embed_window/],
    [
      "an unknown part",
      changed((t) => t.set("frobnicator.weight", stored([3]))),
      /frobnicator\.weight.*--ignore/,
    ],
    [
      "patches of five channels",
      changed((t) => t.set("patch_embed.proj.weight", stored([384, 5, 16, 16]))),
      /384,5,16,16/,
    ],
    [
      "one half of layer scale",
      changed((t) => t.set("blocks.0.ls1.gamma", stored([384]))),
      /missing: blocks\.0\.ls2/,
    ],
  ])("names %s", (_, tensors, message) => {
    expect(() => load(tensors)).toThrow(CheckpointError);
    expect(() => load(tensors)).toThrow(message);
  });
});

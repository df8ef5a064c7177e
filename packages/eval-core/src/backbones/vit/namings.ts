/** How published checkpoints name a vision transformer's tensors; everything is translated to timm's names. */
import type { Naming } from "../family.ts";

/** A table of a naming: the file's names of modules and tensors, and ours. */
interface Table {
  readonly name: string;
  readonly anchor: RegExp;
  /** Finds a block's number and the rest of the name. */
  readonly block: RegExp;
  readonly blockPrefix: (index: string) => string;
  /** Modules with a weight and a bias. */
  readonly modules: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, string>>;
  readonly blockModules: Readonly<Record<string, string>>;
  readonly blockTensors: Readonly<Record<string, string>>;
  /** Names that are the backbone's whatever stands behind: so a surplus tensor is noticed. */
  readonly own: RegExp;
  readonly outside?: Readonly<Record<string, string>>;
  readonly converted?: string;
}

const withParameters = (modules: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(modules).flatMap(([file, ours]) =>
    ["weight", "bias"].map((parameter): [string, string] => [`${file}.${parameter}`, `${ours}.${parameter}`]),
  );

/** What stands beside a transformer in files, by its name without the backbone's prefix. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/^(head|head_dist|head_drop|fc|classifier|cls_classifier|distillation_classifier|lm_head)(\.|$)/, "head"],
  [/^(pooler|pre_logits)(\.|$)/, "head"],
  [/^(embeddings\.)?(mask_token|masked_embed)$/, "mask token"],
  [/^decoder(\.|_)/, "decoder"],
  [/^(dino_head|ibot_head|projectors|predictor|projection_head|prototypes)(\.|$)/, "projection or task head"],
  [/^(local_cls_norm)\./, "of training alone"],
  [/^(text|text_model|transformer|token_embedding|ln_final)(\.|$)/, "text tower"],
  [/^(positional_embedding|text_projection(\.weight)?)$/, "text tower"],
  [/^(logit_scale|logit_bias|\w*_loss\b.*|t|temperature)$/, "training state"],
  [/^(input_resolution|context_length|vocab_size|attn_mask)$/, "setting"],
  [/(^|\.)(position_ids|relative_position_index)$/, "buffer"],
];

function namingOf(table: Table): Naming {
  const fixed = new Map([...withParameters(table.modules), ...Object.entries(table.tensors)]);
  const inBlock = new Map([...withParameters(table.blockModules), ...Object.entries(table.blockTensors)]);
  const inverse = (map: ReadonlyMap<string, string>) => {
    const back = new Map<string, string>();
    for (const [file, ours] of map) if (!back.has(ours)) back.set(ours, file);
    return back;
  };
  const [fixedBack, blockBack] = [inverse(fixed), inverse(inBlock)];
  const { outside, converted } = table;
  return {
    name: table.name,
    anchor: table.anchor,
    fewest: 1,
    translate(name) {
      const known = fixed.get(name);
      if (known !== undefined) return known;
      const block = table.block.exec(name);
      if (block) return `blocks.${Number(block[1])}.${inBlock.get(block[2]!) ?? block[2]}`;
      return parts.some(([pattern]) => pattern.test(name)) || !table.own.test(name) ? undefined : name;
    },
    original(name) {
      const block = /^blocks\.(\d+)\.(.+)$/.exec(name);
      if (block) return `${table.blockPrefix(block[1]!)}${blockBack.get(block[2]!) ?? block[2]}`;
      return fixedBack.get(name) ?? name;
    },
    ...(outside ? { outside: (key) => outside[key] } : {}),
    partOf: (name) => parts.find(([pattern]) => pattern.test(name))?.[1],
    rank: rankOf,
    ...(converted ? { converted } : {}),
  };
}

/**
 * The teacher is what DINO, iBOT and DINOv2 evaluate, the target encoder what I-JEPA does; MoCo-v3's base encoder comes
 * before its momentum encoder, and averaged weights before the last ones.
 */
const nests = [
  /^(teacher|target_encoder|model_ema|state_dict_ema|ema)$/,
  /^(state_dict|model|module|encoder)$/,
  /^student$/,
];
function rankOf(path: readonly string[], prefix: string): number {
  const momentum = /(^|\.)momentum_encoder\./.test(prefix) ? 10 : 0;
  const nest = path[0] === undefined ? 1 : nests.findIndex((pattern) => pattern.test(path[0]!));
  return momentum + (nest < 0 ? nests.length : nest);
}

const timm: Table = {
  name: "timm",
  // A Swin transformer numbers its blocks inside stages.
  anchor: /^((?:.*?\.)?)(?<!(?:layers|stages)\.\d+\.)blocks\.(?:\d+\.)?\d+\.attn\.qkv\.weight$/,
  // DINOv2's training files cut the blocks into chunks: blocks.CHUNK.INDEX, the index going on through all of them.
  block: /^blocks\.(?:\d+\.)?(\d+)\.(\D.*)$/,
  blockPrefix: (index) => `blocks.${index}.`,
  modules: {
    "patch_embed.proj": "patch_embed.proj",
    norm_pre: "norm_pre",
    norm: "norm",
    fc_norm: "fc_norm",
    "attn_pool.q": "attn_pool.q",
    "attn_pool.kv": "attn_pool.kv",
    "attn_pool.proj": "attn_pool.proj",
    "attn_pool.norm": "attn_pool.norm",
    "attn_pool.mlp.fc1": "attn_pool.mlp.fc1",
    "attn_pool.mlp.fc2": "attn_pool.mlp.fc2",
  },
  tensors: {
    cls_token: "cls_token",
    dist_token: "dist_token",
    reg_token: "reg_token",
    register_tokens: "reg_token",
    storage_tokens: "reg_token",
    pos_embed: "pos_embed",
    "rope_embed.periods": "rope.periods",
    "attn_pool.latent": "attn_pool.latent",
  },
  blockModules: {
    norm1: "norm1",
    norm2: "norm2",
    "attn.qkv": "attn.qkv",
    "attn.proj": "attn.proj",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
    "mlp.w12": "mlp.w12",
    "mlp.w3": "mlp.down",
    "mlp.w1": "mlp.gate",
    "mlp.w2": "mlp.up",
    "mlp.fc1_g": "mlp.gate",
    "mlp.fc1_x": "mlp.up",
  },
  blockTensors: {
    "ls1.gamma": "ls1",
    "ls2.gamma": "ls2",
    gamma_1: "ls1",
    gamma_2: "ls2",
    "attn.qkv.bias_mask": "attn.qkv.bias_mask",
  },
  own: /^(patch_embed|blocks|attn_pool|rope|rope_embed|cpe|pos_embed\w*|cls_token|dist_token|reg_token|norm|norm_pre|fc_norm|cls_norm)(\.|$)/,
};

/** What we write ourselves: timm's names with every linear map apart. */
const own: Table = {
  ...timm,
  name: "transferboard",
  anchor: /^((?:.*?\.)?)blocks\.\d+\.attn\.q\.weight$/,
  modules: { ...timm.modules, "attn_pool.k": "attn_pool.k", "attn_pool.v": "attn_pool.v" },
  tensors: { ...timm.tensors, "rope.periods": "rope.periods", projection: "projection" },
  blockModules: {
    ...Object.fromEntries(
      ["norm1", "norm2", "attn.q", "attn.k", "attn.v", "attn.proj"].map((name) => [name, name]),
    ),
    ...Object.fromEntries(
      ["mlp.fc1", "mlp.fc2", "mlp.gate", "mlp.up", "mlp.down"].map((name) => [name, name]),
    ),
  },
  blockTensors: { ls1: "ls1", ls2: "ls2" },
};

const openai: Table = {
  name: "openai",
  anchor: /^((?:.*?\.)?visual\.)transformer\.resblocks\.\d+\.attn\.in_proj_weight$/,
  block: /^transformer\.resblocks\.(\d+)\.(.+)$/,
  blockPrefix: (index) => `transformer.resblocks.${index}.`,
  modules: { conv1: "patch_embed.proj", ln_pre: "norm_pre", ln_post: "norm" },
  tensors: { class_embedding: "cls_token", positional_embedding: "pos_embed", proj: "projection" },
  blockModules: {
    ln_1: "norm1",
    ln_2: "norm2",
    "attn.out_proj": "attn.proj",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
  },
  blockTensors: {
    "attn.in_proj_weight": "attn.qkv.weight",
    "attn.in_proj_bias": "attn.qkv.bias",
    "ls_1.gamma": "ls1",
    "ls_2.gamma": "ls2",
  },
  own: /./,
  converted: "names: open_clip's to timm's",
};

/** ViT, DeiT, ViTMAE, I-JEPA and DINOv2 of Hugging Face's transformers. */
const transformers: Table = {
  name: "transformers",
  anchor: /^((?:.*?\.)?)encoder\.layer\.\d+\.attention\.attention\.query\.weight$/,
  block: /^encoder\.layer\.(\d+)\.(.+)$/,
  blockPrefix: (index) => `encoder.layer.${index}.`,
  modules: { "embeddings.patch_embeddings.projection": "patch_embed.proj", layernorm: "norm" },
  tensors: {
    "embeddings.cls_token": "cls_token",
    "embeddings.distillation_token": "dist_token",
    "embeddings.register_tokens": "reg_token",
    "embeddings.position_embeddings": "pos_embed",
  },
  blockModules: {
    layernorm_before: "norm1",
    layernorm_after: "norm2",
    norm1: "norm1",
    norm2: "norm2",
    "attention.attention.query": "attn.q",
    "attention.attention.key": "attn.k",
    "attention.attention.value": "attn.v",
    "attention.output.dense": "attn.proj",
    "intermediate.dense": "mlp.fc1",
    "output.dense": "mlp.fc2",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
    "mlp.weights_in": "mlp.w12",
    "mlp.weights_out": "mlp.down",
  },
  blockTensors: { "layer_scale1.lambda1": "ls1", "layer_scale2.lambda1": "ls2" },
  own: /^(embeddings|encoder|layernorm)(\.|$)/,
  converted: "names: transformers' to timm's",
};

const projections = {
  "attention.q_proj": "attn.q",
  "attention.k_proj": "attn.k",
  "attention.v_proj": "attn.v",
  "attention.o_proj": "attn.proj",
};

/** DINOv3 of transformers; its fifth version puts `model.` before the blocks. */
const transformersDinov3: Table = {
  name: "transformers",
  anchor: /^((?:.*?\.)??)(?:model\.)?layer\.\d+\.attention\.q_proj\.weight$/,
  block: /^(?:model\.)?layer\.(\d+)\.(.+)$/,
  blockPrefix: (index) => `layer.${index}.`,
  modules: { "embeddings.patch_embeddings": "patch_embed.proj", norm: "norm" },
  tensors: { "embeddings.cls_token": "cls_token", "embeddings.register_tokens": "reg_token" },
  blockModules: {
    norm1: "norm1",
    norm2: "norm2",
    ...projections,
    "mlp.up_proj": "mlp.up",
    "mlp.down_proj": "mlp.down",
    "mlp.gate_proj": "mlp.gate",
  },
  blockTensors: { "layer_scale1.lambda1": "ls1", "layer_scale2.lambda1": "ls2" },
  own: /^(embeddings|layer|model|norm|rope_embeddings)(\.|$)/,
  converted: "names: transformers' to timm's",
};

/** The names that transformers' fifth version gives the others, where a file was saved with them. */
const transformers5: Table = {
  ...transformers,
  anchor: /^((?:.*?\.)??)(?:encoder\.)?layers\.\d+\.attention\.q_proj\.weight$/,
  block: /^(?:encoder\.)?layers\.(\d+)\.(.+)$/,
  blockPrefix: (index) => `layers.${index}.`,
  blockModules: {
    ...transformers.blockModules,
    ...projections,
    "mlp.gate_proj": "mlp.gate",
    "mlp.up_proj": "mlp.up",
    "mlp.down_proj": "mlp.down",
  },
  own: /^(embeddings|encoder|layers|layernorm)(\.|$)/,
};

/** The vision towers of transformers' CLIP and SigLIP. */
const transformersTowers: Table = {
  name: "transformers",
  anchor: /^((?:.*?\.)?vision_model\.)encoder\.layers\.\d+\.self_attn\.q_proj\.weight$/,
  block: /^encoder\.layers\.(\d+)\.(.+)$/,
  blockPrefix: (index) => `encoder.layers.${index}.`,
  modules: {
    "embeddings.patch_embedding": "patch_embed.proj",
    // Spelt so.
    pre_layrnorm: "norm_pre",
    post_layernorm: "norm",
    "head.attention.out_proj": "attn_pool.proj",
    "head.layernorm": "attn_pool.norm",
    "head.mlp.fc1": "attn_pool.mlp.fc1",
    "head.mlp.fc2": "attn_pool.mlp.fc2",
  },
  tensors: {
    "embeddings.class_embedding": "cls_token",
    "embeddings.position_embedding.weight": "pos_embed",
    "head.probe": "attn_pool.latent",
    "head.attention.in_proj_weight": "attn_pool.qkv.weight",
    "head.attention.in_proj_bias": "attn_pool.qkv.bias",
  },
  blockModules: {
    layer_norm1: "norm1",
    layer_norm2: "norm2",
    "self_attn.q_proj": "attn.q",
    "self_attn.k_proj": "attn.k",
    "self_attn.v_proj": "attn.v",
    "self_attn.out_proj": "attn.proj",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
  },
  blockTensors: {},
  own: /./,
  outside: { "visual_projection.weight": "projection.transposed" },
  converted: "names: transformers' to timm's",
};

export const namings: readonly Naming[] = [
  timm,
  own,
  openai,
  transformers,
  transformersDinov3,
  transformers5,
  transformersTowers,
].map(namingOf);

/** Which of transformers' families a naming of theirs is for. */
export const isTower = (naming: Naming): boolean => naming.anchor === transformersTowers.anchor;
export const isHfDinov3 = (naming: Naming): boolean => naming.anchor === transformersDinov3.anchor;
export const isHfVit = (naming: Naming): boolean =>
  naming.anchor === transformers.anchor || naming.anchor === transformers5.anchor;

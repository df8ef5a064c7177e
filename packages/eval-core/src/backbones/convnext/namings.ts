/** The namings of ConvNeXt, and every tensor of one with its shape; ours are the authors', stem and stages made alike. */

import type { Naming } from "../family.ts";
import type { ConvNextArchitecture } from "./architecture.ts";

/** A block's tensors by the file's names, and ours. */
type Names = Readonly<Record<string, string>>;

const both = (file: string, ours: string): [string, string][] =>
  ["weight", "bias"].map((parameter): [string, string] => [`${file}.${parameter}`, `${ours}.${parameter}`]);

interface Table {
  readonly name: string;
  readonly anchor: RegExp;
  readonly block: RegExp;
  readonly blockName: (stage: string, index: string) => string;
  readonly inBlock: Names;
  /** The stem, the steps between the stages and the last norm, parameters left out. */
  readonly outside: Names;
  readonly own: RegExp;
  readonly converted?: string;
}

const parts: readonly (readonly [RegExp, string])[] = [
  [/^(head\.fc|head|classifier|fc)(\.|$)/, "head"],
  // DINOv3 repeats the last norm for dense tasks.
  [/^norms\.3\./, "the last norm once more"],
  [/^(mask_token|decoder\w*|proj|pred)(\.|$)/, "decoder"],
];

function namingOf(table: Table): Naming {
  const inBlock = new Map(Object.entries(table.inBlock));
  const outside = new Map(Object.entries(table.outside).flatMap(([file, ours]) => both(file, ours)));
  const back = (map: ReadonlyMap<string, string>) => new Map([...map].map(([file, ours]) => [ours, file]));
  const [blockBack, outsideBack] = [back(inBlock), back(outside)];
  const { converted } = table;
  return {
    name: table.name,
    anchor: table.anchor,
    fewest: 4,
    translate(name) {
      const known = outside.get(name);
      if (known !== undefined) return known;
      const block = table.block.exec(name);
      if (block) return `stages.${block[1]}.blocks.${Number(block[2])}.${inBlock.get(block[3]!) ?? block[3]}`;
      return parts.some(([pattern]) => pattern.test(name)) || !table.own.test(name) ? undefined : name;
    },
    original(name) {
      const block = /^stages\.(\d)\.blocks\.(\d+)\.(.+)$/.exec(name);
      if (block) return table.blockName(block[1]!, block[2]!) + (blockBack.get(block[3]!) ?? block[3]);
      return outsideBack.get(name) ?? name;
    },
    partOf: (name) => parts.find(([pattern]) => pattern.test(name))?.[1],
    // Averaged weights first, where both are whole.
    rank: ([nest]) => (nest === "model_ema" || nest === "teacher" ? 0 : nest === undefined ? 1 : 2),
    ...(converted ? { converted } : {}),
  };
}

const blockOf = (modules: Names, tensors: Names): Names => ({
  ...Object.fromEntries(Object.entries(modules).flatMap(([file, ours]) => both(file, ours))),
  ...tensors,
});

const steps = (from: (stage: number, part: 0 | 1) => string): Names =>
  Object.fromEntries(
    [1, 2, 3].flatMap((stage) => [
      [from(stage, 0), `down.${stage}.norm`],
      [from(stage, 1), `down.${stage}.conv`],
    ]),
  );

const authors: Table = {
  name: "convnext",
  anchor: /^((?:.*?\.)?)stages\.[0-3]\.\d+\.dwconv\.weight$/,
  block: /^stages\.([0-3])\.(\d+)\.(.+)$/,
  blockName: (stage, index) => `stages.${stage}.${index}.`,
  inBlock: blockOf(
    { dwconv: "dwconv", norm: "norm", pwconv1: "pwconv1", pwconv2: "pwconv2" },
    { gamma: "gamma", "grn.gamma": "grn.gamma", "grn.beta": "grn.beta" },
  ),
  outside: {
    "downsample_layers.0.0": "stem.conv",
    "downsample_layers.0.1": "stem.norm",
    ...steps((stage, part) => `downsample_layers.${stage}.${part}`),
    norm: "norm",
  },
  own: /^(downsample_layers|stages|norm|norms)(\.|$)/,
};

/** What we write ourselves: stem and stages made alike. */
const own: Table = {
  ...authors,
  name: "transferboard",
  anchor: /^((?:.*?\.)?)stages\.[0-3]\.blocks\.\d+\.dwconv\.weight$/,
  block: /^stages\.([0-3])\.blocks\.(\d+)\.(.+)$/,
  blockName: (stage, index) => `stages.${stage}.blocks.${index}.`,
  outside: {
    "stem.conv": "stem.conv",
    "stem.norm": "stem.norm",
    ...steps((stage, part) => `down.${stage}.${part === 0 ? "norm" : "conv"}`),
    norm: "norm",
  },
  own: /^(stem|down|stages|norm)(\.|$)/,
};

const timm: Table = {
  name: "timm",
  anchor: /^((?:.*?\.)?)stages\.[0-3]\.blocks\.\d+\.conv_dw\.weight$/,
  block: /^stages\.([0-3])\.blocks\.(\d+)\.(.+)$/,
  blockName: (stage, index) => `stages.${stage}.blocks.${index}.`,
  inBlock: blockOf(
    { conv_dw: "dwconv", norm: "norm", "mlp.fc1": "pwconv1", "mlp.fc2": "pwconv2" },
    { gamma: "gamma", "mlp.grn.weight": "grn.gamma", "mlp.grn.bias": "grn.beta" },
  ),
  outside: {
    "stem.0": "stem.conv",
    "stem.1": "stem.norm",
    ...steps((stage, part) => `stages.${stage}.downsample.${part}`),
    "head.norm": "norm",
    norm_pre: "norm",
  },
  own: /^(stem|stages|head\.norm|norm_pre)(\.|$)/,
  converted: "names: timm's to the authors'",
};

const transformers: Table = {
  name: "transformers",
  anchor: /^((?:.*?\.)?)encoder\.stages\.[0-3]\.layers\.\d+\.dwconv\.weight$/,
  block: /^encoder\.stages\.([0-3])\.layers\.(\d+)\.(.+)$/,
  blockName: (stage, index) => `encoder.stages.${stage}.layers.${index}.`,
  inBlock: blockOf(
    { dwconv: "dwconv", layernorm: "norm", pwconv1: "pwconv1", pwconv2: "pwconv2" },
    { layer_scale_parameter: "gamma", "grn.weight": "grn.gamma", "grn.bias": "grn.beta" },
  ),
  outside: {
    "embeddings.patch_embeddings": "stem.conv",
    "embeddings.layernorm": "stem.norm",
    ...steps((stage, part) => `encoder.stages.${stage}.downsampling_layer.${part}`),
    layernorm: "norm",
  },
  own: /^(embeddings|encoder|layernorm)(\.|$)/,
  converted: "names: transformers' to the authors'",
};

export const namings: readonly Naming[] = [authors, own, timm, transformers].map(namingOf);

export function expectedTensors(a: ConvNextArchitecture): Map<string, readonly number[]> {
  const expected = new Map<string, readonly number[]>();
  const add = (name: string, weight: readonly number[]) => {
    expected.set(`${name}.weight`, weight);
    expected.set(`${name}.bias`, [weight[0]!]);
  };
  a.widths.forEach((d, stage) => {
    if (stage === 0) {
      add("stem.conv", [d, 3, 4, 4]);
      add("stem.norm", [d]);
    } else {
      const before = a.widths[stage - 1]!;
      add(`down.${stage}.norm`, [before]);
      add(`down.${stage}.conv`, [d, before, 2, 2]);
    }
    for (let i = 0; i < a.depths[stage]!; i++) {
      const at = `stages.${stage}.blocks.${i}.`;
      add(`${at}dwconv`, [d, 1, 7, 7]);
      add(`${at}norm`, [d]);
      add(`${at}pwconv1`, [4 * d, d]);
      add(`${at}pwconv2`, [d, 4 * d]);
      if (a.layerScale) expected.set(`${at}gamma`, [d]);
      if (a.responseNorm) {
        expected.set(`${at}grn.gamma`, [4 * d]);
        expected.set(`${at}grn.beta`, [4 * d]);
      }
    }
  });
  if (a.lastNorm) add("norm", [a.widths[3]!]);
  return expected;
}

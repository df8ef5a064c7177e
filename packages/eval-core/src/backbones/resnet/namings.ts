/** How published checkpoints name a ResNet's tensors; everything is translated to torchvision's names. */
import type { Naming } from "../family.ts";

/** Fewer names of one prefix than this are a coincidence. */
const FEWEST = 5;

const parameter = "(weight|bias|running_mean|running_var|num_batches_tracked)";

/** A tensor is the backbone's by the module it is under, so that a surplus one is noticed, not dropped. */
function translateTorchvision(name: string): string | undefined {
  return /^(conv\d|bn\d|layer\d+)(\.|$)/.test(name) ? name : undefined;
}

/** SimCLR-v2 as converted to PyTorch: net.0 is the stem, net.1 to net.4 are the stages. */
function translateSimclr(name: string): string | undefined {
  if (/^net\.0\.0\.weight$/.test(name)) return "conv1.weight";
  const stem = new RegExp(`^net\\.0\\.1\\.0\\.${parameter}$`).exec(name);
  if (stem) return `bn1.${stem[1]}`;
  // A stack of convolutions: called as in ResNet-D, so that the match can say what it is.
  if (name.startsWith("net.0.")) return `conv1.${name.slice("net.0.".length)}`;
  const block = /^net\.([1-4])\.blocks\.(\d+)\.(.+)$/.exec(name);
  if (!block) return undefined;
  const [, stage, index, rest] = block as unknown as [string, string, string, string];
  const where = `layer${stage}.${index}`;
  if (rest === "projection.shortcut.weight") return `${where}.downsample.0.weight`;
  const projection = new RegExp(`^projection\\.bn\\.0\\.${parameter}$`).exec(rest);
  if (projection) return `${where}.downsample.1.${projection[1]}`;
  const convolution = /^net\.([024])\.weight$/.exec(rest);
  if (convolution) return `${where}.conv${Number(convolution[1]) / 2 + 1}.weight`;
  const normalisation = new RegExp(`^net\\.([135])\\.0\\.${parameter}$`).exec(rest);
  if (normalisation) return `${where}.bn${(Number(normalisation[1]) + 1) / 2}.${normalisation[2]}`;
  return `${where}.${rest}`;
}

/** nn.Sequential(*resnet.children()): conv1, bn1, relu, maxpool, layer1 to layer4 by number. */
function translateSequential(name: string): string | undefined {
  const match = /^([0-7])\.(.+)$/.exec(name);
  if (!match) return undefined;
  const [, index, rest] = match as unknown as [string, string, string];
  const child = { 0: "conv1", 1: "bn1", 4: "layer1", 5: "layer2", 6: "layer3", 7: "layer4" }[index];
  return child === undefined ? undefined : `${child}.${rest}`;
}

/** transformers' ResNet: embedder, then stages of layers of convolution and normalization. */
function translateTransformers(name: string): string | undefined {
  const module = { convolution: "conv", normalization: "bn" };
  const stem = /^embedder\.embedder\.(convolution|normalization)\.(\w+)$/.exec(name);
  if (stem) return `${module[stem[1] as keyof typeof module]}1.${stem[2]}`;
  const layer =
    /^encoder\.stages\.(\d+)\.layers\.(\d+)\.(?:(shortcut)|layer\.(\d+))\.(convolution|normalization)\.(\w+)$/.exec(
      name,
    );
  if (!layer) return /^(embedder|encoder)\./.test(name) ? name : undefined;
  const [, stage, index, shortcut, which, kind, parameter] = layer;
  const where = `layer${Number(stage) + 1}.${index}`;
  if (shortcut !== undefined) return `${where}.downsample.${kind === "convolution" ? 0 : 1}.${parameter}`;
  return `${where}.${module[kind as keyof typeof module]}${Number(which) + 1}.${parameter}`;
}

/** And back. */
function originalTransformers(name: string): string {
  const kindOf = (module: string) => (module === "conv" || module === "0" ? "convolution" : "normalization");
  const stem = /^(conv|bn)1\.(\w+)$/.exec(name);
  if (stem) return `embedder.embedder.${kindOf(stem[1]!)}.${stem[2]}`;
  const layer = /^layer(\d)\.(\d+)\.(?:downsample\.([01])|(conv|bn)(\d))\.(\w+)$/.exec(name);
  if (!layer) return name;
  const [, stage, index, shortcut, module, which, parameter] = layer;
  const at = `encoder.stages.${Number(stage) - 1}.layers.${index}`;
  if (shortcut !== undefined) return `${at}.shortcut.${kindOf(shortcut)}.${parameter}`;
  return `${at}.layer.${Number(which) - 1}.${kindOf(module!)}.${parameter}`;
}

const inBlock = "(?:conv[123]|bn[123]|downsample\\.[012])\\.\\w+$";

export const namings: readonly Naming[] = [
  {
    name: "torchvision",
    fewest: FEWEST,
    anchor: new RegExp(`^((?:.*?\\.)?)layer[1-4]\\.\\d+\\.${inBlock}`),
    translate: translateTorchvision,
  },
  {
    name: "simclr-v2",
    fewest: FEWEST,
    anchor: /^((?:.*?\.)?)net\.[1-4]\.blocks\.\d+\.net\.[0-5]\./,
    translate: translateSimclr,
    converted: "names: SimCLR-v2's to torchvision's",
  },
  {
    name: "sequential",
    fewest: FEWEST,
    anchor: new RegExp(`^((?:.*?\\.)?)[4-7]\\.\\d+\\.${inBlock}`),
    translate: translateSequential,
    converted: "names: numbered children to torchvision's",
  },
  {
    name: "transformers",
    fewest: FEWEST,
    anchor: /^((?:.*?\.)?)encoder\.stages\.\d+\.layers\.\d+\.layer\.\d+\.convolution\.weight$/,
    translate: translateTransformers,
    original: originalTransformers,
    converted: "names: transformers' to torchvision's",
  },
];

/**
 * Which ResNet a set of tensors is, and whether it is one exactly: every tensor matched, or an error that names
 * what is missing, unexpected or misshapen.
 */
import { CheckpointError } from "../../checkpoints/errors.ts";
import type { RecogniseOptions } from "../family.ts";
import { commonest, faultsOf } from "../fits.ts";
import {
  architectureTitle,
  type Block,
  depthOf,
  expansion,
  expectedTensors,
  published,
  type ResNetArchitecture,
} from "./modules.ts";

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

type MatchOptions = Pick<RecogniseOptions, "anyDepth">;

/**
 * @param tensors those of the backbone, under torchvision's names, without batch counters.
 * @param named how a message calls a tensor: by its name in the file
 * @throws CheckpointError when they are no ResNet, or not all of one.
 */
export function matchArchitecture(
  tensors: Shapes,
  options: MatchOptions = {},
  named: (name: string) => string = (name) => name,
): ResNetArchitecture {
  checkStem(tensors);
  const architecture = deduceArchitecture(tensors, options);
  const expected = expectedTensors(architecture);
  const missing = [...expected.keys()].filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name));
  const faults = faultsOf(tensors, expected, named);
  if (faults !== undefined) {
    const hint = hintFor(missing, unexpected, faults.includes("misshapen"));
    throw new CheckpointError(
      `looks like a ${architectureTitle(architecture)}, but does not match it: ${faults}${hint}`,
    );
  }
  return architecture;
}

/** The convolutions of ResNet-D's stem, and the norms between them. */
const deepStem = /^conv1\.[013467]\./;

function checkStem(tensors: Shapes): void {
  const stacked = [...tensors.keys()].filter((name) => /^conv1\.\d/.test(name));
  if (
    stacked.some((name) => !deepStem.test(name)) ||
    (stacked.length > 0 && !tensors.has("conv1.6.weight"))
  ) {
    throw new CheckpointError(
      "its first convolution is a stack of several that is not ResNet-D's (a selective-kernel network?): only one 7x7 convolution, or ResNet-D's three of 3x3, are supported",
    );
  }
  const first = stacked.length > 0 ? "conv1.0.weight" : "conv1.weight";
  const side = stacked.length > 0 ? 3 : 7;
  const shape = tensors.get(first)?.shape;
  if (shape === undefined || shape.length !== 4) return;
  if (shape[2] !== side || shape[3] !== side) {
    throw new CheckpointError(
      `its first convolution is ${shape[2]}x${shape[3]}, as in networks for small images: only the plain ResNet with a 7x7 one is supported`,
    );
  }
  if (shape[1] !== 3) {
    throw new CheckpointError(
      `its first convolution takes ${shape[1]} channels: only networks for RGB images (3 channels) are supported`,
    );
  }
}

function deduceArchitecture(tensors: Shapes, { anyDepth }: MatchOptions): ResNetArchitecture {
  const names = [...tensors.keys()];
  const bottleneck = names.filter((name) => /^layer\d+\.\d+\.conv3\.weight$/.test(name)).length;
  const block: Block = bottleneck > 0 ? "bottleneck" : "basic";
  const counts = [1, 2, 3, 4].map((stage) => {
    const pattern = new RegExp(`^layer${stage}\\.(\\d{1,3})\\.`);
    return 1 + Math.max(-1, ...names.flatMap((name) => Number(pattern.exec(name)?.[1] ?? -1)));
  });
  const blocks = anyDepth ? counts : nearestPublished(block, counts);
  const stem =
    tensors.get("conv1.weight")?.shape[0] ??
    tensors.get("conv1.6.weight")?.shape[0] ??
    commonest(tensors, /^bn1\.\w+$/) ??
    64;
  const stages = [1, 2, 3, 4];
  const inner = stages.map(
    (stage, i) => commonest(tensors, new RegExp(`^layer${stage}\\.\\d+\\.conv1\\.weight$`)) ?? stem * 2 ** i,
  );
  const last = block === "basic" ? "conv2" : "conv3";
  const outer = stages.map(
    (stage, i) =>
      commonest(tensors, new RegExp(`^layer${stage}\\.\\d+\\.${last}\\.weight$`)) ??
      inner[i]! * expansion[block],
  );
  // Outputs over what one kernel takes: several groups where that is less than all of them.
  const taken = commonest(tensors, /^layer1\.\d+\.conv2\.weight$/, 1) ?? inner[0]!;
  const groups =
    block === "bottleneck" && taken < inner[0]! && inner[0]! % taken === 0 ? inner[0]! / taken : undefined;
  const deep = tensors.has("conv1.6.weight");
  const sizeOf = (name: string) => tensors.get(name)?.shape[0] ?? 0;
  return {
    name: `${groups === undefined ? "resnet" : "resnext"}${depthOf(block, blocks)}${deep ? "d" : ""}`,
    depth: depthOf(block, blocks),
    block,
    blocks,
    width: stem / 64,
    widths: {
      stem,
      inner,
      outer,
      ...(deep ? { before: [sizeOf("conv1.0.weight"), sizeOf("conv1.3.weight")] } : {}),
    },
    featureDimension: outer[3]!,
    ...(groups === undefined ? {} : { groups }),
    ...(deep ? { variant: "d" as const } : {}),
  };
}

/** The nearest network: then a missing or surplus block is named as such. */
function nearestPublished(block: Block, counts: readonly number[]): readonly number[] {
  const kin = published.filter((member) => member.block === block).map(({ blocks }) => blocks);
  const distance = (blocks: readonly number[]): number =>
    blocks.reduce((sum, count, stage) => sum + Math.abs(count - counts[stage]!), 0);
  const nearest = kin.reduce((best, blocks) => (distance(blocks) < distance(best) ? blocks : best));
  if (distance(nearest) > 2) {
    throw new CheckpointError(
      `its stages have ${counts.join(", ")} ${block} blocks: no ResNet of depth ${published.map((member) => depthOf(member.block, member.blocks)).join(", ")} has`,
    );
  }
  return nearest;
}

function hintFor(missing: readonly string[], unexpected: readonly string[], misshapen: boolean): string {
  if (!misshapen && missing.length > 0 && missing.every((name) => /\.running_(mean|var)$/.test(name))) {
    return " (no running statistics: perhaps only the parameters were saved, or the network uses group normalisation)";
  }
  if (unexpected.some((name) => /\.(se|fc1|attn|gate)\b/.test(name))) {
    return " (the blocks have attention modules: a squeeze-and-excitation variant, which is not supported)";
  }
  return "";
}

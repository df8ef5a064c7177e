/**
 * Which ResNet a set of tensors is, and whether it is one exactly: every tensor matched, or an error that names
 * what is missing, unexpected or misshapen.
 */
import { CheckpointError, listed } from "../../checkpoints/errors.ts";
import type { RecogniseOptions } from "../family.ts";
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
 * @throws CheckpointError when they are no ResNet, or not all of one.
 */
export function matchArchitecture(tensors: Shapes, options: MatchOptions = {}): ResNetArchitecture {
  checkStem(tensors);
  const architecture = deduceArchitecture(tensors, options);
  const expected = expectedTensors(architecture);
  const missing = [...expected.keys()].filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name));
  const misshapen = [...tensors].flatMap(([name, { shape }]) => {
    const wanted = expected.get(name);
    return wanted !== undefined && String(wanted) !== String(shape)
      ? [`${name} [${shape}] instead of [${wanted}]`]
      : [];
  });
  const faults = [
    ...(missing.length > 0 ? [`missing: ${listed(missing)}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${listed(unexpected)}`] : []),
    ...(misshapen.length > 0 ? [`misshapen: ${listed(misshapen)}`] : []),
  ];
  if (faults.length > 0) {
    const hint = hintFor(missing, unexpected, misshapen);
    throw new CheckpointError(
      `looks like a ${architectureTitle(architecture)}, but does not match it: ${faults.join("; ")}${hint}`,
    );
  }
  return architecture;
}

function checkStem(tensors: Shapes): void {
  if (tensors.has("conv1.0.weight") || [...tensors.keys()].some((name) => /^conv1\.\d/.test(name))) {
    throw new CheckpointError(
      "its first convolution is a stack of several (a ResNet-D or selective-kernel network): only the plain ResNet with one 7x7 convolution is supported",
    );
  }
  const shape = tensors.get("conv1.weight")?.shape;
  if (shape === undefined || shape.length !== 4) return;
  if (shape[2] !== 7 || shape[3] !== 7) {
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
  const stem = tensors.get("conv1.weight")?.shape[0] ?? commonest(tensors, /^bn1\.\w+$/) ?? 64;
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
  const grouped = tensors.get("layer1.0.conv2.weight")?.shape;
  if (
    block === "bottleneck" &&
    grouped?.length === 4 &&
    grouped[1]! < inner[0]! &&
    inner[0]! % grouped[1]! === 0
  ) {
    throw new CheckpointError(
      `its 3x3 convolutions have ${inner[0]! / grouped[1]!} groups (a ResNeXt): only the plain ResNet is supported`,
    );
  }
  return {
    name: `resnet${depthOf(block, blocks)}`,
    depth: depthOf(block, blocks),
    block,
    blocks,
    width: stem / 64,
    widths: { stem, inner, outer },
    featureDimension: outer[3]!,
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

/** The first dimension that most of the tensors with such names have; one odd tensor then shows as misshapen. */
function commonest(tensors: Shapes, names: RegExp): number | undefined {
  const counts = new Map<number, number>();
  for (const [name, { shape }] of tensors) {
    if (names.test(name) && shape.length > 0) counts.set(shape[0]!, (counts.get(shape[0]!) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function hintFor(
  missing: readonly string[],
  unexpected: readonly string[],
  misshapen: readonly string[],
): string {
  if (
    misshapen.length === 0 &&
    missing.length > 0 &&
    missing.every((name) => /\.running_(mean|var)$/.test(name))
  ) {
    return " (no running statistics: perhaps only the parameters were saved, or the network uses group normalisation)";
  }
  if (unexpected.some((name) => /\.(se|fc1|attn|gate)\b/.test(name))) {
    return " (the blocks have attention modules: a squeeze-and-excitation variant, which is not supported)";
  }
  return "";
}

/**
 * ConvNeXt (Liu et al., 2022) and ConvNeXt V2 (Woo et al., 2023), as their authors, DINOv3, timm and transformers write
 * them. Version 2 has global response normalisation where version 1 has layer scale.
 */
import { CheckpointError } from "../checkpoints/errors.ts";
import type { ConvNextArchitecture } from "./convnext/architecture.ts";
import { buildConvNext, convNextWeights } from "./convnext/graph.ts";
import { expectedTensors, namings } from "./convnext/namings.ts";
import type { Candidate, Family, Readout, Recognised, RecogniseOptions } from "./family.ts";
import { defineFamily } from "./family.ts";
import { commonest, faultsOf } from "./fits.ts";
import { turnedBack } from "./matrices.ts";
import { imagenetNormalisation } from "./normalisation.ts";
import type { Sidecar } from "./sidecar.ts";

/** Names by depths and the first width. */
const sizes: Readonly<Record<string, string>> = {
  "2,2,6,2/40": "atto",
  "2,2,6,2/48": "femto",
  "2,2,6,2/64": "pico",
  "2,2,8,2/80": "nano",
  "3,3,9,3/96": "tiny",
  "3,3,27,3/96": "small",
  "3,3,27,3/128": "base",
  "3,3,27,3/192": "large",
  "3,3,27,3/256": "xlarge",
  "3,4,30,3/384": "xxlarge",
  "3,3,27,3/352": "huge",
};

function readouts({ widths }: ConvNextArchitecture): Readout[] {
  return [
    { slug: "pooled", kind: "vector", channels: widths[3]! },
    { slug: "mean-patch", kind: "vector", channels: widths[3]! },
    ...widths.map(
      (channels, stage): Readout => ({
        slug: `stage${stage + 1}`,
        kind: "map",
        channels,
        stride: 4 * 2 ** stage,
      }),
    ),
  ];
}

function recognise(
  { tensors, naming, beside }: Candidate,
  options: RecogniseOptions,
  sidecar: Sidecar,
): Recognised<ConvNextArchitecture> {
  const named = (name: string) => naming.original?.(name) ?? name;
  const any = (pattern: RegExp) => [...tensors.keys()].some((name) => pattern.test(name));
  const overlapping = tensors.get("stem.conv.weight")?.shape;
  if (
    overlapping !== undefined &&
    (overlapping.length !== 4 || overlapping[2] !== 4 || overlapping[3] !== 4)
  ) {
    throw new CheckpointError(
      `its stem, ${named("stem.conv.weight")}, is [${overlapping}]: expected a convolution of 4x4 that strides by 4; overlapping stems are not known here`,
    );
  }
  const stages = [0, 1, 2, 3];
  const depths = stages.map((stage) => {
    const numbers = [...tensors.keys()].map((name) =>
      Number(new RegExp(`^stages\\.${stage}\\.blocks\\.(\\d{1,3})\\.`).exec(name)?.[1] ?? -1),
    );
    return 1 + Math.max(-1, ...numbers);
  });
  const widths = stages.map(
    (stage) =>
      commonest(tensors, new RegExp(`^stages\\.${stage}\\.blocks\\.\\d+\\.(dwconv|norm)\\.(weight|bias)$`)) ??
      0,
  );
  const responseNorm = any(/\.grn\./);
  const layerScale = any(/^stages\.\d\.blocks\.\d+\.gamma$/);
  if (responseNorm === layerScale) {
    throw new CheckpointError(
      responseNorm
        ? "has both layer scale and global response normalisation: neither ConvNeXt nor ConvNeXt V2 does"
        : "looks like a ConvNeXt, but has neither layer scale (version 1) nor global response normalisation (version 2)",
    );
  }
  const version = responseNorm ? "convnextv2" : "convnext";
  const size = sizes[`${depths}/${widths[0]}`];
  const lastNorm = any(/^norm\./) || !beside.has("mask_token");
  const ofTransformers = naming.name === "transformers";
  const own = naming.name === "transferboard" ? sidecar : undefined;
  const wide = size === "xxlarge" && naming.name === "timm";
  const architecture: ConvNextArchitecture = {
    name: `${version}_${size ?? `${widths.join("-")}x${depths.join("-")}`}`,
    featureDimension: widths[3]!,
    depths,
    widths,
    patch: 4,
    responseNorm,
    layerScale,
    epsilon: options.epsilon ?? own?.epsilon?.value ?? (wide ? 1e-5 : 1e-6),
    lastEpsilon:
      options.epsilon ??
      own?.lastEpsilon?.value ??
      (ofTransformers ? (sidecar.epsilon?.value ?? 1e-12) : wide ? 1e-5 : 1e-6),
    lastNorm,
  };
  const faults = faultsOf(tensors, expectedTensors(architecture), named);
  if (faults !== undefined) {
    throw new CheckpointError(
      `looks like a ${title(architecture)} under ${naming.name} names, but does not match it: ${faults}`,
    );
  }
  const epsilonFrom = options.epsilon === undefined ? "the family's default" : "--epsilon";
  return {
    family: version,
    architecture,
    normalisation: { value: imagenetNormalisation, from: "ImageNet's, the family's" },
    inputSize: sidecar.imageSize?.value ?? 224,
    choices: {
      epsilon: { value: architecture.epsilon, from: epsilonFrom },
      lastEpsilon: {
        value: architecture.lastEpsilon,
        from:
          ofTransformers && options.epsilon === undefined
            ? (sidecar.epsilon?.from ?? "transformers' default")
            : epsilonFrom,
      },
    },
  };
}

function title({ name, responseNorm, depths, widths }: ConvNextArchitecture): string {
  const size = name.slice(name.indexOf("_") + 1);
  const version = responseNorm ? "ConvNeXt V2" : "ConvNeXt";
  return /^[a-z]/.test(size)
    ? `${version}-${size[0]!.toUpperCase()}${size.slice(1)}`
    : `${version} of ${depths.join(", ")} blocks, ${widths.join(", ")} wide`;
}

const family: Family<ConvNextArchitecture> = {
  name: "convnext",
  members: ["convnext", "convnextv2"],
  namings,
  recognise,
  convert: (architecture, tensors) => {
    const expected = expectedTensors(architecture);
    return new Map(
      [...tensors].map(([name, value]) => [name, { ...value, shape: expected.get(name) ?? value.shape }]),
    );
  },
  readouts,
  fixedSize: true,
  weights: convNextWeights,
  fromTraining: (_, weights, tensors) => turnedBack(weights, tensors),
  build: buildConvNext,
  title,
  recordedAs: ({ name }) => name,
};

export const convnext = defineFamily(family);

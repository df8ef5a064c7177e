/**
 * ResNets, wide ones, ResNeXts and ResNet-D: as torchvision, timm, transformers and SimCLR-v2 write them, and cut into
 * numbered children; exported graphs of the plain ones too.
 */
import { CheckpointError } from "../checkpoints/errors.ts";
import type { Architecture, Family, Readout } from "./family.ts";
import { defineFamily } from "./family.ts";
import { imagenetNormalisation, noNormalisation } from "./normalisation.ts";
import { addNetwork, foldedWeights } from "./resnet/graph.ts";
import { matchArchitecture } from "./resnet/match.ts";
import { architectureTitle, type ResNetArchitecture, resnetModules } from "./resnet/modules.ts";
import { namings } from "./resnet/namings.ts";
import { resnetWeights } from "./resnet/onnx-weights.ts";

/** The global average of the last stage; then what each stage hands on, as maps. */
function readouts({ featureDimension, widths }: ResNetArchitecture): Readout[] {
  return [
    { slug: "pooled", kind: "vector", channels: featureDimension },
    ...widths.outer.map(
      (channels, stage): Readout => ({
        slug: `layer${stage + 1}`,
        kind: "map",
        channels,
        stride: 4 * 2 ** stage,
      }),
    ),
  ];
}

const family: Family<ResNetArchitecture> = {
  name: "resnet",
  members: ["resnet", "resnext", "resnet-d"],
  namings,
  recognise(found, options) {
    const normalisation =
      found.naming.name === "simclr-v2"
        ? { value: noNormalisation, from: "SimCLR's, by the names" }
        : { value: imagenetNormalisation, from: "ImageNet's, the default" };
    const architecture = matchArchitecture(found.tensors, options, found.naming.original);
    const { groups, variant } = architecture;
    return {
      family: variant === "d" ? "resnet-d" : groups === undefined ? "resnet" : "resnext",
      ...(variant === "d" && found.naming.name === "torchvision" ? { naming: "timm" } : {}),
      architecture,
      normalisation,
      inputSize: 224,
      choices: {},
    };
  },
  readouts,
  fixedSize: false,
  weights: (architecture, tensors, { training }) =>
    training ? tensors : foldedWeights(architecture, tensors),
  build(g, architecture, input, outputs, { training }) {
    addNetwork(g, resnetModules(architecture), input, !training);
    if (outputs.includes("pooled")) g.op("Identity", ["features"], {}, { output: "pooled" });
    return new Map(
      readouts(architecture).flatMap(({ slug, channels }, i) =>
        i === 0
          ? [
              ["features", [channels]],
              [slug, [channels]],
            ]
          : [[slug, [channels, `${slug}_H`, `${slug}_W`]]],
      ),
    );
  },
  isBuffer: (name) => name.includes(".running_"),
  title: architectureTitle,
  recordedAs: ({ name, width }) => `${name}, width ${width}`,
  fromGraph: resnetWeights,
};

export const resnet = defineFamily(family);

/**
 * A checkpoint's facts as a ResNet's, for what is built on its stages.
 * @throws CheckpointError for a network of another family
 */
export function asResNet(checkpoint: {
  readonly family: string;
  readonly architecture: Architecture;
}): ResNetArchitecture {
  if (family.members.includes(checkpoint.family)) return checkpoint.architecture as ResNetArchitecture;
  throw new CheckpointError(
    `is a ${checkpoint.family} (${checkpoint.architecture.name}): this needs the four stages of a ResNet`,
  );
}

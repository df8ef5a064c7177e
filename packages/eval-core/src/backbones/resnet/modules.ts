/**
 * The family of backbones: ResNet-18, -34, -50, -101 and -152 (He et al., 2016; the stride of a bottleneck on its
 * 3x3 convolution, as in torchvision), of any width. What a member is made of, under torchvision's names.
 */
import type { Architecture } from "../family.ts";

export type Block = "basic" | "bottleneck";

export interface ResNetArchitecture extends Architecture {
  /** torchvision's name of the depth: "resnet50", whatever the width. */
  readonly name: string;
  /** Layers with weights, the classifier's among them, shortcuts' not. */
  readonly depth: number;
  readonly block: Block;
  /** Residual blocks of each of the four stages. */
  readonly blocks: readonly number[];
  /** Relative to the standard network: 1, 2, 4, or a fraction; the stem's. */
  readonly width: number;
  readonly widths: {
    readonly stem: number;
    /** Channels inside the blocks of each of the four stages. */
    readonly inner: readonly number[];
    /** Channels that each stage hands on. */
    readonly outer: readonly number[];
    /** Of a stem of three convolutions, the channels of the first two. */
    readonly before?: readonly number[];
  };
  /** Of the 3x3 convolutions, where they have several: a ResNeXt (Xie et al., 2017). */
  readonly groups?: number;
  /**
   * ResNet-D (He et al., 2019), as timm has it: a stem of three 3x3 convolutions, and an average pool before the 1x1 of
   * a shortcut that strides.
   */
  readonly variant?: "d";
}

/** The published members. */
export const published: readonly { readonly block: Block; readonly blocks: readonly number[] }[] = [
  { block: "basic", blocks: [2, 2, 2, 2] },
  { block: "basic", blocks: [3, 4, 6, 3] },
  { block: "bottleneck", blocks: [3, 4, 6, 3] },
  { block: "bottleneck", blocks: [3, 4, 23, 3] },
  { block: "bottleneck", blocks: [3, 8, 36, 3] },
];

/** 18 for basic blocks 2, 2, 2, 2; 50 for bottlenecks 3, 4, 6, 3. */
export function depthOf(block: Block, blocks: readonly number[]): number {
  return 2 + blocks.reduce((sum, count) => sum + count, 0) * (block === "basic" ? 2 : 3);
}

export const expansion: { readonly [B in Block]: number } = { basic: 1, bottleneck: 4 };

/** torch.nn.BatchNorm2d's, and TensorFlow's in SimCLR. */
export const BATCH_NORM_EPSILON = 1e-5;

/** One convolution with the batch normalisation behind it. */
export interface ConvolutionUnit {
  /** Names of the modules: "layer1.0.conv2" and "layer1.0.bn2"; "layer1.0.downsample.0" and ".1". */
  readonly convolution: string;
  readonly normalisation: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  /** One unless told. */
  readonly groups?: number;
}

export interface ResidualBlock {
  readonly name: string;
  /** In order; a ReLU stands between each two. */
  readonly units: readonly ConvolutionUnit[];
  readonly shortcut?: ConvolutionUnit;
  /** Whether an average pool of 2x2 that strides by 2 stands before the shortcut. */
  readonly pooledShortcut?: boolean;
}

export interface ResNet {
  /** In order; a ReLU behind each. */
  readonly stem: readonly ConvolutionUnit[];
  readonly stages: readonly (readonly ResidualBlock[])[];
}

/** Every module of the network, in the order in which it runs. */
export function resnetModules({ block, blocks, widths, groups, variant }: ResNetArchitecture): ResNet {
  const [first = 0, second = 0] = widths.before ?? [];
  const stem =
    variant === "d"
      ? [
          unit("conv1.0", "conv1.1", 3, first, 3, 2),
          unit("conv1.3", "conv1.4", first, second, 3, 1),
          unit("conv1.6", "bn1", second, widths.stem, 3, 1),
        ]
      : [unit("conv1", "bn1", 3, widths.stem, 7, 2)];
  let inputs = widths.stem;
  const stages = blocks.map((count, stage) =>
    Array.from({ length: count }, (_, index): ResidualBlock => {
      const name = `layer${stage + 1}.${index}`;
      const inner = widths.inner[stage]!;
      const outer = widths.outer[stage]!;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      const conv = (i: number, from: number, to: number, kernel: number, by: number): ConvolutionUnit =>
        unit(`${name}.conv${i}`, `${name}.bn${i}`, from, to, kernel, by);
      const middle = conv(2, inner, inner, 3, stride);
      const units =
        block === "basic"
          ? [conv(1, inputs, inner, 3, stride), conv(2, inner, outer, 3, 1)]
          : [
              conv(1, inputs, inner, 1, 1),
              groups === undefined ? middle : { ...middle, groups },
              conv(3, inner, outer, 1, 1),
            ];
      const pooled = variant === "d" && stride !== 1;
      const at = variant === "d" ? 1 : 0;
      const shortcut =
        stride !== 1 || inputs !== outer
          ? unit(
              `${name}.downsample.${at}`,
              `${name}.downsample.${at + 1}`,
              inputs,
              outer,
              1,
              pooled ? 1 : stride,
            )
          : undefined;
      inputs = outer;
      return {
        name,
        units,
        ...(shortcut === undefined ? {} : { shortcut }),
        ...(pooled ? { pooledShortcut: true } : {}),
      };
    }),
  );
  return { stem, stages };
}

function unit(
  convolution: string,
  normalisation: string,
  inputs: number,
  outputs: number,
  kernel: number,
  stride: number,
): ConvolutionUnit {
  return { convolution, normalisation, inputs, outputs, kernel, stride };
}

/** Every convolution in the order in which torch runs it: a block's shortcut comes after its own. */
export function convolutionUnits(network: ResNet): ConvolutionUnit[] {
  return [
    ...network.stem,
    ...network.stages.flat().flatMap(({ units, shortcut }) => (shortcut ? [...units, shortcut] : units)),
  ];
}

export const normalisationTensors = ["weight", "bias", "running_mean", "running_var"] as const;

/** Every tensor that a backbone has, with its shape; counters of batches seen are not among them. */
export function expectedTensors(architecture: ResNetArchitecture): Map<string, readonly number[]> {
  const expected = new Map<string, readonly number[]>();
  for (const { convolution, normalisation, inputs, outputs, kernel, groups = 1 } of convolutionUnits(
    resnetModules(architecture),
  )) {
    expected.set(`${convolution}.weight`, [outputs, inputs / groups, kernel, kernel]);
    for (const name of normalisationTensors) expected.set(`${normalisation}.${name}`, [outputs]);
  }
  return expected;
}

/** "ResNet-50 (2x)", "ResNeXt-50 (32 groups)", "ResNet-50-D": for people. */
export function architectureTitle({ depth, width, groups, variant }: ResNetArchitecture): string {
  const base = `${groups === undefined ? "ResNet" : "ResNeXt"}-${depth}${variant === "d" ? "-D" : ""}`;
  const facts = [...(groups === undefined ? [] : [`${groups} groups`]), `${Number(width.toFixed(3))}x`];
  return `${base} (${facts.join(", ")})`;
}

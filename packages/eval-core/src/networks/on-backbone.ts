/** A ResNet's graph to write a head on: its stages as feature maps of the sizes that an image of one size gives. */
import { asResNet, backboneGraph, type Checkpoint, resnetModules } from "../backbones/index.ts";
import { GraphBuilder } from "../onnx/builder.ts";
import { dilateStages } from "./dilate.ts";
import type { FeatureMap } from "./layers.ts";

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

export type Stages = readonly [c2: FeatureMap, c3: FeatureMap, c4: FeatureMap, c5: FeatureMap];

export interface BackboneStages {
  /** Holds the backbone, with input `input` [N, 3, H, W] and no output yet. */
  readonly g: GraphBuilder;
  readonly stages: Stages;
}

/** What a network is built from. */
export type Network = Pick<Checkpoint, "family" | "architecture" | "normalisation" | "tensors" | "inputSize">;

/**
 * @param dilated strides of the last two stages as dilation: C4 and C5 have C3's size.
 * @param batchNorm as `backboneGraph` takes it: `separate` to train, `folded` to infer.
 * @throws CheckpointError for a network of another family
 */
export function onBackbone(
  checkpoint: Network,
  {
    size,
    dilated = false,
    batchNorm,
  }: {
    readonly size: ImageSize;
    readonly dilated?: boolean;
    readonly batchNorm: "folded" | "separate";
  },
): BackboneStages {
  const architecture = asResNet(checkpoint);
  const plain = backboneGraph(checkpoint, { batchNorm, outputs: ["layer4"] });
  const g = GraphBuilder.from(dilated ? dilateStages(plain, resnetModules(architecture)) : plain, {
    outputs: false,
  });
  // The stem halves twice, each later stage once; a side of n becomes ceil(n / 2).
  const halved = (n: number, times: number): number =>
    times === 0 ? n : halved(Math.ceil(n / 2), times - 1);
  const stages = architecture.widths.outer.map((channels, stage): FeatureMap => {
    const times = dilated ? Math.min(stage, 1) + 2 : stage + 2;
    return {
      value: `layer${stage + 1}`,
      channels,
      height: halved(size.height, times),
      width: halved(size.width, times),
    };
  });
  return { g, stages: stages as unknown as Stages };
}

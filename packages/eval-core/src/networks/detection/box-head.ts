/** The box head of Faster R-CNN with a pyramid: two layers on pooled regions, then classes and boxes. */
import { int } from "../../onnx/attributes.ts";
import { xavierUniform, ZERO } from "../head-start.ts";
import type { Layers } from "../layers.ts";

/** Cells a side that a region is pooled into. */
export const POOLED_SIDE = 7;

export interface BoxHeadOptions {
  /** K, the background not counted. */
  readonly classes: number;
  /** Channels of the pyramid. */
  readonly channels: number;
  /** Of both hidden layers; 1,024 as published. */
  readonly width: number;
}

export interface BoxPrediction {
  /** [R, K + 1], the background last. */
  readonly scores: string;
  /** [R, 4 K]: dx, dy, dw, dh of each class. */
  readonly deltas: string;
}

/** @param pooled [R, channels, 7, 7] */
export function addBoxHead(
  layers: Layers,
  pooled: string,
  { classes, channels, width }: BoxHeadOptions,
): BoxPrediction {
  const { g } = layers;
  const inputs = channels * POOLED_SIDE ** 2;
  const flat = g.op("Flatten", [pooled], { axis: int(1) });
  const hidden = (name: string, x: string, from: number) =>
    g.op("Relu", [layers.linear(name, x, from, width, { weight: xavierUniform(from), bias: ZERO })]);
  const features = hidden("box_head.fc2", hidden("box_head.fc1", flat, inputs), width);
  const predictor = (name: string, outputs: number, deviation: number) =>
    layers.linear(`box_predictor.${name}`, features, width, outputs, {
      weight: { kind: "normal", deviation },
      bias: ZERO,
    });
  return {
    scores: predictor("cls_score", classes + 1, 0.01),
    deltas: predictor("bbox_pred", 4 * classes, 0.001),
  };
}

/**
 * Faster R-CNN with a feature pyramid (Ren et al., 2015; Lin et al., 2017), as detectron2 has it, in the pieces that
 * graphs can be: what lies between them (proposals, matching, sampling, pooling of regions) is no graph's work.
 *
 * A training step is one graph in three stages. The first answers the pyramid and the proposals' logits and deltas; the
 * second, fed with pooled regions, the gradient by them; the third, fed with that gradient put back onto the pyramid,
 * all the rest. One descent has all gradients: the four losses, and the pyramid times what came back.
 */
import { GraphBuilder } from "../../onnx/builder.ts";
import type { Graph } from "../../onnx/ir.ts";
import { type FeatureMap, Layers, type Parameter, type ParameterSource } from "../layers.ts";
import { type ImageSize, type Network, onBackbone } from "../on-backbone.ts";
import { addBoxHead, POOLED_SIDE } from "./box-head.ts";
import { addPyramid, type Pyramid } from "./fpn.ts";
import { freezeBatchNorm } from "./frozen-batch-norm.ts";
import { addBoxLosses, addRpnLosses } from "./losses.ts";
import { addRpnHead, type Proposing } from "./rpn-head.ts";

export interface DetectorOptions {
  /** Of the batch's canvas: multiples of 32. */
  readonly size: ImageSize;
  /** K, the background not counted. */
  readonly classes: number;
  /** Channels of the pyramid; 256 as published. */
  readonly width: number;
  /** Of the box head's hidden layers; 1,024 as published. */
  readonly boxWidth: number;
  /** The weights of pyramid and heads. */
  readonly source: ParameterSource;
}

/** The levels that regions are pooled from, by the name of the graph's output. */
export const POOLED_LEVELS = ["p2", "p3", "p4", "p5"] as const;

/** The losses in the order in which detectron2 names them. */
export const DETECTION_LOSSES = ["loss_rpn_cls", "loss_rpn_loc", "loss_cls", "loss_box_reg"] as const;

export interface DetectorNetwork {
  readonly graph: Graph;
  readonly head: readonly Parameter[];
  /** Height and width of P2 to P6. */
  readonly levels: readonly ImageSize[];
  /** Anchors of an image. */
  readonly anchors: number;
}

export interface TrainingDetector extends DetectorNetwork {
  /** The scalar to descend; no output. */
  readonly descent: string;
  readonly parameters: readonly string[];
}

export interface TrainingDetectorOptions extends DetectorOptions {
  readonly batch: number;
  /** Rows of pooled regions in all images together; rows beyond what was sampled have the label -1. */
  readonly regions: number;
  /** Anchors sampled an image. */
  readonly anchorsPerImage: number;
  /** Whether a convolution of the backbone is trained, by its weight's name. */
  readonly trains: (weight: string) => boolean;
}

const output = (g: GraphBuilder, name: string, value: string, shape: readonly (number | string)[]) =>
  g.output(g.op("Identity", [value], {}, { output: name }), "float32", shape);

function addProposing(
  checkpoint: Network,
  { size, width, source }: DetectorOptions,
  batchNorm: "folded" | "separate",
): { layers: Layers; pyramid: Pyramid; proposing: Proposing } {
  if (size.height % 32 !== 0 || size.width % 32 !== 0)
    throw new RangeError(
      `a detector's canvas has sides of multiples of 32, not ${size.height} x ${size.width}`,
    );
  const { g, stages } = onBackbone(checkpoint, { size, batchNorm });
  const layers = new Layers(g, source);
  const pyramid = addPyramid(layers, stages, width);
  const proposing = addRpnHead(layers, pyramid, width);
  const mapShape = (map: FeatureMap) => ["N", map.channels, map.height, map.width];
  for (const [i, name] of POOLED_LEVELS.entries()) output(g, name, pyramid[i]!.value, mapShape(pyramid[i]!));
  output(g, "objectness", proposing.logits, ["N", proposing.anchors]);
  output(g, "anchorDeltas", proposing.deltas, ["N", proposing.anchors, 4]);
  return { layers, pyramid, proposing };
}

const sizesOf = (pyramid: Pyramid): ImageSize[] => pyramid.map(({ height, width }) => ({ height, width }));

/** Input `input` [N, 3, H, W]; outputs `p2` to `p5`, `objectness` [N, A] and `anchorDeltas` [N, A, 4]. */
export function proposingNetwork(checkpoint: Network, options: DetectorOptions): DetectorNetwork {
  const { layers, pyramid, proposing } = addProposing(checkpoint, options, "folded");
  return {
    graph: layers.g.build(),
    head: layers.parameters,
    levels: sizesOf(pyramid),
    anchors: proposing.anchors,
  };
}

/** Input `pooled` [R, width, 7, 7]; outputs `scores` [R, K + 1] and `deltas` [R, 4 K]. */
export function boxNetwork({ classes, width, boxWidth, source }: Omit<DetectorOptions, "size">): Graph {
  const g = new GraphBuilder("box-head");
  const pooled = g.input("pooled", "float32", ["R", width, POOLED_SIDE, POOLED_SIDE]);
  const found = addBoxHead(new Layers(g, source), pooled, { classes, channels: width, width: boxWidth });
  output(g, "scores", found.scores, ["R", classes + 1]);
  output(g, "deltas", found.deltas, ["R", 4 * classes]);
  return g.build();
}

/**
 * Further inputs: `anchorLabels` [N, A], `anchorTargets` [N, A, 4], `pooled`, `regionLabels` [R], `regionTargets` [R, 4], and
 * `p2/gradient` to `p5/gradient`; further outputs: the four losses and `loss`, their sum.
 */
export function trainingDetector(checkpoint: Network, options: TrainingDetectorOptions): TrainingDetector {
  const { batch, regions, classes, width, boxWidth, anchorsPerImage, trains } = options;
  const { layers, pyramid, proposing } = addProposing(checkpoint, options, "separate");
  const { g } = layers;
  const rpn = addRpnLosses(g, {
    ...proposing,
    labels: g.input("anchorLabels", "float32", ["N", proposing.anchors]),
    targets: g.input("anchorTargets", "float32", ["N", proposing.anchors, 4]),
    divisor: anchorsPerImage * batch,
  });
  const pooled = g.input("pooled", "float32", [regions, width, POOLED_SIDE, POOLED_SIDE]);
  const box = addBoxLosses(g, {
    ...addBoxHead(layers, pooled, { classes, channels: width, width: boxWidth }),
    classes,
    labels: g.input("regionLabels", "float32", [regions]),
    targets: g.input("regionTargets", "float32", [regions, 4]),
  });
  const losses = [rpn.classification, rpn.localisation, box.classification, box.localisation];
  for (const [i, name] of DETECTION_LOSSES.entries()) output(g, name, losses[i]!, []);
  const sum = (terms: readonly string[]) => terms.reduce((total, term) => g.op("Add", [total, term]));
  output(g, "loss", sum(losses), []);
  const returned = POOLED_LEVELS.map((name, i) => {
    const { value, channels, height, width: across } = pyramid[i]!;
    const gradient = g.input(`${name}/gradient`, "float32", ["N", channels, height, across]);
    return g.op("ReduceSum", [g.op("Mul", [value, gradient])], { keepdims: { type: "int", value: 0 } });
  });
  const descent = sum([...losses, ...returned]);
  const backbone = [...checkpoint.tensors].filter(([name, { shape }]) => shape.length === 4 && trains(name));
  return {
    graph: freezeBatchNorm(g.build(), trains),
    head: layers.parameters,
    levels: sizesOf(pyramid),
    anchors: proposing.anchors,
    descent,
    parameters: [...backbone.map(([name]) => name), ...layers.parameters.map(({ name }) => name)],
  };
}

/** Where a training step is cut: what is computed there from, and what it supplies. */
export const DETECTOR_CUTS = [
  {
    reads: [...POOLED_LEVELS, "objectness", "anchorDeltas"],
    supplies: ["anchorLabels", "anchorTargets", "pooled", "regionLabels", "regionTargets"],
  },
  { reads: ["gradient/pooled"], supplies: POOLED_LEVELS.map((name) => `${name}/gradient`) },
] as const;

/**
 * Forward nodes written in a form that runs on every device and leaves what their gradient needs, so that nothing
 * of the forward pass is computed twice.
 *
 * WebGPU has no BatchNormalization in training mode and no LogSoftmax: both are made of simpler operators here.
 */
import type { Node } from "../onnx/ir.ts";
import { axisOf, float, floatOf, intOf, ints, intsOf } from "./attributes.ts";
import { normalizeChannels } from "./cpu/channelwise.ts";
import { losesEndPadding, withEndPadding } from "./cpu/end-padding.ts";
import type { Means } from "./cpu/means.ts";
import { convolveWide, gainsByWidth } from "./cpu/wide-convolution.ts";
import { lowestOf } from "./dtypes.ts";
import type { Emitter } from "./emitter.ts";
import { isWhole, paddingEnd, windowsOf } from "./geometry.ts";
import type { Residuals } from "./rules/rule.ts";
import { carryStatistics } from "./running-statistics.ts";

const NOTHING: Residuals = {};

/** The batch's own mean and variance, normalisation by them, and the mix with the running ones that ONNX defines. */
function batchNormalization(node: Node, e: Emitter): Residuals {
  const [x, scale, bias] = node.inputs as [string, string, string];
  const axes = e
    .shape(x)
    .map((_, axis) => axis)
    .filter((axis) => axis !== 1);
  const epsilon = floatOf(node, "epsilon", 1e-5);
  const mean = e.mean(x, axes);
  const centred = e.sub(x, mean);
  const variance = e.mean(e.mul(centred, centred), axes);
  const inverse = e.op("Reciprocal", [e.op("Sqrt", [e.add(variance, e.scalar(epsilon, x))])]);
  const channels = e.shape(scale);
  const flatVariance = e.reshape(variance, channels);
  e.append({
    ...node,
    // One pass over x, alpha x + beta, as PyTorch: the sign of what is almost zero before a ReLU then agrees oftenest.
    inputs: [x, scale, bias, e.reshape(mean, channels), flatVariance],
    outputs: [node.outputs[0]!],
    attributes: { epsilon: float(epsilon) },
  });
  carryStatistics(node, e, e.reshape(mean, channels), flatVariance);
  return { centred, inverse };
}

function layerNormalization(node: Node, e: Emitter): Residuals {
  const [mean, inverse] = [node.outputs[1] || e.fresh("mean"), node.outputs[2] || e.fresh("inverse")];
  e.append({ ...node, outputs: [node.outputs[0]!, mean, inverse] });
  return { mean, inverse };
}

/** y = x - max - log(sum(exp(x - max))) */
function logSoftmax(node: Node, e: Emitter): Residuals {
  const x = node.inputs[0]!;
  const axis = axisOf(node, intOf(node, "axis", -1), e.shape(x).length);
  const shifted = e.sub(x, e.max(x, [axis]));
  const logSum = e.op("Log", [e.sum(e.op("Exp", [shifted]), [axis])]);
  e.append({ ...node, opType: "Sub", inputs: [shifted, logSum], attributes: {} });
  return NOTHING;
}

/** A convolution for a CPU: less its mean where that is for nothing, and of small images side by side. */
function convolutionForCpu(node: Node, e: Emitter, means: Means): Residuals {
  const [x, w] = node.inputs as [string, string];
  const windows = windowsOf(node, e.shape(x).slice(2), e.shape(w).slice(2));
  const bias = means.bias(node, e, windows);
  const biased = bias ? { ...node, inputs: [x, w, bias] } : node;
  return gainsByWidth(biased, e, windows) ? convolveWide(biased, e, windows) : convolution(biased, e);
}

/** A convolution; padded beforehand where its own padding would be lost. */
function convolution(node: Node, e: Emitter): Residuals {
  const [x, w, ...bias] = node.inputs as [string, string, ...string[]];
  const windows = windowsOf(node, e.shape(x).slice(2), e.shape(w).slice(2));
  if (!losesEndPadding(windows)) {
    e.append(node);
    return NOTHING;
  }
  const { auto_pad: _, pads: __, ...attributes } = node.attributes;
  e.append({ ...node, inputs: [withEndPadding(e, x, windows), w, ...bias], attributes });
  return NOTHING;
}

/**
 * A pool that rounds up, as one that rounds down over more padding: ONNX's own shape inference and its kernels
 * disagree on whether a last window that starts in the padding exists.
 */
function poolRoundingUp(node: Node, e: Emitter): Residuals {
  const windows = windowsOf(node, e.shape(node.inputs[0]!).slice(2), intsOf(node, "kernel_shape") ?? []);
  const { ceil_mode: _, auto_pad: __, pads: ___, ...attributes } = node.attributes;
  const pads = ints([...windows.map((w) => w.begin), ...windows.map(paddingEnd)]);
  e.append({ ...node, attributes: { ...attributes, pads } });
  return NOTHING;
}

/**
 * A maximum over several axes, one axis after another, the last first: each leaves what it read, and a gradient of a few
 * taps an axis is less than one of all taps at once.
 */
function maxPool(node: Node, e: Emitter): Residuals {
  const windows = windowsOf(node, e.shape(node.inputs[0]!).slice(2), intsOf(node, "kernel_shape") ?? []);
  const residuals: Record<string, string> = {};
  let x = node.inputs[0]!;
  const pooled = windows.map((w, i) => ({ w, i })).filter(({ w }) => !isWhole(w));
  for (const { w, i } of pooled.toReversed()) {
    residuals[beforePool(i)] = x;
    const only = <T>(value: T, otherwise: T) => windows.map((_, at) => (at === i ? value : otherwise));
    const end = paddingEnd(w);
    // More padding than a pool takes: one that rounds up, dilated.
    const apart = w.begin >= w.kernel || end >= w.kernel;
    const padded = apart
      ? e.pad(x, [0, 0, ...only(w.begin, 0)], [0, 0, ...only(end, 0)], lowestOf(e.dtype(x)))
      : x;
    const output = i === pooled[0]!.i ? node.outputs[0]! : e.fresh("maxpool");
    const attributes = {
      kernel_shape: ints(only(w.kernel, 1)),
      strides: ints(only(w.stride, 1)),
      dilations: ints(only(w.dilation, 1)),
      pads: ints(apart ? windows.flatMap(() => [0, 0]) : [...only(w.begin, 0), ...only(end, 0)]),
    };
    e.append({ opType: "MaxPool", name: output, inputs: [padded], outputs: [output], attributes });
    x = output;
  }
  if (pooled.length === 0) e.append({ ...node, opType: "Identity", attributes: {} });
  return residuals;
}

/** What a pool over one spatial axis read, by the name it is saved under; nothing for an axis that it leaves alone. */
export const beforePool = (axis: number): string => `before axis ${axis}`;

/**
 * Appends a forward node and answers what it leaves for its gradient.
 * @param means given where the graph is to be arranged for a CPU.
 */
export function lower(node: Node, e: Emitter, means: Means | undefined): Residuals {
  e.scope = node.outputs[0]!;
  try {
    if (node.opType === "BatchNormalization" && intOf(node, "training_mode", 0))
      return means && e.shape(node.inputs[0]!).length === 4
        ? normalizeChannels(node, e, means.takenOff(node.inputs[0]!))
        : batchNormalization(node, e);
    if (node.opType === "LayerNormalization") return layerNormalization(node, e);
    if (node.opType === "LogSoftmax") return logSoftmax(node, e);
    if (node.opType === "Conv") return means ? convolutionForCpu(node, e, means) : convolution(node, e);
    if (node.opType === "MaxPool") return maxPool(node, e);
    if (node.opType === "AveragePool" && intOf(node, "ceil_mode", 0) && !intOf(node, "count_include_pad", 0))
      return poolRoundingUp(node, e);
    e.append(node);
    return NOTHING;
  } finally {
    e.scope = "";
  }
}

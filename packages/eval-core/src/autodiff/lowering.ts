/**
 * Forward nodes written in a form that runs on every device and leaves what their gradient needs, so that nothing
 * of the forward pass is computed twice.
 *
 * WebGPU has no BatchNormalization in training mode and no LogSoftmax: both are made of simpler operators here.
 */
import type { Node } from "../onnx/ir.ts";
import { axisOf, float, floatOf, intOf, ints, intsOf } from "./attributes.ts";
import { lowestOf } from "./dtypes.ts";
import type { Emitter } from "./emitter.ts";
import { paddingEnd, windowsOf } from "./geometry.ts";

/** Values for the gradient rule, by the names that it asks for. */
export type Saved = Readonly<Record<string, string>>;

const NOTHING: Saved = {};

/** The batch's own mean and variance, normalisation by them, and the mix with the running ones that ONNX defines. */
function batchNormalization(node: Node, e: Emitter): Saved {
  const [x, scale, bias, runningMean, runningVariance] = node.inputs as [
    string,
    string,
    string,
    string,
    string,
  ];
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
  const keep = floatOf(node, "momentum", 0.9);
  for (const [i, running, batch] of [
    [1, runningMean, e.reshape(mean, channels)],
    [2, runningVariance, flatVariance],
  ] as const) {
    const output = node.outputs[i];
    if (!output) continue;
    const mixed = keep === 0 ? batch : e.add(e.scale(running, keep), e.scale(batch, 1 - keep));
    e.append({ opType: "Identity", name: output, inputs: [mixed], outputs: [output], attributes: {} });
  }
  return { centred, inverse };
}

function layerNormalization(node: Node, e: Emitter): Saved {
  const [mean, inverse] = [node.outputs[1] || e.fresh("mean"), node.outputs[2] || e.fresh("inverse")];
  e.append({ ...node, outputs: [node.outputs[0]!, mean, inverse] });
  return { mean, inverse };
}

/** y = x - max - log(sum(exp(x - max))) */
function logSoftmax(node: Node, e: Emitter): Saved {
  const x = node.inputs[0]!;
  const axis = axisOf(node, intOf(node, "axis", -1), e.shape(x).length);
  const shifted = e.sub(x, e.max(x, [axis]));
  const logSum = e.op("Log", [e.sum(e.op("Exp", [shifted]), [axis])]);
  e.append({ ...node, opType: "Sub", inputs: [shifted, logSum], attributes: {} });
  return NOTHING;
}

/**
 * A pool that rounds up, as one that rounds down over more padding: ONNX's own shape inference and its kernels
 * disagree on whether a last window that starts in the padding exists.
 */
function poolRoundingUp(node: Node, e: Emitter): Saved {
  const windows = windowsOf(node, e.shape(node.inputs[0]!).slice(2), intsOf(node, "kernel_shape") ?? []);
  const { ceil_mode: _, auto_pad: __, pads: ___, ...attributes } = node.attributes;
  const [begin, end] = [windows.map((w) => w.begin), windows.map(paddingEnd)];
  if (windows.some((w, i) => end[i]! >= w.kernel)) {
    // More padding than a pool takes: a dilated MaxPool, for AveragePool has no dilation here.
    const x = node.inputs[0]!;
    const padded = e.pad(x, [0, 0, ...begin], [0, 0, ...end], lowestOf(e.dtype(x)));
    e.append({ ...node, inputs: [padded], attributes });
  } else {
    e.append({ ...node, attributes: { ...attributes, pads: ints([...begin, ...end]) } });
  }
  return NOTHING;
}

/** Appends a forward node and answers what it leaves for its gradient. */
export function lower(node: Node, e: Emitter): Saved {
  e.scope = node.outputs[0]!;
  try {
    if (node.opType === "BatchNormalization" && intOf(node, "training_mode", 0))
      return batchNormalization(node, e);
    if (node.opType === "LayerNormalization") return layerNormalization(node, e);
    if (node.opType === "LogSoftmax") return logSoftmax(node, e);
    const pool = node.opType === "MaxPool" || node.opType === "AveragePool";
    if (pool && intOf(node, "ceil_mode", 0) && !intOf(node, "count_include_pad", 0))
      return poolRoundingUp(node, e);
    e.append(node);
    return NOTHING;
  } finally {
    e.scope = "";
  }
}

/** Normalisations. Statistics here are biased (ONNX's); what PyTorch records differently is in `training/`. */
import { sizeOf } from "../../tensor/tensor.ts";
import { axisOf, floatOf, intOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { type Kernel, need } from "./kernel.ts";
import { broadcastStrides, indices, offsetOf, value } from "./value.ts";

export const normalisation = {
  /**
   * Y = scale * (X - mean) / sqrt(var + epsilon) + B by channel. In training mode the statistics are the batch's,
   * and outputs 1 and 2 are the running ones: input * momentum + batch * (1 - momentum).
   */
  BatchNormalization: (inputs, node) => {
    const [x, scale, bias] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
    const [runningMean, runningVariance] = [need(inputs, 3, node), need(inputs, 4, node)];
    const channels = x.shape[1]!;
    const inner = sizeOf(x.shape.slice(2));
    const channelOf = (i: number) => Math.floor(i / inner) % channels;
    for (const [name, v] of Object.entries({ scale, bias, runningMean, runningVariance })) {
      if (v.data.length !== channels)
        fail(node, `${name} has ${v.data.length} elements, expected ${channels}, one a channel`);
    }
    let [mean, variance] = [runningMean.data, runningVariance.data];
    const outputs = [];
    if (intOf(node, "training_mode", 0)) {
      const count = x.data.length / channels;
      mean = new Float64Array(channels);
      variance = new Float64Array(channels);
      for (const [i, v] of x.data.entries()) mean[channelOf(i)]! += v / count;
      for (const [i, v] of x.data.entries())
        variance[channelOf(i)]! += (v - mean[channelOf(i)]!) ** 2 / count;
      const keep = floatOf(node, "momentum", 0.9);
      const mix = (old: Float64Array, fresh: Float64Array) =>
        old.map((v, c) => v * keep + fresh[c]! * (1 - keep));
      outputs.push(
        value(x.dtype, [channels], mix(runningMean.data, mean)),
        value(x.dtype, [channels], mix(runningVariance.data, variance)),
      );
    }
    const epsilon = floatOf(node, "epsilon", 1e-5);
    const y = x.data.map((v, i) => {
      const c = channelOf(i);
      return (scale.data[c]! * (v - mean[c]!)) / Math.sqrt(variance[c]! + epsilon) + bias.data[c]!;
    });
    return [value(x.dtype, x.shape, y), ...outputs];
  },
  /** Y = scale * (X - mean) / sqrt(var + epsilon) + B, the statistics those of each image and channel. */
  InstanceNormalization: (inputs, node) => {
    const [x, scale, bias] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
    const channels = x.shape[1]!;
    const size = sizeOf(x.shape.slice(2));
    const epsilon = floatOf(node, "epsilon", 1e-5);
    const y = new Float64Array(x.data.length);
    for (let start = 0; start < y.length; start += size) {
      const c = (start / size) % channels;
      const row = x.data.subarray(start, start + size);
      const mean = row.reduce((a, b) => a + b, 0) / size;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / size;
      for (const [i, v] of row.entries())
        y[start + i] = (scale.data[c]! * (v - mean)) / Math.sqrt(variance + epsilon) + bias.data[c]!;
    }
    return [value(x.dtype, x.shape, y)];
  },
  /** Outputs: Y, mean, 1/sqrt(var + epsilon); the statistics are over the axes from `axis` on. */
  LayerNormalization: (inputs, node) => {
    const [x, scale, bias] = [need(inputs, 0, node), need(inputs, 1, node), inputs[2]];
    const axis = axisOf(node, intOf(node, "axis", -1), x.shape.length);
    const size = sizeOf(x.shape.slice(axis));
    const rows = x.data.length / size;
    const epsilon = floatOf(node, "epsilon", 1e-5);
    const mean = new Float64Array(rows);
    const inverse = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      const row = x.data.subarray(r * size, (r + 1) * size);
      mean[r] = row.reduce((a, b) => a + b, 0) / size;
      inverse[r] = 1 / Math.sqrt(row.reduce((a, b) => a + (b - mean[r]!) ** 2, 0) / size + epsilon);
    }
    const scaleStrides = broadcastStrides(scale.shape, x.shape);
    const biasStrides = bias ? broadcastStrides(bias.shape, x.shape) : [];
    const y = new Float64Array(x.data.length);
    let at = 0;
    for (const index of indices(x.shape)) {
      const r = Math.floor(at / size);
      const normal = (x.data[at]! - mean[r]!) * inverse[r]!;
      y[at++] =
        normal * scale.data[offsetOf(index, scaleStrides)]! +
        (bias ? bias.data[offsetOf(index, biasStrides)]! : 0);
    }
    const statistics = [...x.shape.slice(0, axis), ...x.shape.slice(axis).map(() => 1)];
    return [
      value(x.dtype, x.shape, y),
      value(x.dtype, statistics, mean),
      value(x.dtype, statistics, inverse),
    ];
  },
} satisfies Record<string, Kernel>;

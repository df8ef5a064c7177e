/** Random cases of convolutions, pools, normalisations and Resize. */
import type { Attribute } from "../../onnx/ir.ts";
import { float, int, ints, string } from "../attributes.ts";
import type { CaseMaker, Draw } from "./case.ts";

/** Kernel, strides, dilations and pads that fit the spatial sizes drawn for them. */
function geometry(d: Draw, { dilated = true, smallPads = false } = {}) {
  const rank = d.int(1, 2);
  const kernel = d.list(rank, 1, 3);
  const strides = d.list(rank, 1, 3);
  const dilations = dilated ? d.list(rank, 1, 2) : kernel.map(() => 1);
  // A pool may not have a window in the padding alone.
  const largest = (k: number) => (smallPads ? Math.floor(k / 2) : 2);
  const pads = [...kernel, ...kernel].map((k) => d.int(0, largest(k)));
  const sizes = kernel.map((k, i) => dilations[i]! * (k - 1) + 1 + d.int(0, 4));
  return { rank, kernel, strides, dilations, pads, sizes };
}

const batchNormalization: CaseMaker = (d) => {
  const shape = [d.int(1, 3), d.int(1, 3), ...d.list(d.int(0, 2), 2, 3)];
  if (shape.length === 2) shape[0] = d.int(2, 4);
  const channels = [shape[1]!];
  const training = d.bool();
  const statistics = training
    ? [d.floats("mean", [...d.numbers(channels[0]!)]), d.floats("var", [...d.numbers(channels[0]!, 0.5, 2)])]
    : [d.input("mean", channels), d.input("var", channels, 0.5, 2)];
  const inputs = [d.input("x", shape), d.input("scale", channels), d.input("b", channels), ...statistics];
  const attributes = { epsilon: float(d.pick(1e-5, 0.1)) };
  if (!training) return d.finish("BatchNormalization", inputs, attributes);
  return d.finish(
    "BatchNormalization",
    inputs,
    { ...attributes, training_mode: int(1), momentum: float(d.pick(0, 0.9)) },
    3,
  );
};

export const layerCases = {
  Conv: (d) => {
    const { kernel, strides, dilations, pads, sizes } = geometry(d);
    const group = d.int(1, 2);
    const [perGroup, outputs] = [d.int(1, 2), group * d.int(1, 2)];
    const inputs = [
      d.input("x", [d.int(1, 2), group * perGroup, ...sizes]),
      d.input("w", [outputs, perGroup, ...kernel]),
    ];
    if (d.bool()) inputs.push(d.input("b", [outputs]));
    return d.finish("Conv", inputs, {
      strides: ints(strides),
      dilations: ints(dilations),
      group: int(group),
      ...(d.int(0, 4) === 0 && dilations.every((v) => v === 1)
        ? { auto_pad: string(d.pick("SAME_UPPER", "SAME_LOWER", "VALID")) }
        : { pads: ints(pads) }),
    });
  },
  ConvTranspose: (d) => {
    const { kernel, strides, dilations, pads, sizes } = geometry(d);
    const group = d.int(1, 2);
    const [channels, perGroup] = [group * d.int(1, 2), d.int(1, 2)];
    const extra = strides.map((s) => d.int(0, s - 1));
    // The padding may not eat the whole output.
    const kept = pads.map((p, i) =>
      Math.min(p, Math.floor((dilations[i % kernel.length]! * (kernel[i % kernel.length]! - 1)) / 2)),
    );
    const inputs = [
      d.input("x", [d.int(1, 2), channels, ...sizes.map((size) => Math.min(size, 4))]),
      d.input("w", [channels, perGroup, ...kernel]),
    ];
    if (d.bool()) inputs.push(d.input("b", [group * perGroup]));
    return d.finish("ConvTranspose", inputs, {
      strides: ints(strides),
      dilations: ints(dilations),
      pads: ints(kept),
      output_padding: ints(extra),
      group: int(group),
    });
  },
  MaxPool: (d) => {
    const { kernel, strides, dilations, pads, sizes } = geometry(d, { smallPads: true });
    return d.finish("MaxPool", [d.input("x", [d.int(1, 2), d.int(1, 2), ...sizes])], {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      dilations: ints(dilations),
      pads: ints(pads),
      ceil_mode: int(d.int(0, 1)),
    });
  },
  AveragePool: (d) => {
    const { kernel, strides, pads, sizes } = geometry(d, { dilated: false, smallPads: true });
    return d.finish("AveragePool", [d.input("x", [d.int(1, 2), d.int(1, 2), ...sizes])], {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      pads: ints(pads),
      ...d.pick<Record<string, Attribute>>({ count_include_pad: int(1) }, { ceil_mode: int(1) }, {}),
    });
  },
  GlobalAveragePool: (d) =>
    d.finish("GlobalAveragePool", [d.input("x", [d.int(1, 2), d.int(1, 3), ...d.shape(1, 2)])]),
  BatchNormalization: batchNormalization,
  InstanceNormalization: (d) => {
    const channels = d.int(1, 3);
    const inputs = [
      // Two values have one normal form, whatever they are: its gradient is the rounding of epsilon.
      d.input("x", [d.int(1, 3), channels, d.int(1, 3), d.int(3, 4)]),
      d.input("scale", [channels]),
      d.input("b", [channels]),
    ];
    return d.finish("InstanceNormalization", inputs, { epsilon: float(d.pick(1e-5, 0.1)) });
  },
  LayerNormalization: (d) => {
    const shape = [...d.shape(0, 2), d.int(2, 4)];
    const axis = d.int(0, shape.length - 1);
    const inputs = [d.input("x", shape), d.input("scale", shape.slice(axis))];
    if (d.bool()) inputs.push(d.input("b", shape.slice(axis)));
    return d.finish("LayerNormalization", inputs, {
      axis: int(d.bool() ? axis : axis - shape.length),
      epsilon: float(d.pick(1e-5, 0.1)),
    });
  },
  Resize: (d) => {
    const sizes = d.list(2, 1, 4);
    const shape = [d.int(1, 2), d.int(1, 2), ...sizes];
    const x = d.input("x", shape);
    const mode = d.pick("nearest", "linear");
    const bySizes = d.bool();
    const target = sizes.map((size) => d.int(1, 2 * size + 1));
    const scales = sizes.map(() => d.pick(0.5, 1, 2, 3));
    const inputs = bySizes
      ? [x, "", "", d.ints("sizes", [...shape.slice(0, 2), ...target])]
      : [x, "", d.floats("scales", [1, 1, ...scales.map((s, i) => (sizes[i] === 1 && s < 1 ? 1 : s))])];
    return d.finish("Resize", inputs, {
      mode: string(mode),
      coordinate_transformation_mode: string(
        d.pick("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"),
      ),
      ...(mode === "nearest"
        ? { nearest_mode: string(d.pick("floor", "round_prefer_floor", "ceil", "round_prefer_ceil")) }
        : {}),
    });
  },
} satisfies Record<string, CaseMaker>;

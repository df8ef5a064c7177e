/** Operators that move or cut data without changing any number. */
import { axisOf, intOf, stringOf, tensorOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import {
  flattenTarget,
  padAmounts,
  permutationOf,
  reshapeTarget,
  sliceRanges,
  splitSizes,
  squeezeTarget,
  unsqueezeTarget,
} from "../parameters.ts";
import { type Kernel, need, numbers } from "./kernel.ts";
import {
  broadcastShapes,
  broadcastStrides,
  fromTensor,
  indices,
  offsetOf,
  stridesOf,
  type Value,
  value,
} from "./value.ts";

const reshaped = (x: Value, shape: readonly number[]): Value[] => [value(x.dtype, shape, x.data)];

/** The tensor of `shape` whose element at an index is `at(index)`. */
function gathered(x: Value, shape: readonly number[], at: (index: readonly number[]) => number): Value {
  const data: number[] = [];
  for (const index of indices(shape)) data.push(at(index));
  return value(x.dtype, shape, data);
}

/** Where a padded coordinate reads from, by the mode; -1 for the fill. */
function paddedSource(mode: string, at: number, size: number): number {
  if (at >= 0 && at < size) return at;
  switch (mode) {
    case "edge":
      return at < 0 ? 0 : size - 1;
    case "reflect": {
      if (size === 1) return 0;
      const period = 2 * (size - 1);
      const phase = ((at % period) + period) % period;
      return Math.min(phase, period - phase);
    }
    case "wrap":
      return ((at % size) + size) % size;
    default:
      return -1;
  }
}

export const shape = {
  Shape: (inputs, node) => {
    const { shape: all } = need(inputs, 0, node);
    const sizes = all.slice(intOf(node, "start", 0), intOf(node, "end", all.length));
    return [value("int64", [sizes.length], sizes)];
  },
  Constant: (_, node) => {
    const tensor = tensorOf(node, "value");
    if (tensor) return [fromTensor(tensor)];
    for (const [name, dtype] of [
      ["value_float", "float32"],
      ["value_int", "int64"],
      ["value_floats", "float32"],
      ["value_ints", "int64"],
    ] as const) {
      const attribute = node.attributes[name];
      if (attribute && (attribute.type === "int" || attribute.type === "float"))
        return [value(dtype, [], [attribute.value])];
      if (attribute && (attribute.type === "ints" || attribute.type === "floats"))
        return [value(dtype, [attribute.value.length], attribute.value)];
    }
    return fail(node, "only 'value', 'value_int(s)' and 'value_float(s)' are supported");
  },
  ConstantOfShape: (inputs, node) => {
    const target = [...need(inputs, 0, node).data];
    const fill = tensorOf(node, "value");
    const one = fill ? fromTensor(fill) : value("float32", [1], [0]);
    return [gathered(one, target, () => one.data[0]!)];
  },
  Range: (inputs, node) => {
    const [start, limit, step] = [0, 1, 2].map((i) => need(inputs, i, node).data[0]!) as [
      number,
      number,
      number,
    ];
    const count = Math.max(0, Math.ceil((limit - start) / step));
    return [
      value(
        need(inputs, 0, node).dtype,
        [count],
        Array.from({ length: count }, (_, i) => start + i * step),
      ),
    ];
  },
  Transpose: (inputs, node) => {
    const x = need(inputs, 0, node);
    const perm = permutationOf(node, x.shape.length);
    const strides = stridesOf(x.shape);
    const moved = perm.map((axis) => strides[axis]!);
    return [
      gathered(
        x,
        perm.map((axis) => x.shape[axis]!),
        (index) => x.data[offsetOf(index, moved)]!,
      ),
    ];
  },
  Reshape: (inputs, node) => {
    const x = need(inputs, 0, node);
    return reshaped(x, reshapeTarget(node, x.shape, [...need(inputs, 1, node).data]));
  },
  Flatten: (inputs, node) => {
    const x = need(inputs, 0, node);
    return reshaped(x, flattenTarget(node, x.shape));
  },
  Squeeze: (inputs, node) => {
    const x = need(inputs, 0, node);
    return reshaped(x, squeezeTarget(node, x.shape, numbers(inputs[1])));
  },
  Unsqueeze: (inputs, node) => {
    const x = need(inputs, 0, node);
    return reshaped(x, unsqueezeTarget(node, x.shape, numbers(inputs[1])));
  },
  Expand: (inputs, node) => {
    const x = need(inputs, 0, node);
    const asked = [...need(inputs, 1, node).data];
    const target =
      broadcastShapes(x.shape, asked) ?? fail(node, `[${x.shape}] does not expand to [${asked}]`);
    const strides = broadcastStrides(x.shape, target);
    return [gathered(x, target, (index) => x.data[offsetOf(index, strides)]!)];
  },
  Concat: (inputs, node) => {
    const parts = inputs.map((_, i) => need(inputs, i, node));
    const axis = axisOf(node, intOf(node, "axis", 0), parts[0]!.shape.length);
    const total = parts.reduce((sum, p) => sum + p.shape[axis]!, 0);
    const target = parts[0]!.shape.map((size, i) => (i === axis ? total : size));
    const strides = parts.map((p) => stridesOf(p.shape));
    return [
      gathered(parts[0]!, target, (index) => {
        let at = index[axis]!;
        let part = 0;
        while (at >= parts[part]!.shape[axis]!) at -= parts[part++]!.shape[axis]!;
        return parts[part]!.data[offsetOf(index.with(axis, at), strides[part]!)]!;
      }),
    ];
  },
  Split: (inputs, node) => {
    const x = need(inputs, 0, node);
    const axis = axisOf(node, intOf(node, "axis", 0), x.shape.length);
    const strides = stridesOf(x.shape);
    let start = 0;
    return splitSizes(node, x.shape[axis]!, numbers(inputs[1])).map((size) => {
      const from = start;
      start += size;
      return gathered(
        x,
        x.shape.with(axis, size),
        (index) => x.data[offsetOf(index, strides) + from * strides[axis]!]!,
      );
    });
  },
  Slice: (inputs, node) => {
    const x = need(inputs, 0, node);
    const ranges = sliceRanges(
      node,
      x.shape,
      [1, 2, 3, 4].map((i) => numbers(inputs[i])),
    );
    const target = [...x.shape];
    const strides = stridesOf(x.shape);
    const moved = [...strides];
    let first = 0;
    for (const { axis, start, step, count } of ranges) {
      target[axis] = count;
      moved[axis] = strides[axis]! * step;
      first += strides[axis]! * start;
    }
    return [gathered(x, target, (index) => x.data[first + offsetOf(index, moved)]!)];
  },
  Pad: (inputs, node) => {
    const x = need(inputs, 0, node);
    const { begin, end } = padAmounts(node, x.shape.length, numbers(inputs[1]), numbers(inputs[3]));
    const fill = inputs[2]?.data[0] ?? 0;
    const mode = stringOf(node, "mode", "constant");
    const strides = stridesOf(x.shape);
    return [
      gathered(
        x,
        x.shape.map((size, axis) => size + begin[axis]! + end[axis]!),
        (index) => {
          const source = index.map((at, axis) => paddedSource(mode, at - begin[axis]!, x.shape[axis]!));
          return source.includes(-1) ? fill : x.data[offsetOf(source, strides)]!;
        },
      ),
    ];
  },
} satisfies Record<string, Kernel>;

/** Shapes of what moves, cuts and indexes. */
import { axisOf, has, intOf, tensorOf } from "../attributes.ts";
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
import { broadcastShapes } from "../reference/value.ts";
import { expectDimension, input, type ShapeContext, type ShapeRule } from "./rule.ts";

function required(context: ShapeContext, position: number): readonly number[] {
  return context.numbers(position) ?? fail(context.node, `input ${position} is missing`);
}

const retarget =
  (target: (context: ShapeContext, shape: readonly number[]) => readonly number[]): ShapeRule =>
  (context) => {
    const { dtype, shape } = input(context, 0);
    return [{ dtype, shape: target(context, shape) }];
  };

export const movement = {
  Shape: (context) => {
    const { shape } = input(context, 0);
    const part = shape.slice(intOf(context.node, "start", 0), intOf(context.node, "end", shape.length));
    return [{ dtype: "int64", shape: [part.length] }];
  },
  Constant: ({ node }) => {
    const tensor = tensorOf(node, "value");
    if (tensor) return [{ dtype: tensor.dtype, shape: tensor.shape }];
    for (const [name, dtype] of [
      ["value_int", "int64"],
      ["value_float", "float32"],
    ] as const) {
      if (has(node, name)) return [{ dtype, shape: [] }];
      const list = node.attributes[`${name}s`];
      if (list?.type === "ints" || list?.type === "floats") return [{ dtype, shape: [list.value.length] }];
    }
    return fail(node, "only 'value', 'value_int(s)' and 'value_float(s)' are supported");
  },
  ConstantOfShape: (context) => [
    { dtype: tensorOf(context.node, "value")?.dtype ?? "float32", shape: required(context, 0) },
  ],
  Range: (context) => {
    const [start, limit, step] = [0, 1, 2].map((i) => required(context, i)[0]!) as [number, number, number];
    return [{ dtype: input(context, 0).dtype, shape: [Math.max(0, Math.ceil((limit - start) / step))] }];
  },
  Transpose: retarget(({ node }, shape) => permutationOf(node, shape.length).map((axis) => shape[axis]!)),
  Reshape: retarget((context, shape) => reshapeTarget(context.node, shape, required(context, 1))),
  Flatten: retarget(({ node }, shape) => flattenTarget(node, shape)),
  Squeeze: retarget((context, shape) => squeezeTarget(context.node, shape, context.numbers(1))),
  Unsqueeze: retarget((context, shape) => unsqueezeTarget(context.node, shape, context.numbers(1))),
  Expand: retarget((context, shape) => {
    const asked = required(context, 1);
    return broadcastShapes(shape, asked) ?? fail(context.node, `[${shape}] does not expand to [${asked}]`);
  }),
  Concat: (context) => {
    const { node } = context;
    const { dtype, shape } = input(context, 0);
    const axis = axisOf(node, intOf(node, "axis", 0), shape.length);
    let total = 0;
    for (const [i, name] of node.inputs.entries()) {
      const part = input(context, i);
      if (part.dtype !== dtype)
        fail(node, `'${name}' must be ${dtype} like its fellows, found ${part.dtype}`);
      for (const [d, size] of shape.entries())
        if (d !== axis) expectDimension(node, name, d, size, part.shape[d]);
      total += part.shape[axis]!;
    }
    return [{ dtype, shape: shape.with(axis, total) }];
  },
  Split: (context) => {
    const { dtype, shape } = input(context, 0);
    const axis = axisOf(context.node, intOf(context.node, "axis", 0), shape.length);
    const sizes = splitSizes(context.node, shape[axis]!, context.numbers(1));
    return sizes.map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },
  Slice: retarget((context, shape) => {
    const target = [...shape];
    const given = [1, 2, 3, 4].map((i) => context.numbers(i));
    for (const { axis, count } of sliceRanges(context.node, shape, given)) target[axis] = count;
    return target;
  }),
  Pad: retarget((context, shape) => {
    const { begin, end } = padAmounts(context.node, shape.length, context.numbers(1), context.numbers(3));
    return shape.map((size, axis) => size + begin[axis]! + end[axis]!);
  }),
  Gather: (context) => {
    const [{ dtype, shape }, at] = [input(context, 0), input(context, 1)];
    const axis = axisOf(context.node, intOf(context.node, "axis", 0), shape.length);
    return [{ dtype, shape: [...shape.slice(0, axis), ...at.shape, ...shape.slice(axis + 1)] }];
  },
  GatherElements: (context) => {
    const [{ dtype, shape }, at] = [input(context, 0), input(context, 1)];
    if (at.shape.length !== shape.length)
      fail(context.node, `indices [${at.shape}] must have as many dimensions as the data [${shape}]`);
    return [{ dtype, shape: at.shape }];
  },
  GatherND: (context) => {
    const [{ dtype, shape }, at] = [input(context, 0), input(context, 1)];
    return [{ dtype, shape: [...at.shape.slice(0, -1), ...shape.slice(at.shape.at(-1)!)] }];
  },
  ScatterElements: (context) => [input(context, 0)],
  ScatterND: (context) => {
    const [x, at, updates] = [0, 1, 2].map((i) => input(context, i)) as [
      ReturnType<typeof input>,
      ReturnType<typeof input>,
      ReturnType<typeof input>,
    ];
    const expected = [...at.shape.slice(0, -1), ...x.shape.slice(at.shape.at(-1)!)];
    if (updates.shape.join() !== expected.join())
      fail(context.node, `'${context.node.inputs[2]}' must be [${expected}], found [${updates.shape}]`);
    return [x];
  },
  ArgMax: (context) => {
    const { shape } = input(context, 0);
    const axis = axisOf(context.node, intOf(context.node, "axis", 0), shape.length);
    const kept = intOf(context.node, "keepdims", 1);
    return [{ dtype: "int64", shape: kept ? shape.with(axis, 1) : shape.toSpliced(axis, 1) }];
  },
} satisfies Record<string, ShapeRule>;

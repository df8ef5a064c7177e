/** Shapes of products, convolutions, pools, normalisations, reductions and Resize. */
import { axisOf, intOf, intsOf } from "../attributes.ts";
import { fail } from "../errors.ts";
import { transposedWindowsOf, windowsOf } from "../geometry.ts";
import { reducedAxes } from "../reference/reduction.ts";
import { broadcastShapes } from "../reference/value.ts";
import { resizeAxes } from "../resize-plan.ts";
import { expectDimension, input, type ShapeContext, type ShapeRule } from "./rule.ts";

/** The input's shape must have a batch, channels and at least one spatial dimension. */
function image(context: ShapeContext): readonly number[] {
  const { shape } = input(context, 0);
  if (shape.length < 3)
    fail(
      context.node,
      `'${context.node.inputs[0]}' must have a batch, channels and spatial dimensions, found [${shape}]`,
    );
  return shape;
}

const pool: ShapeRule = (context) => {
  const shape = image(context);
  if (context.node.outputs[1])
    fail(context.node, "the indices output is not supported: WebGPU cannot compute it");
  const windows = windowsOf(context.node, shape.slice(2), intsOf(context.node, "kernel_shape") ?? []);
  return [{ dtype: input(context, 0).dtype, shape: [...shape.slice(0, 2), ...windows.map((w) => w.output)] }];
};

const reduce: ShapeRule = (context) => {
  const { dtype, shape } = input(context, 0);
  const axes = reducedAxes(context.node, shape.length, context.numbers(1));
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return [
    { dtype, shape: intOf(context.node, "keepdims", 1) ? kept : kept.filter((_, i) => !axes.includes(i)) },
  ];
};

const alongAxis: ShapeRule = (context) => {
  const x = input(context, 0);
  axisOf(context.node, intOf(context.node, "axis", -1), x.shape.length);
  return [x];
};

function checkBias(context: ShapeContext, channels: number): void {
  const bias = context.inputs[2];
  if (bias) expectDimension(context.node, context.node.inputs[2]!, 0, channels, bias.shape[0]);
}

export const layers = {
  Conv: (context) => {
    const { node } = context;
    const [shape, w] = [image(context), input(context, 1)];
    expectDimension(node, node.inputs[0]!, 1, w.shape[1]! * intOf(node, "group", 1), shape[1]);
    checkBias(context, w.shape[0]!);
    const windows = windowsOf(node, shape.slice(2), w.shape.slice(2));
    return [{ dtype: w.dtype, shape: [shape[0]!, w.shape[0]!, ...windows.map((v) => v.output)] }];
  },
  ConvTranspose: (context) => {
    const { node } = context;
    const [shape, w] = [image(context), input(context, 1)];
    expectDimension(node, node.inputs[0]!, 1, w.shape[0], shape[1]);
    const channels = w.shape[1]! * intOf(node, "group", 1);
    checkBias(context, channels);
    const windows = transposedWindowsOf(node, shape.slice(2), w.shape.slice(2));
    return [{ dtype: w.dtype, shape: [shape[0]!, channels, ...windows.map((v) => v.size)] }];
  },
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: (context) => {
    const shape = image(context);
    return [
      { dtype: input(context, 0).dtype, shape: [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)] },
    ];
  },
  BatchNormalization: (context) => {
    const { node } = context;
    const x = input(context, 0);
    for (let i = 1; i < 5; i++)
      expectDimension(node, node.inputs[i]!, 0, x.shape[1], input(context, i).shape[0]);
    const statistics = { dtype: x.dtype, shape: [x.shape[1]!] };
    return intOf(node, "training_mode", 0) ? [x, statistics, statistics] : [x];
  },
  InstanceNormalization: (context) => {
    const shape = image(context);
    for (const i of [1, 2])
      expectDimension(context.node, context.node.inputs[i]!, 0, shape[1], input(context, i).shape[0]);
    return [input(context, 0)];
  },
  LayerNormalization: (context) => {
    const x = input(context, 0);
    const axis = axisOf(context.node, intOf(context.node, "axis", -1), x.shape.length);
    for (const i of [1, 2]) {
      const parameter = context.inputs[i];
      if (parameter && broadcastShapes(parameter.shape, x.shape)?.join() !== x.shape.join())
        fail(
          context.node,
          `'${context.node.inputs[i]}' [${parameter.shape}] does not broadcast to [${x.shape}]`,
        );
    }
    const statistics = { dtype: x.dtype, shape: x.shape.map((size, i) => (i < axis ? size : 1)) };
    return [x, statistics, statistics];
  },
  Gemm: (context) => {
    const { node } = context;
    const [a, b] = [input(context, 0), input(context, 1)];
    if (a.shape.length !== 2 || b.shape.length !== 2)
      fail(node, `A and B must be matrices, found [${a.shape}] and [${b.shape}]`);
    const [m, k] = intOf(node, "transA", 0) ? a.shape.toReversed() : a.shape;
    const [kb, n] = intOf(node, "transB", 0) ? b.shape.toReversed() : b.shape;
    expectDimension(node, node.inputs[1]!, intOf(node, "transB", 0) ? 1 : 0, k, kb);
    const shape = [m!, n!];
    const c = context.inputs[2];
    if (c && broadcastShapes(c.shape, shape)?.join() !== shape.join())
      fail(node, `'${node.inputs[2]}' [${c.shape}] does not broadcast to [${shape}]`);
    return [{ dtype: a.dtype, shape }];
  },
  MatMul: (context) => {
    const { node } = context;
    const [a, b] = [input(context, 0), input(context, 1)];
    const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
    const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
    const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
    if (left.at(-1) !== right.at(-2) || !batch)
      fail(node, `'${node.inputs[0]}' [${a.shape}] and '${node.inputs[1]}' [${b.shape}] do not multiply`);
    const rows = a.shape.length === 1 ? [] : [left.at(-2)!];
    return [{ dtype: a.dtype, shape: [...batch, ...rows, ...(b.shape.length === 1 ? [] : [right.at(-1)!])] }];
  },
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceSumSquare: reduce,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Resize: (context) => {
    const { dtype, shape } = input(context, 0);
    const target = [...shape];
    for (const plan of resizeAxes(context.node, shape, context.numbers(2), context.numbers(3)))
      target[plan.axis] = plan.output;
    return [{ dtype, shape: target }];
  },
} satisfies Record<string, ShapeRule>;

/** Random cases of the operators that move, cut and index. */

import { sizeOf } from "../../tensor/tensor.ts";
import { int, ints, string } from "../attributes.ts";
import type { CaseMaker, Draw } from "./case.ts";

/** Distinct index tuples into `shape`, so that overwriting has one outcome. */
function distinctTuples(d: Draw, shape: readonly number[], count: number): number[] {
  const places = d.permutation(sizeOf(shape)).slice(0, count);
  return places.flatMap((place) => {
    const tuple: number[] = [];
    for (const size of shape.toReversed()) {
      tuple.unshift(place % size);
      place = Math.floor(place / size);
    }
    return tuple;
  });
}

export const movementCases = {
  Transpose: (d) => {
    const shape = d.shape(1, 4);
    const perm = d.permutation(shape.length);
    return d.finish("Transpose", [d.input("x", shape)], d.int(0, 4) ? { perm: ints(perm) } : {});
  },
  Reshape: (d) => {
    const shape = d.shape(1, 4);
    const target = d.pick([-1], [0, -1], [sizeOf(shape), 1], [1, -1, 1]);
    return d.finish("Reshape", [d.input("x", shape), d.ints("shape", target)]);
  },
  Flatten: (d) => {
    const shape = d.shape(1, 4);
    return d.finish("Flatten", [d.input("x", shape)], { axis: int(d.int(-shape.length, shape.length)) });
  },
  Squeeze: (d) => {
    const shape = d.shape(1, 3);
    const axis = d.int(0, shape.length);
    const squeezed = d.input("x", shape.toSpliced(axis, 0, 1));
    return d.finish("Squeeze", d.bool() ? [squeezed, d.ints("axes", [axis])] : [squeezed]);
  },
  Unsqueeze: (d) => {
    const shape = d.shape(0, 3);
    const axes = d.permutation(shape.length + 2).slice(0, 2);
    return d.finish("Unsqueeze", [d.input("x", shape), d.ints("axes", axes)]);
  },
  Expand: (d) => {
    const target = d.shape(1, 4);
    return d.finish("Expand", [d.input("x", d.broadcastable(target)), d.ints("shape", target)]);
  },
  Concat: (d) => {
    const shape = d.shape(1, 4);
    const axis = d.int(0, shape.length - 1);
    const parts = Array.from({ length: d.int(1, 3) }, (_, i) =>
      d.input(`x${i}`, shape.with(axis, d.int(1, 3))),
    );
    return d.finish("Concat", parts, { axis: int(d.bool() ? axis : axis - shape.length) });
  },
  Split: (d) => {
    const sizes = d.list(d.int(1, 3), 1, 3);
    const shape = d.shape(1, 3);
    const axis = d.int(0, shape.length - 1);
    const x = d.input(
      "x",
      shape.with(
        axis,
        sizes.reduce((a, b) => a + b, 0),
      ),
    );
    const used = sizes.map((_, i) => i).filter((i) => i === 0 || d.bool());
    return d.finish("Split", [x, d.ints("split", sizes)], { axis: int(axis) }, sizes.length, used);
  },
  Slice: (d) => {
    const shape = d.list(d.int(1, 3), 2, 5);
    const axes = d.permutation(shape.length).slice(0, d.int(1, shape.length));
    const steps = axes.map(() => d.pick(1, 2, 3, -1, -2));
    const starts = axes.map((axis, i) =>
      steps[i]! > 0 ? d.int(0, shape[axis]! - 1) : d.int(1, shape[axis]! + 2),
    );
    const ends = axes.map((axis, i) => (steps[i]! > 0 ? shape[axis]! + d.int(0, 2) : d.pick(0, -100)));
    return d.finish("Slice", [
      d.input("x", shape),
      d.ints("starts", starts),
      d.ints("ends", ends),
      d.ints(
        "axes",
        axes.map((axis) => (d.bool() ? axis : axis - shape.length)),
      ),
      d.ints("steps", steps),
    ]);
  },
  Pad: (d) => {
    const shape = d.list(d.int(1, 3), 3, 4);
    const mode = d.pick("constant", "constant", "edge", "reflect", "wrap");
    const pads = d.list(2 * shape.length, mode === "constant" ? -1 : 0, 2);
    const inputs = [d.input("x", shape), d.ints("pads", pads)];
    if (mode === "constant" && d.bool()) inputs.push(d.given("fill", [], d.numbers(1)));
    return d.finish("Pad", inputs, { mode: string(mode) });
  },
  Gather: (d) => {
    const shape = d.shape(1, 3, 4);
    const axis = d.int(0, shape.length - 1);
    const size = shape[axis]!;
    const x = d.input("x", shape);
    const at = d.bool()
      ? d.data("at", "int64", d.shape(0, 2), 0, size - 1)
      : d.ints("at", d.list(d.int(1, 4), -size, size - 1));
    return d.finish("Gather", [x, at], { axis: int(axis) });
  },
  GatherElements: (d) => {
    const shape = d.shape(1, 3, 4);
    const axis = d.int(0, shape.length - 1);
    const at = d.data("at", "int64", shape.with(axis, d.int(1, 4)), 0, shape[axis]! - 1);
    return d.finish("GatherElements", [d.input("x", shape), at], { axis: int(axis) });
  },
  GatherND: (d) => {
    const shape = d.shape(1, 3, 4);
    const depth = d.int(1, shape.length);
    const count = d.int(1, 4);
    const at = Array.from({ length: count }, () =>
      shape.slice(0, depth).map((size) => d.int(0, size - 1)),
    ).flat();
    return d.finish("GatherND", [d.input("x", shape), d.indices("at", at, [count, depth])]);
  },
  ScatterND: (d) => {
    const shape = d.shape(1, 3, 4);
    const depth = d.int(1, shape.length);
    const count = d.int(1, sizeOf(shape.slice(0, depth)));
    const at = d.indices("at", distinctTuples(d, shape.slice(0, depth), count), [count, depth]);
    const updates = d.input("updates", [count, ...shape.slice(depth)]);
    return d.finish("ScatterND", [d.input("x", shape), at, updates], {
      reduction: string(d.pick("none", "add")),
    });
  },
  ScatterElements: (d) => {
    const shape = d.shape(1, 3, 4);
    const axis = d.int(0, shape.length - 1);
    const target = shape.with(axis, d.int(1, shape[axis]!));
    // One order of the axis for all lines: no two updates meet.
    const order = d.permutation(shape[axis]!);
    const inner = sizeOf(target.slice(axis + 1));
    const at = Array.from(
      { length: sizeOf(target) },
      (_, i) => order[Math.floor(i / inner) % target[axis]!]!,
    );
    const updates = d.input("updates", target);
    return d.finish("ScatterElements", [d.input("x", shape), d.indices("at", at, target), updates], {
      axis: int(axis),
      reduction: string(d.pick("none", "add")),
    });
  },
} satisfies Record<string, CaseMaker>;

/**
 * Resize as one small matrix an axis: output = A * input along each axis, for nearest and linear interpolation.
 * The matrix is the operator, so the reference, the shapes and the gradient all start from it.
 */
import type { Node } from "../onnx/ir.ts";
import { axisOf, intOf, intsOf, stringOf } from "./attributes.ts";
import { fail } from "./errors.ts";

export interface ResizeAxis {
  readonly axis: number;
  readonly size: number;
  readonly output: number;
  readonly scale: number;
}

const COORDINATES = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"] as const;

/** The axes that change, or that a scale other than 1 touches. `scales` and `sizes` are Resize's inputs 2 and 3. */
export function resizeAxes(
  node: Node,
  shape: readonly number[],
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): ResizeAxis[] {
  if (intOf(node, "antialias", 0))
    fail(node, "antialiased Resize is not supported: WebGPU cannot compute it");
  if (stringOf(node, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    fail(node, "only keep_aspect_ratio_policy 'stretch' is supported");
  const axes =
    intsOf(node, "axes")?.map((axis) => axisOf(node, axis, shape.length)) ?? shape.map((_, axis) => axis);
  const given = sizes?.length ? sizes : scales;
  if (!given || given.length !== axes.length)
    fail(node, `give 'scales' or 'sizes' with ${axes.length} numbers, found ${given?.length ?? 0}`);
  return axes
    .map((axis, i) => {
      const size = shape[axis]!;
      if (sizes?.length) return { axis, size, output: sizes[i]!, scale: sizes[i]! / size };
      return { axis, size, output: Math.floor(size * scales![i]!), scale: scales![i]! };
    })
    .filter((plan) => plan.output !== plan.size || plan.scale !== 1);
}

/** Where output `o` falls on the input's axis. */
function coordinate(node: Node, o: number, { size, output, scale }: ResizeAxis): number {
  const mode = stringOf(node, "coordinate_transformation_mode", "half_pixel");
  switch (mode as (typeof COORDINATES)[number]) {
    case "half_pixel":
      return (o + 0.5) / scale - 0.5;
    case "pytorch_half_pixel":
      return output > 1 ? (o + 0.5) / scale - 0.5 : 0;
    case "align_corners":
      return output > 1 ? (o * (size - 1)) / (output - 1) : 0;
    case "asymmetric":
      return o / scale;
    default:
      return fail(node, `coordinate_transformation_mode '${mode}' is none of ${COORDINATES.join(", ")}`);
  }
}

function nearest(node: Node, x: number): number {
  const mode = stringOf(node, "nearest_mode", "round_prefer_floor");
  switch (mode) {
    case "round_prefer_floor":
      return Math.ceil(x - 0.5);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    default:
      return fail(
        node,
        `nearest_mode '${mode}' is none of round_prefer_floor, round_prefer_ceil, floor, ceil`,
      );
  }
}

/** The interpolation matrix of one axis, output x size, row-major. */
export function resizeMatrix(node: Node, plan: ResizeAxis): Float64Array {
  const { size, output } = plan;
  const mode = stringOf(node, "mode", "nearest");
  if (mode !== "nearest" && mode !== "linear") fail(node, `mode '${mode}' is none of nearest, linear`);
  const matrix = new Float64Array(output * size);
  const inside = (i: number) => Math.min(Math.max(i, 0), size - 1);
  for (let o = 0; o < output; o++) {
    const x = coordinate(node, o, plan);
    if (mode === "nearest") {
      matrix[o * size + inside(nearest(node, x))] = 1;
      continue;
    }
    const clamped = Math.min(Math.max(x, 0), size - 1);
    const low = Math.floor(clamped);
    matrix[o * size + low]! += 1 - (clamped - low);
    matrix[o * size + inside(low + 1)]! += clamped - low;
  }
  return matrix;
}

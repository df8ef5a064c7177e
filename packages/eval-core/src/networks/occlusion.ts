/**
 * A backbone that looks at one image with parts of it covered: the mask is written by the graph, so that a pass costs two
 * numbers on the way in and a row of features on the way out, on every device.
 */
import { int } from "../onnx/attributes.ts";
import { GraphBuilder } from "../onnx/builder.ts";
import { inlineGraph } from "../onnx/inline.ts";
import type { Graph } from "../onnx/ir.ts";
import { tensor } from "../tensor/tensor.ts";

export interface Occlusion {
  /** Side of the square image. */
  readonly size: number;
  /** Side of the square mask. */
  readonly mask: number;
}

/**
 * Inputs `image` [1, 3, size, size], normalised, and `tops` and `lefts` [N], the masks' first row and column: a mask
 * wholly outside leaves the image as it is. Output `features`, the readout of the N images; what is covered is 0.
 * @param backbone reads an image under its only input, and answers `readout`.
 */
export function occlusionGraph(backbone: Graph, readout: string, { size, mask }: Occlusion): Graph {
  const g = new GraphBuilder(`${backbone.name}/occlusion`);
  const image = g.input("image", "float32", [1, 3, size, size]);
  const middle = (mask - 1) / 2;
  /** How far each row or column lies from the middle of the mask. */
  const distance = (starts: string, shape: readonly number[]) => {
    const places = Float32Array.from({ length: size }, (_, i) => i - middle);
    const start = g.op("Reshape", [g.input(starts, "float32", ["N"]), g.ints([-1, 1, 1, 1])]);
    return g.op("Abs", [g.op("Sub", [g.constant(tensor("float32", shape, places)), start])]);
  };
  const far = g.op("Max", [distance("tops", [1, 1, size, 1]), distance("lefts", [1, 1, 1, size])]);
  const covered = g.op("Less", [far, g.float(mask / 2)]);
  const occluded = g.op("Where", [covered, g.float(0), image]);
  const input = backbone.inputs.find(({ name }) => !backbone.initializers.has(name))!.name;
  const answered = inlineGraph(g, backbone, { [input]: occluded }, "backbone/").get(readout)!;
  // One row an image, whatever the readout's rank.
  g.op("Flatten", [answered], { axis: int(1) }, { output: "features" });
  g.output("features", "float32", ["N", "D"]);
  return g.build();
}

/** A network whose features anybody can reckon, and images for it. */
import { type Item, makeItem } from "../../datasets/index.ts";
import { NORMALISATIONS, shorterSide } from "../../images/index.ts";
import { GraphBuilder, writeModel } from "../../onnx/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import type { Backbone } from "../backbone.ts";
import { blockSize } from "../batches.ts";

export const SIDE = 8;
export const preprocessing = shorterSide(SIDE);
/** Images a block of the cache. */
export const BLOCK = blockSize(SIDE);

/** Three features an image: the mean of each channel; `of` is applied to them. */
export function meanBackbone(of = "Identity"): Backbone {
  const g = new GraphBuilder("means");
  const x = g.input("x", "float32", ["N", 3, SIDE, SIDE]);
  const pooled = g.op("Flatten", [g.op("GlobalAveragePool", [x], {})], {});
  g.output(g.op(of, [pooled], {}), "float32", ["N", 3]);
  const graph = g.build();
  return {
    model: writeModel(graph),
    input: "x",
    readouts: [{ slug: "means", kind: "vector", output: graph.outputs[0]!.name, size: 3, key: undefined }],
    normalisation: NORMALISATIONS.none,
    hash: of,
  };
}

/** Grey images of one level each, so that every feature is level / 255. */
export function greys(count: number): { items: Item[]; levels: number[] } {
  const random = new SeededRandom(1);
  const levels = Array.from({ length: count }, () => random.below(256));
  const items = levels.map((level, i) =>
    makeItem(`image ${i}`, 0, {
      kind: "levels",
      name: `image ${i}`,
      width: SIDE,
      height: SIDE,
      most: 255,
      levels: new Uint8Array(SIDE * SIDE).fill(level),
    }),
  );
  return { items, levels };
}

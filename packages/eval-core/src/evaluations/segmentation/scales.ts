/** Loads a test image at its five sizes, or labels it from its five sets of logits, in a loading thread. */
import { decodeLevels, levelTable, type Normalisation } from "../../images/index.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";
import { type LabelRules, resizeBilinear, roundUp, type Size, scaledSize } from "../pixel-labels/canvas.ts";
import { checkMap, writePixels } from "../pixel-labels/load-batch.ts";
import { probabilityRows } from "../pixel-labels/probabilities.ts";

export type ScaleRequest = LoadScales | LabelImage;

/** Answers `0`, `1`, ...: [1, 3, H, W] each, a short size after the other. */
export interface LoadScales {
  readonly what: "load";
  readonly image: string;
  readonly shortSizes: readonly number[];
  readonly longest: number;
  readonly multiple: number;
  readonly normalisation: Normalisation;
}

/** Answers `predicted` [H, W], the class with the largest mean probability, the first of equals; and `tally` [3, classes]. */
export interface LabelImage {
  readonly what: "label";
  readonly logits: readonly Tensor<"float32">[];
  readonly labels: string;
  readonly rules: LabelRules;
  readonly size: Size;
}

export async function prepare(request: ScaleRequest): Promise<Feeds> {
  return request.what === "load" ? load(request) : label(request);
}

async function load({
  image: path,
  shortSizes,
  longest,
  multiple,
  normalisation,
}: LoadScales): Promise<Feeds> {
  const image = await loadKept({ kind: "file", path });
  const tables = levelTable(normalisation);
  return Object.fromEntries(
    shortSizes.map((short, i) => {
      const fitted = scaledSize(image, short, longest);
      const size = { width: roundUp(fitted.width, multiple), height: roundUp(fitted.height, multiple) };
      const data = new Float32Array(3 * size.width * size.height);
      writePixels(resizeBilinear(image, size), size, tables, data);
      return [`${i}`, tensor("float32", [1, 3, size.height, size.width], data)];
    }),
  );
}

async function label({ logits, labels, rules, size }: LabelImage): Promise<Feeds> {
  const classes = logits[0]!.shape[1]!;
  const map = await decodeLevels(labels);
  checkMap(map, size, labels, { labels: rules, classes });
  const predicted = new Uint8Array(size.width * size.height);
  // Intersections, labelled and predicted pixels of each class, over labelled pixels.
  const tally = new Int32Array(3 * classes);
  probabilityRows(logits, size, (y, probabilities) => {
    for (let x = 0; x < size.width; x++) {
      let best = 0;
      for (let c = 1; c < classes; c++)
        if (probabilities[x * classes + c]! > probabilities[x * classes + best]!) best = c;
      const at = y * size.width + x;
      predicted[at] = best;
      const level = map.data[at]!;
      if (level === rules.ignored) continue;
      const truth = level - rules.offset;
      if (truth === best) tally[best]!++;
      tally[classes + truth]!++;
      tally[2 * classes + best]!++;
    }
  });
  return {
    predicted: tensor("uint8", [size.height, size.width], predicted),
    tally: tensor("int32", [3, classes], tally),
  };
}

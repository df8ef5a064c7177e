/** One image's prediction as a row: for pages of the API, and for files that people download. */
import { ANGLE_BIN, ANGLE_BINS, type Predictions, type TestSet } from "@transferboard/eval-core/record";
import { csvCell } from "../export/csv.ts";

export interface PredictionRow {
  readonly image: number;
  readonly item: string;
  readonly truth: string | null;
  readonly right: boolean | null;
  readonly classes: readonly { readonly name: string; readonly logit: number | null }[];
  readonly details: object | null;
}

/** Reads rows by image. Boxes and regions are looked through once, however many rows are read. */
export function rowsOf(predictions: Predictions, testSet: TestSet): (image: number) => PredictionRow {
  const entries = "image" in predictions ? entriesByImage(predictions.image) : null;
  return (image) => rowOf(image, predictions, testSet, entries?.get(image) ?? []);
}

/** Places of each image's boxes or regions. */
const entriesByImage = (images: ArrayLike<number>): ReadonlyMap<number, readonly number[]> =>
  Map.groupBy(
    Array.from(images, (_, entry) => entry),
    (entry) => images[entry]!,
  );

function rowOf(
  image: number,
  predictions: Predictions,
  { items, classes, labels }: TestSet,
  entries: readonly number[],
): PredictionRow {
  const plain = { image, item: items[image]!, truth: null, right: null, classes: [], details: null };
  const nameOf = (c: number) => classes[c] ?? String(c);
  switch (predictions.kind) {
    case "classes": {
      const { top, depth, logits } = predictions;
      const own = Array.from({ length: depth }, (_, place) => ({
        name: nameOf(top[image * depth + place]!),
        logit: logits && Number(logits[image * depth + place]!.toPrecision(4)),
      }));
      const truth = labels ? labels[image]! : null;
      return {
        ...plain,
        truth: truth === null ? null : nameOf(truth),
        right: truth === null ? null : top[image * depth] === truth,
        classes: own,
      };
    }
    case "labels": {
      const from = image * predictions.classes;
      const ranks = classes.map((name, c) => ({
        class: name,
        rank: predictions.ranks[from + c]! / 2,
        shown: labels ? labels[from + c] === 1 : null,
      }));
      return { ...plain, details: { ranks } };
    }
    case "regions": {
      const own: { class: string; iou: number; union: number }[] = [];
      for (const i of entries) {
        const union = predictions.union[i]!;
        own.push({ class: nameOf(predictions.class[i]!), iou: predictions.intersection[i]! / union, union });
      }
      return { ...plain, details: { pixels: predictions.pixels[image], classes: own } };
    }
    case "angles": {
      const { pixels, sums, within, histograms } = predictions;
      const count = pixels[image]!;
      let before = 0;
      let median = Number.NaN;
      for (let k = 0; k < ANGLE_BINS; k++) {
        const bin = histograms[image * ANGLE_BINS + k]!;
        if (before + bin >= count / 2) {
          median = ANGLE_BIN * (k + (count / 2 - before) / bin);
          break;
        }
        before += bin;
      }
      const share = (at: number) => (100 * within[3 * image + at]!) / count;
      return {
        ...plain,
        details: {
          pixels: count,
          meanError: sums[image]! / count,
          medianError: Number(median.toFixed(3)),
          within: { "11.25": share(0), "22.5": share(1), "30": share(2) },
        },
      };
    }
    case "detections": {
      const own: object[] = [];
      for (const i of entries) {
        const box = Array.from({ length: 4 }, (_, k) => predictions.boxes[4 * i + k]!);
        own.push({ class: nameOf(predictions.class[i]!), score: predictions.score[i]!, box });
      }
      return { ...plain, details: { detections: own } };
    }
  }
}

/** Lines of CSV, image after image; what has no columns of its own stands as JSON in the last one. */
export function* csvOf(predictions: Predictions, testSet: TestSet): Generator<string> {
  const read = rowsOf(predictions, testSet);
  yield "image,item,truth,right,predicted,logits,details\n";
  for (let image = 0; image < testSet.items.length; image++) {
    const { item, truth, right, classes, details } = read(image);
    const told = [image, item, truth, right === null ? null : String(right)];
    const names = classes.map(({ name }) => name).join("|");
    // Digits, signs and bars: nothing that a sheet would run, and not to be marked as text either.
    const logits = classes.map(({ logit }) => logit ?? "").join("|");
    const more = details === null ? null : JSON.stringify(details);
    yield `${[...told, names].map(csvCell).join(",")},${logits},${csvCell(more)}\n`;
  }
}

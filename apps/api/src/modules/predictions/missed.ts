/** Which test images of a dataset all methods miss: by the stored predictions of everything that was measured on it. */
import { imagesOf, rightImages } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import type { Dataset } from "../catalogue/entities.ts";
import { onOneTestSet } from "./find.ts";
import { shownWithPredictions } from "./significance.ts";

export interface MissedImage {
  /** Its place in the test set. */
  readonly image: number;
  readonly item: string;
  readonly truth: string;
  /** What most take it for. */
  readonly mistakenFor: string;
  readonly times: number;
  /** A file of small pictures that has it. */
  readonly pictures: string | null;
}

export interface Missed {
  readonly images: number;
  /** Different sets of predictions that were looked at, and of how many methods. */
  readonly predictions: number;
  readonly methods: number;
  readonly all: readonly MissedImage[];
}

/** Null where no predictions of classes are stored of this dataset. */
export async function missedByAll(dataset: Dataset, context: Context): Promise<Missed | null> {
  const snapshot = await context.snapshot();
  const { catalogue } = snapshot;
  const make = async (): Promise<Missed | null> => {
    const measures = catalogue.measures.filter((measure) => measure.dataset.slug === dataset.slug);
    if (measures.length === 0) return null;
    const backed = await shownWithPredictions(measures, catalogue.methods, context);
    const of = onOneTestSet(backed.filter(({ file }) => file.predictions.kind === "classes"));
    // One run gives several measures: its predictions count once.
    const files = [...new Map(of.map((one) => [one.sha256, one])).values()];
    const [first] = files;
    if (!first) return null;
    const { items, classes, labels } = first.testSet;
    const answers = files.flatMap(({ file: { predictions } }) =>
      predictions.kind === "classes" ? [{ predictions, right: rightImages(predictions, labels!) }] : [],
    );
    const all: MissedImage[] = [];
    for (let image = 0; image < imagesOf(answers[0]!.predictions); image++) {
      if (answers.some(({ right }) => right[image] === 1)) continue;
      const votes = new Map<number, number>();
      for (const {
        predictions: { top, depth },
      } of answers) {
        const voted = top[image * depth]!;
        votes.set(voted, (votes.get(voted) ?? 0) + 1);
      }
      const [mistaken, times] = [...votes].sort(([a, x], [b, y]) => y - x || a - b)[0]!;
      all.push({
        ...{ image, times, item: items[image]!, truth: classes[labels![image]!]! },
        mistakenFor: classes[mistaken]!,
        pictures: await pictureOf(image),
      });
    }
    return {
      images: items.length,
      predictions: files.length,
      methods: new Set(files.map(({ entry }) => entry.methodId)).size,
      all,
    };

    async function pictureOf(image: number): Promise<string | null> {
      for (const { pictures } of files) {
        if (pictures !== null && (await context.predictions.pictures(pictures))?.has(image)) return pictures;
      }
      return null;
    }
  };
  return context.ledger.memoize(
    snapshot,
    `missed|${dataset.slug}`,
    make,
    (made) => 10 * (made?.all.length ?? 1),
  );
}

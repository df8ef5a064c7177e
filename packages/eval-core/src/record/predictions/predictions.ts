/**
 * What a method answered for every test image, kept so that two methods can be compared image by image. One shape a
 * kind of task; arrays are image after image, in the test set's order.
 */

/** Single-label classification: the best classes of each image. */
export interface ClassPredictions {
  readonly kind: "classes";
  readonly classes: number;
  /** [image, depth]: classes, the best first. */
  readonly top: ArrayLike<number>;
  /** How many classes are kept of each image, 5 at most. */
  readonly depth: number;
  /** [image, depth]: their logits, where the method has such. */
  readonly logits: ArrayLike<number> | null;
  /** Whether the truth is among the five best, where fewer than five are kept. */
  readonly inTop5: ArrayLike<number> | null;
}

/** Multi-label classification: of each class, how an image stands among all. */
export interface LabelPredictions {
  readonly kind: "labels";
  readonly classes: number;
  /** [image, class]: twice the score's average rank over the images, ascending, ties shared. AP is of ranks alone. */
  readonly ranks: ArrayLike<number>;
}

/** Segmentation: of each image and class, the pixels that prediction and truth share and cover. */
export interface RegionPredictions {
  readonly kind: "regions";
  readonly classes: number;
  readonly images: number;
  /** Entries of images and classes with a union, image after image. */
  readonly image: ArrayLike<number>;
  readonly class: ArrayLike<number>;
  readonly intersection: ArrayLike<number>;
  readonly union: ArrayLike<number>;
  /** [image]: labelled pixels. */
  readonly pixels: ArrayLike<number>;
  /** Whether the mean is over all classes, one never seen counting 0, as the papers' code; else over those seen. */
  readonly overAll: boolean;
}

/** Surface normals: of each image, how its pixels' angular errors are spread. */
export interface AnglePredictions {
  readonly kind: "angles";
  /** [image]: sum of the errors in degrees. */
  readonly sums: ArrayLike<number>;
  /** [image]: valid pixels. */
  readonly pixels: ArrayLike<number>;
  /** [image, 3]: pixels within 11.25, 22.5 and 30 degrees. */
  readonly within: ArrayLike<number>;
  /** [image, 3600]: pixels a bin of 0.05 degrees. */
  readonly histograms: ArrayLike<number>;
}

/** Detection: boxes with their classes and scores. */
export interface DetectionPredictions {
  readonly kind: "detections";
  readonly classes: number;
  readonly images: number;
  /** [detection]: the image's place in the test set. */
  readonly image: ArrayLike<number>;
  readonly class: ArrayLike<number>;
  readonly score: ArrayLike<number>;
  /** [detection, 4]: left, top, right, bottom in pixels. */
  readonly boxes: ArrayLike<number>;
  /** Whether a class without objects counts 0 in the mean, as in the published code; else it is left out. */
  readonly absentClassesCount: boolean;
}

export type Predictions =
  | ClassPredictions
  | LabelPredictions
  | RegionPredictions
  | AnglePredictions
  | DetectionPredictions;

/** Bins of an image's histogram of angles, and their width in degrees. */
export const ANGLE_BINS = 3600;
export const ANGLE_BIN = 0.05;
/** Classes that are kept of an image. */
export const DEEPEST = 5;

/** The images that predictions are of, with the truth where it is one class an image or one yes or no a class. */
export interface TestSet {
  /** The dataset's slug. */
  readonly dataset: string;
  /** SHA-256 of the dataset's manifest: the same images, labels and splits. */
  readonly manifest: string;
  /** What the images are called, in order. */
  readonly items: readonly string[];
  readonly classes: readonly string[];
  /** [image]: its class; [image, class] for several labels; null where the truth is in pixels or boxes. */
  readonly labels: readonly number[] | null;
  /** Of detection: the true objects, boxes 1-based and inclusive as in the dataset. */
  readonly objects?: readonly TrueObject[];
}

export interface TrueObject {
  /** The image's place among `items`. */
  readonly image: number;
  readonly class: number;
  readonly box: readonly number[];
  readonly difficult: boolean;
}

export function imagesOf(predictions: Predictions): number {
  switch (predictions.kind) {
    case "classes":
      return predictions.top.length / predictions.depth;
    case "labels":
      return predictions.ranks.length / predictions.classes;
    case "angles":
      return predictions.pixels.length;
    case "regions":
    case "detections":
      return predictions.images;
  }
}

/**
 * The five best classes of each row; of equal scores the smaller class comes first, as `topClasses` and
 * `topKAccuracy` have it.
 * @param scores rows x classes
 */
export function bestClasses(scores: ArrayLike<number>, classes: number, isLogits = true): ClassPredictions {
  const depth = Math.min(DEEPEST, classes);
  const images = scores.length / classes;
  const top = new Uint16Array(images * depth);
  const logits = new Float32Array(images * depth);
  for (let image = 0; image < images; image++) {
    const row = image * classes;
    const best: number[] = [];
    for (let c = 0; c < classes; c++) {
      const score = scores[row + c]!;
      let place = best.length;
      while (place > 0 && scores[row + best[place - 1]!]! < score) place--;
      if (place < depth) {
        best.splice(place, 0, c);
        if (best.length > depth) best.pop();
      }
    }
    for (const [place, c] of best.entries()) {
      top[image * depth + place] = c;
      logits[image * depth + place] = scores[row + c]!;
    }
  }
  return { kind: "classes", classes, top, depth, logits: isLogits ? logits : null, inTop5: null };
}

/** A confusion matrix of pixels, and every mean IoU that the field reads off it. */
import { greatestAssignment } from "./assignment.ts";
import { intersectionOverUnion } from "./dense.ts";
import { MetricError } from "./input.ts";

export interface ConfusionScore {
  /** Fractions; null for a class that is in neither labels nor predictions. */
  readonly iou: readonly (number | null)[];
  /** Over the classes that have one. */
  readonly meanIou: number;
  /** Over all classes, those without a union as 0. */
  readonly meanIouAbsentZero: number;
}

export class ConfusionMatrix {
  readonly classes: number;
  /** classes x classes, row: true class, column: predicted. */
  readonly counts: Float64Array;
  readonly #ignore: number | null;

  constructor(classes: number, ignore: number | null, counts = new Float64Array(classes * classes)) {
    this.classes = classes;
    this.#ignore = ignore;
    this.counts = counts;
  }

  /** @throws MetricError on a label or prediction out of range, or maps of different sizes */
  add(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
    if (predicted.length !== labels.length) {
      throw new MetricError(
        `Predictions and labels must cover the same pixels: ${predicted.length} for ${labels.length}.`,
      );
    }
    const { classes } = this;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      if (label === this.#ignore) continue;
      const own = predicted[i]!;
      if (!(label >= 0 && label < classes && own >= 0 && own < classes)) {
        throw new MetricError(
          `Pixel ${i} is labelled ${label} and predicted ${own}: expected classes from 0 to ${classes - 1}.`,
        );
      }
      this.counts[label * classes + own]!++;
    }
  }

  get pixels(): number {
    return this.counts.reduce((sum, n) => sum + n, 0);
  }

  /** In percent. @throws MetricError where no pixel is labelled */
  get pixelAccuracy(): number {
    const { pixels, classes, counts } = this;
    if (pixels === 0) throw new MetricError("No labelled pixel was given: there is nothing to score.");
    let right = 0;
    for (let c = 0; c < classes; c++) right += counts[c * classes + c]!;
    return (100 * right) / pixels;
  }

  /** @param classOf the class that each predicted class stands for; itself unless told */
  score(classOf?: Int32Array): ConfusionScore {
    const { classes, counts } = this;
    if (this.pixels === 0) throw new MetricError("No labelled pixel was given: there is nothing to score.");
    const both = new Float64Array(classes);
    const labelled = new Float64Array(classes);
    const predicted = new Float64Array(classes);
    for (let label = 0; label < classes; label++) {
      for (let column = 0; column < classes; column++) {
        const n = counts[label * classes + column]!;
        const answer = classOf?.[column] ?? column;
        labelled[label]! += n;
        predicted[answer]! += n;
        if (answer === label) both[label]! += n;
      }
    }
    const iou = intersectionOverUnion(both, labelled, predicted);
    const present = iou.filter((value) => value !== null);
    const sum = present.reduce((total, value) => total + value, 0);
    return { iou, meanIou: sum / present.length, meanIouAbsentZero: sum / classes };
  }

  /** The class that each predicted class stands for under the assignment of greatest total IoU. */
  matching(): Int32Array {
    const { classes, counts } = this;
    const rows = new Float64Array(classes);
    const columns = new Float64Array(classes);
    for (let r = 0; r < classes; r++) {
      for (let c = 0; c < classes; c++) {
        rows[r]! += counts[r * classes + c]!;
        columns[c]! += counts[r * classes + c]!;
      }
    }
    const iou = new Float64Array(classes * classes);
    for (let r = 0; r < classes; r++) {
      for (let c = 0; c < classes; c++) {
        const n = counts[r * classes + c]!;
        iou[r * classes + c] = n / Math.max(rows[r]! + columns[c]! - n, 1e-8);
      }
    }
    const columnOf = greatestAssignment(iou, classes);
    const classOf = new Int32Array(classes);
    columnOf.forEach((column, label) => {
      classOf[column] = label;
    });
    return classOf;
  }
}

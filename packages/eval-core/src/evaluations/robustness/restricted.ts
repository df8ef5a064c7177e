/**
 * One probe, several test sets: its logits looked at for the classes of a test set only, and what is made of the accuracies.
 */

/**
 * The source classes of each test label; the largest logit of several counts. ImageNet-A and -R have 200 of the thousand
 * classes. Argmax over all classes instead is another number, and a lower one: a prediction outside the list cannot be right.
 */
export type ClassMapping = readonly (number | readonly number[])[];

/**
 * The test label of the largest logit among the mapped classes, the first of equals, for every row.
 * @param logits rows x classes
 */
export function restrictedTop(logits: Float64Array, classes: number, mapping: ClassMapping): Int32Array {
  const rows = logits.length / classes;
  const groups = mapping.map((group) => (typeof group === "number" ? [group] : group));
  const top = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = Number.NEGATIVE_INFINITY;
    groups.forEach((group, label) => {
      for (const c of group) {
        const value = logits[row * classes + c]!;
        if (value > best) {
          best = value;
          top[row] = label;
        }
      }
    });
  }
  return top;
}

export interface CorruptionErrors {
  /** Top-1 in percent of each level, by corruption. */
  readonly top1: Readonly<Record<string, readonly number[]>>;
  /** The reference network's errors of each level, fractions. */
  readonly reference: Readonly<Record<string, readonly number[]>>;
}

/**
 * The mean corruption error of ImageNet-C (Hendrycks and Dietterich 2019), in percent; lower is better: of each corruption the mean
 * error over its levels, divided by the reference's, then the mean over corruptions.
 * @throws RangeError naming a corruption without a reference
 */
export function meanCorruptionError({ top1, reference }: CorruptionErrors): {
  readonly relative: Readonly<Record<string, number>>;
  readonly mce: number;
} {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const relative = Object.fromEntries(
    Object.entries(top1).map(([name, levels]) => {
      const known = reference[name];
      if (!known?.length)
        throw new RangeError(`the reference table has no errors of the corruption "${name}"`);
      return [name, (100 * mean(levels.map((value) => 1 - value / 100))) / mean(known)];
    }),
  );
  return { relative, mce: mean(Object.values(relative)) };
}

/** Checks what the linear protocol is given, before anything is computed; each fault is one sentence. */
import type { LinearLabels } from "../../probe/loss.ts";
import type { LinearOptions, LinearSplit } from "./record.ts";

export class LinearInputError extends Error {
  override readonly name = "LinearInputError";
}

export interface CheckedSplit {
  readonly x: LinearSplit["x"];
  readonly labels: LinearLabels;
}

const SPLITS = ["train", "val", "test"] as const;

export function checkLinearInput(options: LinearOptions): Record<(typeof SPLITS)[number], CheckedSplit> {
  const { classes, task, metric } = options;
  if (!Number.isInteger(classes) || classes < (task === "multi-class" ? 2 : 1)) {
    throw new LinearInputError(
      `a ${task} task needs at least ${task === "multi-class" ? 2 : 1} classes, not ${classes}`,
    );
  }
  if ((metric === "map11") !== (task === "multi-label")) {
    throw new LinearInputError(
      `the metric ${metric} does not fit a ${task} task: map11 is for multi-label, the accuracies for multi-class`,
    );
  }
  const features = options.train.x.shape[1];
  const checked = SPLITS.map((name) => {
    const { x } = options[name];
    if (x.shape.length !== 2 || x.dtype !== "float32") {
      throw new LinearInputError(
        `the ${name} features are ${x.dtype} [${x.shape}]: expected float32 [samples, features]`,
      );
    }
    if (x.shape[0] === 0)
      throw new LinearInputError(`the ${name} split is empty: it needs at least one sample`);
    if (x.shape[1] !== features) {
      throw new LinearInputError(
        `the ${name} features have ${x.shape[1]} columns, the train features ${features}`,
      );
    }
    for (let i = 0; i < x.data.length; i++) {
      if (!Number.isFinite(x.data[i]!)) {
        const width = features ?? 1;
        throw new LinearInputError(
          `the ${name} features hold ${x.data[i]} in row ${Math.floor(i / width)}, column ${i % width}: every feature must be a finite number`,
        );
      }
    }
    return [name, { x, labels: labelsOf(name, options[name], options) }] as const;
  });
  const splits = Object.fromEntries(checked) as Record<(typeof SPLITS)[number], CheckedSplit>;
  if (task === "multi-class") requireTwoClasses(splits.train.labels);
  else requireBoth(splits.train.labels, classes);
  return splits;
}

function labelsOf(name: string, { x, y }: LinearSplit, { classes, task }: LinearOptions): LinearLabels {
  const samples = x.shape[0]!;
  const shape = task === "multi-class" ? [samples] : [samples, classes];
  if (y.shape.join() !== shape.join()) {
    throw new LinearInputError(
      `the ${name} labels have shape [${y.shape}]: expected [${shape}] for a ${task} task`,
    );
  }
  const highest = task === "multi-class" ? classes - 1 : 1;
  const labels = new Int32Array(y.data.length);
  for (let i = 0; i < labels.length; i++) {
    const value = Number(y.data[i]);
    if (!Number.isInteger(value) || value < 0 || value > highest) {
      const row = task === "multi-class" ? i : Math.floor(i / classes);
      throw new LinearInputError(
        `the ${name} labels hold ${value} in row ${row}: expected an integer from 0 to ${highest}`,
      );
    }
    labels[i] = value;
  }
  return labels;
}

function requireTwoClasses(labels: LinearLabels): void {
  if (labels.every((label) => label === labels[0])) {
    throw new LinearInputError(
      `every train label is ${labels[0]}: a classifier needs samples of at least two classes`,
    );
  }
}

/** A binary classifier needs both answers to learn from. */
function requireBoth(labels: LinearLabels, classes: number): void {
  for (let k = 0; k < classes; k++) {
    let positives = 0;
    for (let i = k; i < labels.length; i += classes) positives += labels[i]!;
    if (positives === 0 || positives * classes === labels.length) {
      const which = positives === 0 ? "positive" : "negative";
      throw new LinearInputError(`class ${k} has no ${which} sample in the train split: it needs both`);
    }
  }
}

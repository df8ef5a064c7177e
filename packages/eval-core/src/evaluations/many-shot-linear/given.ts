/** Many-shot linear evaluation of arrays of features. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readNpy, writeNpy } from "../../tensor/index.ts";
import type { LinearArrays } from "../arrays/evaluate.ts";
import { GIVEN_DATASET, GIVEN_ORIGIN, readFeatures, readLabels } from "../arrays/given.ts";
import type { Evaluation } from "../evaluation.ts";
import type { GivenContext } from "../kind.ts";
import { timed } from "../progress.ts";
import { ProtocolError } from "../protocol-error.ts";
import { LinearInputError } from "./input.ts";
import { type LinearEvaluationOptions, linearDescription } from "./protocol.ts";
import type { LinearMetric, LinearSplit } from "./record.ts";
import { evaluateLinear, linearTeller } from "./run.ts";

export async function evaluateGiven(
  folder: string,
  { mode }: LinearEvaluationOptions,
  { metric, logits, device, progress, signal }: GivenContext,
): Promise<Evaluation> {
  const { arrays, notes } = readArrays(folder, metric);
  const foldOrder = readFoldOrder(join(folder, "fold_order.npy"));
  const protocol = linearDescription(arrays, mode, GIVEN_ORIGIN);
  const step = timed(progress.step("Linear probe"));
  const { testLogits, ...result } = await evaluateLinear(arrays, {
    dataset: GIVEN_DATASET,
    mode,
    protocol,
    device,
    ...(foldOrder ? { foldOrder } : {}),
    onProgress: linearTeller((done, total, note) => step.update(done, total, note)),
    signal,
  });
  step.end("done");
  if (logits !== undefined) writeNpy(testLogits, logits);
  const ordered = foldOrder
    ? [
        `The calibration's folds are those of fold_order.npy (${foldOrder.length} images), not the drawn ones.`,
      ]
    : [];
  return { ...result, protocol, artefacts: [], warnings: [...notes, ...ordered, ...result.warnings] };
}

/** The test images in the order that calibration cuts into folds, where the folder has one. */
function readFoldOrder(path: string): Int32Array | undefined {
  if (!existsSync(path)) return undefined;
  const order = Array.from(readNpy(path).data, Number);
  const wrong = order.find((index) => !Number.isInteger(index));
  if (wrong !== undefined) throw new LinearInputError(`${path} holds ${wrong}: expected numbers of images`);
  return Int32Array.from(order);
}

/** Train, validation and test of a folder, and what whoever gave them should hear of how they are taken. */
export function readArrays(
  folder: string,
  metric: string | undefined,
): { readonly arrays: LinearArrays; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const split = (name: string): LinearSplit => {
    const { y, wasColumn } = readLabels(join(folder, `${name}_y.npy`));
    if (wasColumn)
      notes.push(`The ${name} labels are one column of shape [${y.shape[0]}, 1]: taken as class numbers.`);
    return { x: readFeatures(join(folder, `${name}_x.npy`)), y };
  };
  const splits = { train: split("train"), val: split("val"), test: split("test") };
  const shapes = Object.entries(splits).map(([name, { y }]) => `${name} [${y.shape.join(", ")}]`);
  if (new Set(Object.values(splits).map(({ y }) => y.shape.length)).size > 1) {
    throw new LinearInputError(
      `the labels are of different shapes (${shapes.join("; ")}): expected class numbers [n] in all, or [n, classes] in all`,
    );
  }
  const task = splits.train.y.shape.length === 2 ? "multi-label" : "multi-class";
  if (task === "multi-label" && Object.values(splits).every(({ y }) => isOneHot(y))) {
    notes.push(
      "Every row of the labels has exactly one 1: they are taken as several labels an image (mean average precision); give class numbers of shape [n] where each image has one class.",
    );
  }
  const arrays = { ...splits, task, classes: classCount(splits), metric: metricOf(task, metric) } as const;
  return { arrays, notes };
}

/** Whether every row of [n, classes] has one 1 and otherwise 0. */
function isOneHot({ shape: [rows = 0, columns = 0], data }: LinearSplit["y"]): boolean {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += Number(data[row * columns + column]);
    if (sum !== 1) return false;
  }
  return rows > 0;
}

/** More classes than any dataset has: a larger number is a broken label, and would fill the memory with logits. */
const MOST_CLASSES = 100_000;

/** One more than the highest class number. What else is wrong with a label, the protocol says. */
function classCount(splits: Readonly<Record<"train" | "val" | "test", LinearSplit>>): number {
  const { shape } = splits.train.y;
  if (shape.length === 2) return shape[1] ?? 0;
  let highest = 0;
  for (const [name, { y }] of Object.entries(splits)) {
    y.data.forEach((raw: number | bigint, row: number) => {
      const label = Number(raw);
      if (!(label < MOST_CLASSES)) {
        throw new LinearInputError(
          `the ${name} labels hold ${label} in row ${row}: expected class numbers from 0 up, below ${MOST_CLASSES}`,
        );
      }
      highest = Math.max(highest, label);
    });
  }
  return Math.floor(highest) + 1;
}

function metricOf(task: "multi-class" | "multi-label", given: string | undefined): LinearMetric {
  const fitting: readonly LinearMetric[] =
    task === "multi-label" ? ["map11"] : ["accuracy", "mean-per-class-accuracy"];
  const metric = given === undefined ? fitting[0] : fitting.find((known) => known === given);
  if (metric) return metric;
  throw new ProtocolError(`--metric '${given}' is none of a ${task} task's: ${fitting.join(", ")}`);
}

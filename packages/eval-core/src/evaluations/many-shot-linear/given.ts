/** Many-shot linear evaluation of arrays of features. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readNpy, writeNpy } from "../../tensor/index.ts";
import type { LinearArrays } from "../evaluate-arrays.ts";
import type { Evaluation } from "../evaluation.ts";
import { GIVEN_DATASET, GIVEN_ORIGIN, readFeatures } from "../given-arrays.ts";
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
  const arrays = readArrays(folder, metric);
  const order = join(folder, "fold_order.npy");
  const protocol = linearDescription(arrays, mode, GIVEN_ORIGIN);
  const step = timed(progress.step("Linear probe"));
  const { testLogits, ...result } = await evaluateLinear(arrays, {
    dataset: GIVEN_DATASET,
    mode,
    protocol,
    device,
    ...(existsSync(order) ? { foldOrder: Int32Array.from(readNpy(order).data, Number) } : {}),
    onProgress: linearTeller((done, total, note) => step.update(done, total, note)),
    signal,
  });
  step.end("done");
  if (logits !== undefined) writeNpy(testLogits, logits);
  return { ...result, protocol, artefacts: [] };
}

/** Train, validation and test of a folder. */
export function readArrays(folder: string, metric: string | undefined): LinearArrays {
  const split = (name: string): LinearSplit => ({
    x: readFeatures(join(folder, `${name}_x.npy`)),
    y: readNpy(join(folder, `${name}_y.npy`)),
  });
  const [train, val, test] = [split("train"), split("val"), split("test")];
  const task = train.y.shape.length === 2 ? "multi-label" : "multi-class";
  return {
    train,
    val,
    test,
    task,
    classes: classCount({ train, val, test }),
    metric: metricOf(task, metric),
  };
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

/** `evaluate --features DIR`: the protocols on arrays that someone else made. Nothing is recorded. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LinearArrays } from "../../evaluations/evaluate-arrays.ts";
import type { Evaluation } from "../../evaluations/evaluation.ts";
import { evaluateFewShot, fewShotDescription } from "../../evaluations/few-shot/index.ts";
import { evaluateLinear, linearDescription, linearTeller } from "../../evaluations/many-shot-linear/index.ts";
import type { LinearMetric, LinearSplit } from "../../evaluations/many-shot-linear/record.ts";
import { type Setting, settingNamed } from "../../evaluations/settings.ts";
import { NpyError, narrowed, readNpy, type Tensor, writeNpy } from "../../tensor/index.ts";
import type { Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, fileToWrite, wholeNumber } from "../options.ts";
import { timed } from "../terminal.ts";
import { readEpisodes } from "./episodes-file.ts";
import { resultTable } from "./report.ts";
import type { EvaluateOptions } from "./request.ts";

/** Where the features come from is not known: it is part of the fingerprint that they were given. */
const ORIGIN = { features: "given" } as const;
/** The dataset's name in the measures. */
const GIVEN = "given";

export async function evaluateFeatures(
  context: Context,
  options: EvaluateOptions & { readonly features: string },
): Promise<void> {
  const given = options.episodes === undefined ? undefined : readEpisodes(options.episodes);
  const setting = settingNamed(options.protocol, options.mode, { given });
  if (setting.kind === "finetune") {
    throw new CommandError(
      "fine-tuning trains the network itself: give --checkpoint, not --features",
      EXIT.usage,
    );
  }
  if (setting.kind === "few-shot" && given && given.shot !== setting.shot) {
    context.terminal.say(
      `Note: ${options.episodes} has ${given.shot}-shot episodes: the result is of few-shot-${given.shot}, not of ${setting.name}.`,
    );
  }
  const evaluation = await (setting.kind === "linear"
    ? linear(context, options, setting)
    : fewShotOf(context, options, setting));
  for (const warning of evaluation.warnings) context.terminal.say(`Note: ${warning}`);
  if (options.json) {
    context.terminal.print(JSON.stringify(evaluation, null, 2));
  } else {
    context.terminal.print(
      resultTable(evaluation.values.map((value) => ({ ...value, standing: undefined }))),
    );
  }
}

async function linear(
  { terminal, signal }: Context,
  options: EvaluateOptions & { readonly features: string },
  { mode }: Extract<Setting, { kind: "linear" }>,
): Promise<Evaluation> {
  const device = deviceChoice(options.device);
  if (options.logits !== undefined) fileToWrite("--logits", options.logits);
  const arrays = linearArrays(options.features, options.metric);
  const order = join(options.features, "fold_order.npy");
  const step = timed(terminal.step("Linear probe"));
  const { testLogits, ...evaluation } = await evaluateLinear(arrays, {
    dataset: GIVEN,
    mode,
    protocol: linearDescription(arrays, mode, ORIGIN),
    device,
    ...(existsSync(order) ? { foldOrder: Int32Array.from(readNpy(order).data, Number) } : {}),
    onProgress: linearTeller((done, total, note) => step.update(done, total, note)),
    signal,
  });
  step.end("done");
  if (options.logits !== undefined) writeNpy(testLogits, options.logits);
  return evaluation;
}

async function fewShotOf(
  { terminal, signal }: Context,
  options: EvaluateOptions & { readonly features: string },
  { shot, given }: Extract<Setting, { kind: "few-shot" }>,
): Promise<Evaluation> {
  const x = features(join(options.features, "x.npy"));
  const y = readNpy(join(options.features, "y.npy"));
  const step = timed(terminal.step("Episodes"));
  const evaluation = await evaluateFewShot(
    { x, y: Array.from(y.data, Number) },
    {
      dataset: GIVEN,
      shot,
      seed: wholeNumber("--seed", options.seed),
      ...(given ? { given } : {}),
      protocol: fewShotDescription(shot, given, ORIGIN),
      onProgress: (done, total) => step.update(done, total),
      signal,
    },
  );
  step.end("done");
  return evaluation;
}

function linearArrays(folder: string, metric: string | undefined): LinearArrays {
  const split = (name: string): LinearSplit => ({
    x: features(join(folder, `${name}_x.npy`)),
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
        throw new CommandError(
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
  throw new CommandError(
    `--metric '${given}' is none of a ${task} task's: ${fitting.join(", ")}`,
    EXIT.usage,
  );
}

/** samples x features in float32; float64 is narrowed. */
function features(path: string): Tensor<"float32"> {
  const array = narrowed(readNpy(path));
  if (array.shape.length !== 2) {
    throw new NpyError(`${path} has shape [${array.shape}]: expected [samples, features]`);
  }
  if (array.dtype === "float32") return array;
  throw new NpyError(`${path} holds ${array.dtype}: expected float32 or float64`);
}

/** Few-shot evaluation of arrays of features. */
import { join } from "node:path";
import { NpyError } from "../../tensor/index.ts";
import { GIVEN_DATASET, GIVEN_ORIGIN, readFeatures, readLabels } from "../arrays/given.ts";
import type { Evaluation } from "../evaluation.ts";
import type { GivenContext } from "../kind.ts";
import { timed } from "../progress.ts";
import { type FewShotEvaluationOptions, fewShotDescription, shotOf } from "./protocol.ts";
import { evaluateFewShot } from "./run.ts";

export async function evaluateGiven(
  folder: string,
  setting: string,
  { episodes: given }: FewShotEvaluationOptions,
  { seed, progress, signal }: GivenContext,
): Promise<Evaluation> {
  const shot = shotOf(setting);
  if (given && given.shot !== shot) {
    progress.say(
      `Note: the given episodes are ${given.shot}-shot: the result is of few-shot-${given.shot}, not of ${setting}.`,
    );
  }
  const x = readFeatures(join(folder, "x.npy"));
  const { y } = readLabels(join(folder, "y.npy"));
  if (y.shape.length !== 1) {
    throw new NpyError(
      `${join(folder, "y.npy")} has shape [${y.shape}]: expected class numbers of shape [n]`,
    );
  }
  const step = timed(progress.step("Episodes"));
  const result = await evaluateFewShot(
    { x, y: Array.from(y.data, Number) },
    {
      dataset: GIVEN_DATASET,
      shot,
      seed,
      given,
      onProgress: (done, total) => step.update(done, total),
      signal,
    },
  );
  step.end("done");
  return { ...result, protocol: fewShotDescription(shot, given, GIVEN_ORIGIN), artefacts: [] };
}

/** `evaluate --features DIR`: the protocols on arrays that someone else made. Nothing is recorded. */
import { measuredValues } from "../../evaluations/evaluation.ts";
import { settingNamed } from "../../evaluations/settings.ts";
import type { Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, fileToWrite, wholeNumber } from "../options.ts";
import { evaluationInJson } from "./document.ts";
import { resultTable } from "./report.ts";
import type { EvaluateOptions } from "./request.ts";

export async function evaluateFeatures(
  { terminal, signal }: Context,
  options: EvaluateOptions & { readonly features: string },
): Promise<void> {
  const { features, metric, logits, json } = options;
  const { kind, name, options: own } = settingNamed(options.protocol, options.given);
  if (!kind.given) {
    throw new CommandError(
      kind.needs.trains
        ? `${name} trains the network itself: give --checkpoint, not --features`
        : `${name} needs the images: give --checkpoint and --data, not --features`,
      EXIT.usage,
    );
  }
  if (logits !== undefined) fileToWrite("--logits", logits);
  const evaluation = await kind.given.run(features, name, own, {
    metric,
    logits,
    seed: wholeNumber("--seed", options.seed),
    device: deviceChoice(options.device),
    progress: terminal,
    signal,
  });
  for (const warning of evaluation.warnings) terminal.say(`Note: ${warning}`);
  if (json) return terminal.print(JSON.stringify(evaluationInJson(evaluation), null, 2));
  const rows = measuredValues(evaluation).map((value) => ({ ...value, standing: undefined }));
  terminal.print(resultTable(rows));
}

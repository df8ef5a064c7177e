/** `transferboard evaluate`: a checkpoint on a dataset by a protocol, recorded. */
import type { AddCommand } from "../context.ts";
import { evaluateDataset } from "../evaluate-dataset.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { NORMALISATION_OPTION } from "./checkpoint.ts";
import { namedPreprocessing } from "./preprocess.ts";

interface EvaluateOptions {
  readonly checkpoint: string;
  readonly method: string;
  readonly methodName?: string;
  readonly dataset?: string;
  readonly data?: string;
  readonly protocol: string;
  readonly mode: string;
  readonly preprocessing: string;
  readonly normalisation?: string;
  readonly device: string;
  readonly cache?: string;
  readonly skipUnreadable?: boolean;
  readonly record: boolean;
  readonly again?: boolean;
  readonly json?: boolean;
}

export const addEvaluate: AddCommand = (program, contextOf) => {
  program
    .command("evaluate")
    .description("measure a checkpoint on a dataset and record the result")
    .requiredOption("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .requiredOption("--method <slug>", "the method's slug on the board, such as moco-v2")
    .option("--method-name <name>", "how a new method shall be called on the board")
    .option("--dataset <name>", "which dataset; 'folder' for any folder of images by class")
    .option("--data <dir>", "where the datasets are")
    .option("--protocol <name>", "many-shot-linear", "many-shot-linear")
    .option("--mode <mode>", "converged, or paper-exact", "converged")
    .option("--preprocessing <name>", "how images become crops", "imagenet-shorter-224")
    .option(...NORMALISATION_OPTION)
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--cache <dir>", "where features are kept")
    .option("--skip-unreadable", "go on without images that cannot be read, and say which")
    .option("--no-record", "do not record the result")
    .option("--again", "evaluate again what is recorded already")
    .option("--json", "print one JSON document")
    .action(async (options: EvaluateOptions) => {
      const context = contextOf(options.json);
      if (options.protocol !== "many-shot-linear") {
        throw new CommandError(
          `unknown protocol '${options.protocol}': known is many-shot-linear`,
          EXIT.usage,
        );
      }
      if (options.mode !== "converged" && options.mode !== "paper-exact") {
        throw new CommandError(
          `unknown mode '${options.mode}': known are converged, paper-exact`,
          EXIT.usage,
        );
      }
      if (options.dataset === undefined && options.data === undefined) {
        throw new CommandError(
          "say which dataset: --dataset digits, or --data DIR for a folder of images",
          EXIT.usage,
        );
      }
      await evaluateDataset(context, {
        ...options,
        dataset: options.dataset ?? "folder",
        mode: options.mode,
        preprocessing: namedPreprocessing(options.preprocessing),
      });
    });
};

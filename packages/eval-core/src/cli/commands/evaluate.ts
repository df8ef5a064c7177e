/** `transferboard evaluate`: a checkpoint, or features, by a protocol on a dataset or a suite; recorded. */
import type { Command } from "commander";
import { suiteNames } from "../../evaluations/asked/suites.ts";
import { EVALUATIONS } from "../../evaluations/registry.ts";
import { optionsOf, settingNames } from "../../evaluations/settings.ts";
import { PREPROCESSINGS } from "../../images/index.ts";
import type { AddCommand, Context } from "../context.ts";
import { evaluateCheckpoint } from "../evaluate/checkpoint.ts";
import { distribute } from "../evaluate/distribute.ts";
import { evaluateFeatures } from "../evaluate/features.ts";
import type { EvaluateOptions } from "../evaluate/request.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { METHOD_FILE_HELP } from "../server/method-file.ts";
import { tokenOption } from "../server/server.ts";
import { addLoadOptions, READOUT_HELP } from "./checkpoint.ts";
import { NATIVE_PREPROCESSING, USUAL_PREPROCESSING } from "./preprocess.ts";

const HELP = `
Examples:
  transferboard evaluate --checkpoint moco_v2.pth --method moco-v2 --suite many-shot-linear --data /datasets
  transferboard evaluate --checkpoint mine.pth --method mine --data photos/ --protocol few-shot-5
  transferboard evaluate --checkpoint mine.pth --method mine --suite many-shot-linear --data /datasets \\
    --server https://board.example.org --method-file mine.json
  transferboard evaluate --checkpoint mine.pth --method mine --suite many-shot-finetune --distribute
  transferboard evaluate --features arrays/ --protocol many-shot-linear --json

With --features a folder holds
${EVALUATIONS.flatMap(({ name, given }) => (given ? [`  for ${name}: ${given.layout}`] : [])).join("\n")}
With --server the results are offered to that server, where a reviewer decides, and none is recorded here.
Work is kept as it is done: the same command again goes on where it was interrupted.`;

export const addEvaluate: AddCommand = (program, contextOf) => {
  const command = program
    .command("evaluate")
    .description("measure a checkpoint by a protocol and record the result")
    .option("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .option("--method <slug>", "the method's name on the board, such as moco-v2")
    .option("--method-name <name>", "how a new method is written on the board")
    .option("--features <dir>", "evaluate arrays of features in place of a checkpoint; nothing is recorded")
    .option("--metric <name>", "with --features: accuracy, mean-per-class-accuracy or map11")
    .option("--logits <file.npy>", "with --features: write the test logits")
    .option("--distribute", "divide it among the workers of the queue, and watch until they are done");
  addTargetOptions(command);
  addHowOptions(command);
  addServerOptions(command);
  command.addHelpText("after", HELP).action(async (flat: FlatOptions) => {
    const options = withGiven(flat);
    const context: Context = contextOf(options.json);
    if (options.features !== undefined) {
      if (options.checkpoint !== undefined) {
        throw new CommandError("--features and --checkpoint exclude each other", EXIT.usage);
      }
      if (options.distribute) {
        throw new CommandError("--distribute takes a --checkpoint, which the workers have too", EXIT.usage);
      }
      if (options.server !== undefined) {
        throw new CommandError(
          "--server takes the results of a --checkpoint, whose hash says what was measured",
          EXIT.usage,
        );
      }
      return evaluateFeatures(context, { ...options, features: options.features });
    }
    if (options.distribute) return distribute(context, options);
    await evaluateCheckpoint(context, options);
  });
};

export function addTargetOptions(command: Command): void {
  command
    .option("--dataset <name>", "which dataset; without it, --data is a folder of images by class")
    .option("--suite <name>", `every dataset of a suite that is there: ${suiteNames().join(", ")}`)
    .option("--data <dir>", "where the datasets are")
    .option("--allow-partial", "accept a dataset that is not whole")
    .option("--protocol <name>", settingNames().join(", "), "many-shot-linear")
    .option("--seed <number>", "of all that is drawn: episodes, batches, first weights", "0");
  for (const { flag, help } of optionsOf()) command.option(flag, help);
}

/** As commander hands them over: the evaluations' own options beside the command's. */
export type FlatOptions = Omit<EvaluateOptions, "given"> & Readonly<Record<string, unknown>>;

export function withGiven(flat: FlatOptions): EvaluateOptions {
  const given = Object.fromEntries(
    optionsOf().flatMap(({ key }) => (flat[key] === undefined ? [] : [[key, flat[key] as string | boolean]])),
  );
  return { ...flat, given };
}

function addServerOptions(command: Command): void {
  command
    .option("--server <url>", "submit the results to this server instead of recording them here")
    .addOption(tokenOption())
    .option("--source <words>", "with --server: where the results come from, such as a paper's address")
    .option("--method-file <file>", `with --server: ${METHOD_FILE_HELP}`);
}

export function addHowOptions(command: Command): void {
  addLoadOptions(command)
    .option(
      "--preprocessing <name>",
      `${Object.keys(PREPROCESSINGS).join(", ")}, shorter-N, or ${NATIVE_PREPROCESSING} (as the files beside the checkpoint say) (default: ${USUAL_PREPROCESSING}, or shorter-N where it was made for N pixels)`,
    )
    .option("--readout <slugs>", READOUT_HELP)
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--cache <dir>", "where features and unfinished work are kept")
    .option("--skip-unreadable", "go on without images that cannot be read, and say which")
    .option("--no-record", "do not record the result")
    .option("--again", "evaluate what is recorded already, as a run of its own")
    .option("--resume", "go on where an interrupted run stopped (which happens without it too)")
    .option("--dry-run", "show what would be done and what it costs")
    .option("--json", "print one JSON document");
}

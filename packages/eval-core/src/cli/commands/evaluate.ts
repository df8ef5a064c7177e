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

With --features, the folder must hold
${EVALUATIONS.flatMap(({ name, given }) => (given ? [`  for ${name}: ${given.layout}`] : [])).join("\n")}
With --server the results are submitted to that server, where a reviewer decides; nothing is recorded here.
Progress is saved: after an interruption, run the same command again to continue.`;

export const addEvaluate: AddCommand = (program, contextOf) => {
  const command = program
    .command("evaluate")
    .description("evaluate a checkpoint under a protocol and record the result")
    .option("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .option("--method <slug>", "the method's name on the board, such as moco-v2")
    .option("--method-name <name>", "how a new method is written on the board")
    .option("--features <dir>", "evaluate arrays of features instead of a checkpoint; nothing is recorded")
    .option("--metric <name>", "with --features: accuracy, mean-per-class-accuracy or map11")
    .option("--logits <file.npy>", "with --features: write the test logits")
    .option(
      "--distribute",
      "divide the evaluation among the workers of the queue, and watch until they are done",
    );
  addTargetOptions(command);
  addHowOptions(command);
  addServerOptions(command);
  command.addHelpText("after", HELP).action(async (flat: FlatOptions) => {
    const options = withGiven(flat);
    const context: Context = contextOf(options.json);
    if (options.features !== undefined) {
      if (options.checkpoint !== undefined) {
        throw new CommandError("--features and --checkpoint cannot be combined", EXIT.usage);
      }
      if (options.distribute) {
        throw new CommandError("--distribute needs a --checkpoint that the workers have too", EXIT.usage);
      }
      if (options.server !== undefined) {
        throw new CommandError(
          "--server needs a --checkpoint, whose hash states what was measured",
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
    .option("--dataset <name>", "the dataset; without this, --data is a folder of images by class")
    .option("--suite <name>", `every dataset of a suite that --data has: ${suiteNames().join(", ")}`)
    .option("--data <dir>", "folder of the datasets")
    .option("--allow-partial", "accept an incomplete dataset")
    .option("--protocol <name>", settingNames().join(", "), "many-shot-linear")
    .option("--seed <number>", "seed of everything random: episodes, batches, initial weights", "0");
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
    .option("--source <words>", "with --server: the source of the results, such as the address of a paper")
    .option("--method-file <file>", `with --server: ${METHOD_FILE_HELP}`);
}

export function addHowOptions(command: Command): void {
  addLoadOptions(command)
    .option(
      "--preprocessing <name>",
      `${Object.keys(PREPROCESSINGS).join(", ")}, shorter-N, or ${NATIVE_PREPROCESSING} (as the files beside the checkpoint state) (default: ${USUAL_PREPROCESSING}, or shorter-N where it was made for N pixels)`,
    )
    .option("--readout <slugs>", READOUT_HELP)
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--cache <dir>", "folder for features and unfinished work")
    .option("--skip-unreadable", "leave out images that cannot be read, and list them")
    .option("--no-record", "do not record the result")
    .option("--again", "evaluate again what is already recorded, as a new run")
    .option("--resume", "continue an interrupted run (this is the default)")
    .option("--dry-run", "show what would be done and how long it takes")
    .option("--json", "print one JSON document");
}

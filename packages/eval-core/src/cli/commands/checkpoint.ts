/** `transferboard checkpoint inspect|convert`: what a file of weights is, and the same in another format. */

import type { Command } from "commander";
import {
  type Checkpoint,
  convertCheckpoint,
  formatInspection,
  inspectCheckpoint,
  type LoadOptions,
  loadCheckpoint,
  type NormalisationName,
  namedNormalisations,
  tensorFamilies,
} from "../../backbones/index.ts";
import { trial } from "../../features/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { collect, fileToWrite, wholeNumber } from "../options.ts";

const NORMALISATION_OPTION = [
  "--normalisation <name>",
  `how inputs are scaled: ${Object.keys(namedNormalisations).join(", ")} (none: 0 to 1, as SimCLR) (default: as the file, or one beside it, states)`,
] as const;

const PREFIX_OPTION = [
  "--prefix <start>",
  "which backbone of several to take: the beginning of its tensors' names",
] as const;

const IGNORE_OPTION = "--ignore <start>";
const IGNORE_MEANING = "ignore tensors whose names begin like this (may be repeated)";

/** Which backbone of a file, and how it wants its inputs. */
export interface LoadChoices {
  readonly normalisation?: string;
  readonly prefix?: string;
  readonly ignore?: readonly string[];
  readonly heads?: string;
  readonly activation?: string;
  readonly epsilon?: string;
  readonly interpolation?: string;
  readonly anyDepth?: boolean;
  readonly inputName?: string;
  readonly output?: string;
  readonly inputSize?: string;
}

const ACTIVATIONS = ["gelu", "gelu-tanh", "quick-gelu"] as const;
const INTERPOLATIONS = ["size", "offset", "antialias"] as const;

/** What --readout takes, wherever it stands. */
export const READOUT_HELP =
  "what is read out of the backbone: slugs separated by commas, or all; `checkpoint inspect` lists them (default: the usual one of its family)";

/** The options that every command which reads a checkpoint has. */
export function addLoadOptions(command: Command): Command {
  return command
    .option(...NORMALISATION_OPTION)
    .option(...PREFIX_OPTION)
    .option(IGNORE_OPTION, IGNORE_MEANING, collect)
    .option(
      "--heads <number>",
      "number of attention heads, where neither the file nor one beside it states it",
    )
    .option("--activation <name>", `activation of the MLPs: ${ACTIVATIONS.join(", ")}`)
    .option("--epsilon <number>", "epsilon of the normalisation layers, such as 1e-6")
    .option("--interpolation <name>", `how position embeddings are resized: ${INTERPOLATIONS.join(", ")}`)
    .option("--any-depth", "accept any number of blocks, not only published depths")
    .option(
      "--input-name <name>",
      "which input of an .onnx file takes the images; the graph is run unchanged",
    )
    .option("--output <name>", "which value of an .onnx file to read; the graph is run unchanged")
    .option("--input-size <pixels>", "image size, where an .onnx file takes any");
}

function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  if (value === undefined || known.includes(value as T)) return value as T | undefined;
  throw new CommandError(`unknown ${option} '${value}': known are ${known.join(", ")}`, EXIT.usage);
}

/** @throws CommandError for a value that an option does not take */
function loadOptions(choices: LoadChoices): LoadOptions {
  const { prefix, ignore, anyDepth } = choices;
  const names = Object.keys(namedNormalisations) as NormalisationName[];
  const epsilon = choices.epsilon === undefined ? undefined : Number(choices.epsilon);
  if (epsilon !== undefined && !(epsilon > 0 && epsilon < 1)) {
    throw new CommandError(`--epsilon ${choices.epsilon}: expected a number between 0 and 1`, EXIT.usage);
  }
  const all = {
    normalisation: oneOf("normalisation", choices.normalisation, names),
    prefix,
    ignore,
    heads: choices.heads === undefined ? undefined : wholeNumber("--heads", choices.heads, 1),
    activation: oneOf("activation", choices.activation, ACTIVATIONS),
    epsilon,
    interpolation: oneOf("interpolation", choices.interpolation, INTERPOLATIONS),
    anyDepth,
    inputName: choices.inputName,
    output: choices.output,
    inputSize:
      choices.inputSize === undefined ? undefined : wholeNumber("--input-size", choices.inputSize, 1),
    trial,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** @throws CommandError for a value that an option does not take */
export async function openCheckpoint(file: string, choices: LoadChoices): Promise<Checkpoint> {
  return loadCheckpoint(file, loadOptions(choices));
}

export const addCheckpoint: AddCommand = (program, contextOf) => {
  const checkpoint = program.command("checkpoint").description("inspect and convert weight files");
  const inspect = checkpoint
    .command("inspect <file>")
    .description("describe a weight file: hash, layout, architecture, what is kept and what is dropped");
  addLoadOptions(inspect)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      () => `\nRecognised by their tensors: ${tensorFamilies().join(", ")}. In ONNX, any network.`,
    )
    .action(async (file: string, options: LoadChoices & { json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const inspection = await inspectCheckpoint(file, loadOptions(options));
      terminal.print(options.json ? JSON.stringify(inspection, null, 2) : formatInspection(inspection));
    });
  const convert = checkpoint
    .command("convert <file>")
    .description("write the backbone as a standard ONNX model, or as .safetensors")
    .requiredOption("--out <file>", "the file to write, ending in .onnx or .safetensors");
  addLoadOptions(convert)
    .option("--json", "print one JSON document about the source and the copy")
    .action(async (file: string, options: LoadChoices & { out: string; json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const inspection = await convertCheckpoint(
        file,
        fileToWrite("--out", options.out),
        loadOptions(options),
      );
      if (options.json) terminal.print(JSON.stringify({ out: options.out, source: inspection }, null, 2));
      else {
        const { name, featureDimension } = inspection.architecture;
        terminal.say(`${options.out}: ${name}, images [N, 3, H, W] to features [N, ${featureDimension}]`);
      }
    });
};

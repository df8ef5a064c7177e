/** `transferboard checkpoint inspect|convert`: what a file of weights is, and the same in another format. */

import type { Command } from "commander";
import {
  type Checkpoint,
  convertCheckpoint,
  formatInspection,
  inspectCheckpoint,
  type LoadOptions,
  loadCheckpoint,
} from "../../backbones/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { fileToWrite } from "../options.ts";

const NORMALISATION_OPTION = [
  "--normalisation <name>",
  "how the backbone wants its inputs: imagenet, or none (0 to 1, as SimCLR); what the file says unless told",
] as const;

const PREFIX_OPTION = [
  "--prefix <start>",
  "which backbone to take, by the beginning of its tensors' names, where a file has several",
] as const;

const IGNORE_OPTION = "--ignore <start>";
const IGNORE_MEANING =
  "leave tensors whose names begin so: they are no part of the backbone (may be repeated)";
const collect = (start: string, earlier: readonly string[] = []): string[] => [...earlier, start];

/** Which backbone of a file, and how it wants its inputs. */
export interface LoadChoices {
  readonly normalisation?: string;
  readonly prefix?: string;
  readonly ignore?: readonly string[];
}

/** The options that every command which reads a checkpoint has. */
export function addLoadOptions(command: Command): Command {
  return command
    .option(...NORMALISATION_OPTION)
    .option(...PREFIX_OPTION)
    .option(IGNORE_OPTION, IGNORE_MEANING, collect);
}

/** @throws CommandError for a normalisation that is none */
function loadOptions({ normalisation, prefix, ignore }: LoadChoices): LoadOptions {
  if (normalisation !== undefined && normalisation !== "imagenet" && normalisation !== "none") {
    throw new CommandError(`unknown normalisation '${normalisation}': known are imagenet, none`, EXIT.usage);
  }
  return {
    ...(normalisation === undefined ? {} : { normalisation }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(ignore === undefined ? {} : { ignore }),
  };
}

/** @throws CommandError for a normalisation that is none */
export async function openCheckpoint(file: string, choices: LoadChoices): Promise<Checkpoint> {
  return loadCheckpoint(file, loadOptions(choices));
}

export const addCheckpoint: AddCommand = (program, contextOf) => {
  const checkpoint = program.command("checkpoint").description("look at files of weights, and convert them");
  const inspect = checkpoint
    .command("inspect <file>")
    .description("say what a file of weights is: hash, layout, architecture, what was kept and dropped");
  addLoadOptions(inspect)
    .option("--json", "print one JSON document")
    .action(async (file: string, options: LoadChoices & { json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const inspection = await inspectCheckpoint(file, loadOptions(options));
      terminal.print(options.json ? JSON.stringify(inspection, null, 2) : formatInspection(inspection));
    });
  const convert = checkpoint
    .command("convert <file>")
    .description("write the backbone as an ONNX model that other tools accept, or as .safetensors")
    .requiredOption("--out <file>", "where to write it: the ending says which, .onnx or .safetensors");
  addLoadOptions(convert)
    .option("--json", "print one JSON document: what the source was, and where the copy is")
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

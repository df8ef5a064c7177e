/** `transferboard preprocess IMAGE --out Y.npy`: the crop that a network would see, as 8-bit levels. */
import type { Checkpoint } from "../../backbones/index.ts";
import {
  decodeRgb,
  PREPROCESSINGS,
  type Preprocessing,
  preprocess,
  preprocessingNamed,
  shorterSide,
} from "../../images/index.ts";
import { tensor, writeNpy } from "../../tensor/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { fileToWrite } from "../options.ts";

export function namedPreprocessing(name: string) {
  try {
    return preprocessingNamed(name);
  } catch (error) {
    throw new CommandError((error as Error).message, EXIT.usage);
  }
}

/** Of a checkpoint that was made for images of 224 pixels, unless --preprocessing says another. */
export const USUAL_PREPROCESSING = "imagenet-shorter-224";
/** As the files beside a checkpoint say. */
export const NATIVE_PREPROCESSING = "native";

/**
 * How images are made for a checkpoint: as asked, else the usual recipe at the size that it was made for.
 * @throws CommandError for an unknown name, or for "native" where nothing beside the checkpoint says how
 */
export function preprocessingFor(checkpoint: Checkpoint, name: string | undefined): Preprocessing {
  const { inputSize, native } = checkpoint;
  if (name === undefined)
    return inputSize === 224 ? namedPreprocessing(USUAL_PREPROCESSING) : shorterSide(inputSize);
  if (name !== NATIVE_PREPROCESSING) return namedPreprocessing(name);
  if (native === undefined) {
    throw new CommandError(
      `--preprocessing native: no configuration beside ${checkpoint.file} says how its images were made`,
      EXIT.usage,
    );
  }
  const { cropFraction, filter } = native;
  return {
    resize: "shorter-side",
    resizeSize: Math.round(inputSize / (cropFraction ?? 1)),
    crop: inputSize,
    filter: filter ?? "bicubic",
  };
}

export const addPreprocess: AddCommand = (program, contextOf) => {
  program
    .command("preprocess <image>")
    .description("write the crop that the network gets: uint8, height x width x 3")
    .requiredOption("--out <file.npy>", "file to write")
    .option(
      "--preprocessing <name>",
      `${Object.keys(PREPROCESSINGS).join(", ")} or shorter-N`,
      "imagenet-shorter-224",
    )
    .action(async (image: string, options: { out: string; preprocessing: string }) => {
      const { terminal } = contextOf();
      const recipe = namedPreprocessing(options.preprocessing);
      const { crop } = recipe;
      fileToWrite("--out", options.out);
      const levels = preprocess(await decodeRgb(image), recipe);
      writeNpy(tensor("uint8", [crop, crop, 3], levels), options.out);
      terminal.say(`${options.out}: ${crop} x ${crop} x 3, ${options.preprocessing}`);
    });
};

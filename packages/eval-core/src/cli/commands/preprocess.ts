/** `transferboard preprocess IMAGE --out Y.npy`: the crop that a network would see, as 8-bit levels. */
import { decodeRgb, PREPROCESSINGS, preprocess, preprocessingNamed } from "../../images/index.ts";
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

export const addPreprocess: AddCommand = (program, contextOf) => {
  program
    .command("preprocess <image>")
    .description("write the crop that a network would see: uint8, height x width x 3")
    .requiredOption("--out <file.npy>", "where to write it")
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

/** `transferboard checkpoint inspect|convert`: what a file of weights is, and the same as ONNX. */
import {
  backboneGraph,
  type Checkpoint,
  loadCheckpoint,
  type NormalisationName,
} from "../../checkpoints/index.ts";
import { saveModel } from "../../onnx/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

export const NORMALISATION_OPTION = [
  "--normalisation <name>",
  "how the backbone wants its inputs: imagenet, or none (0 to 1, as SimCLR); what the file says unless told",
] as const;

/** @throws CommandError for a name that is none */
export async function openCheckpoint(file: string, normalisation: string | undefined): Promise<Checkpoint> {
  if (normalisation === undefined) return loadCheckpoint(file);
  if (normalisation !== "imagenet" && normalisation !== "none") {
    throw new CommandError(`unknown normalisation '${normalisation}': known are imagenet, none`, EXIT.usage);
  }
  return loadCheckpoint(file, { normalisation: normalisation satisfies NormalisationName });
}

/** Everything but the weights. */
export function checkpointSummary(checkpoint: Checkpoint) {
  const { tensors: _, ...summary } = checkpoint;
  return summary;
}

export const addCheckpoint: AddCommand = (program, contextOf) => {
  const checkpoint = program.command("checkpoint").description("look at files of weights, and convert them");
  checkpoint
    .command("inspect <file>")
    .description("say what a file of weights is: hash, layout, architecture, what was kept and dropped")
    .option(...NORMALISATION_OPTION)
    .option("--json", "print one JSON document")
    .action(async (file: string, options: { normalisation?: string; json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const loaded = await openCheckpoint(file, options.normalisation);
      if (options.json) return terminal.print(JSON.stringify(checkpointSummary(loaded), null, 2));
      terminal.print(described(loaded));
    });
  checkpoint
    .command("convert <file>")
    .description("write the backbone as an ONNX model that other tools accept")
    .requiredOption("--out <file.onnx>", "where to write it")
    .option(...NORMALISATION_OPTION)
    .action(async (file: string, options: { out: string; normalisation?: string }) => {
      const { terminal } = contextOf();
      const loaded = await openCheckpoint(file, options.normalisation);
      saveModel(backboneGraph(loaded), options.out);
      terminal.say(
        `${options.out}: ${loaded.architecture.name}, input [N, 3, H, W], features [N, ${loaded.architecture.featureDimension}]`,
      );
    });
};

function described({
  file,
  sha256,
  bytes,
  format,
  layout,
  architecture,
  normalisation,
  ...rest
}: Checkpoint): string {
  const dropped = rest.dropped.map(({ name, why }) => `             ${name} (${why})`);
  return [
    file,
    `  sha256     ${sha256}`,
    `  file       ${format}, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    `  layout     ${layout.naming} at ${layout.place}`,
    `  network    ${architecture.name}, width ${architecture.width}, ${architecture.featureDimension} features`,
    `  inputs     mean ${normalisation.mean.join(", ")}; deviation ${normalisation.std.join(", ")}`,
    `  kept       ${rest.kept.length} tensors`,
    ...rest.converted.map((sentence) => `  converted  ${sentence}`),
    `  dropped    ${rest.dropped.length} tensors`,
    ...dropped,
  ].join("\n");
}

/**
 * `transferboard demo`: the shipped network with random weights on the shipped digits, by the linear protocol.
 * An honest control row for the board, in seconds: what a network knows before it has seen an image.
 */
import { fileURLToPath } from "node:url";
import type { AddCommand } from "../context.ts";
import { evaluateCheckpoint } from "../evaluate/checkpoint.ts";

const CHECKPOINT = fileURLToPath(new URL("../../../data/untrained-resnet.pth", import.meta.url));

export const addDemo: AddCommand = (program, contextOf) => {
  program
    .command("demo")
    .description("evaluate the shipped untrained network on the shipped digits, in seconds")
    .option("--no-record", "do not record the result")
    .option("--again", "evaluate it anew, as a run of its own")
    .option("--cache <dir>", "where features are kept")
    .option("--json", "print one JSON document")
    .action((options: { record: boolean; again?: boolean; cache?: string; json?: boolean }) =>
      evaluateCheckpoint(contextOf(options.json), {
        ...options,
        checkpoint: CHECKPOINT,
        method: "untrained-resnet",
        methodName: "Untrained ResNet",
        family: "CONTROL",
        dataset: "digits",
        protocol: "many-shot-linear",
        given: {},
        seed: "0",
        preprocessing: "shorter-64",
        device: "cpu",
      }),
    );
};

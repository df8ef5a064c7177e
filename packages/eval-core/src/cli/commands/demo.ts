/**
 * `transferboard demo`: the shipped network with random weights on the shipped digits, by the linear protocol.
 * An honest control row for the board, in seconds: what a network knows before it has seen an image.
 */
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { AddCommand, Context } from "../context.ts";
import { demoSuite } from "../demo-suite.ts";
import { evaluateCheckpoint } from "../evaluate/checkpoint.ts";
import { sentenceOf } from "../exit-codes.ts";

const CHECKPOINT = fileURLToPath(new URL("../../../data/untrained-resnet.pth", import.meta.url));

export const addDemo: AddCommand = (program, contextOf) => {
  program
    .command("demo")
    .description("evaluate the shipped untrained network on the shipped digits, in seconds")
    .option("--no-record", "do not record the result")
    .option("--again", "evaluate again, as a new run")
    .option("--cache <dir>", "folder for features")
    .option("--json", "print one JSON document")
    .option("--suite", "then run every evaluation on all shipped data and backbones, at low priority")
    .action(async ({ suite, ...options }: DemoOptions) => {
      const context = contextOf(options.json);
      if (suite) return runSuite(context, options);
      await evaluateCheckpoint(context, {
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
      });
    });
};

interface DemoOptions {
  readonly record: boolean;
  readonly again?: boolean;
  readonly cache?: string;
  readonly json?: boolean;
  readonly suite?: boolean;
}

/** One after the other; what is recorded already is left, and what fails is named and the rest goes on. */
async function runSuite(context: Context, options: Omit<DemoOptions, "suite">): Promise<void> {
  // Before any thread begins: they take their priority from here.
  setPriority(constants.priority.PRIORITY_LOW);
  const { terminal, signal } = context;
  const all = await demoSuite();
  for (const [i, one] of all.entries()) {
    signal.throwIfAborted();
    terminal.say(`Demo ${i + 1} of ${all.length}: ${one.protocol} on ${one.dataset}, ${one.methodName}`);
    try {
      await evaluateCheckpoint(context, { ...options, ...one, seed: "0", device: "cpu" });
    } catch (error) {
      if (signal.aborted) throw error;
      terminal.say(`Demo: ${one.protocol} on ${one.dataset} failed: ${sentenceOf(error)}`);
    }
  }
}

/** The command line: every subcommand, its options and its help. Each subcommand's work is in `commands/`. */
import { Command } from "commander";
import { addCheckpoint } from "./commands/checkpoint.ts";
import { addConformance } from "./commands/conformance.ts";
import { addDataset } from "./commands/dataset.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addDump, addRestore } from "./commands/dump.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addExport } from "./commands/export.ts";
import { addFeatures } from "./commands/features.ts";
import { addImport } from "./commands/import.ts";
import { addPreprocess } from "./commands/preprocess.ts";
import { addProfile } from "./commands/profile.ts";
import { addRetract, addReview } from "./commands/review.ts";
import { addSubmission, addSubmissions } from "./commands/submissions.ts";
import { addSubmit } from "./commands/submit.ts";
import { addToken } from "./commands/token.ts";
import { addTrain } from "./commands/train.ts";
import { addWorker } from "./commands/worker.ts";
import type { AddCommand, Context } from "./context.ts";
import { EXIT_HELP } from "./exit-codes.ts";
import { makeTerminal } from "./terminal.ts";
import { OWN_VERSION } from "./versions.ts";

const COMMANDS: readonly AddCommand[] = [
  addEvaluate,
  addProfile,
  addWorker,
  addDemo,
  addFeatures,
  addTrain,
  addCheckpoint,
  addPreprocess,
  addDataset,
  addSubmit,
  addSubmissions,
  addSubmission,
  addReview,
  addRetract,
  addExport,
  addImport,
  addToken,
  addDump,
  addRestore,
  addConformance,
  addDoctor,
];

export function makeProgram(signal: AbortSignal): Command {
  const program = new Command("transferboard")
    .description("Measures how well a pretrained vision model transfers, and keeps the record")
    .version(OWN_VERSION, "-V, --version", "print the version")
    .addHelpText("after", EXIT_HELP)
    .showHelpAfterError("(add --help for what is possible)")
    .exitOverride();
  const contextOf = (quiet = false): Context => ({ terminal: makeTerminal(quiet), signal });
  for (const add of COMMANDS) add(program, contextOf);
  return program;
}

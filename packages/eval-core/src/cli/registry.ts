/**
 * Every subcommand with its group in the help, and where it is. A command is loaded when it is asked for: `--help` and
 * `--version` load none of the evaluations.
 */
import type { AddCommand } from "./context.ts";

export interface Entry {
  readonly name: string;
  /** For the list of commands; the command's own help may say more. */
  readonly description: string;
  readonly load: () => Promise<AddCommand>;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const entry = (name: string, description: string, load: Entry["load"]): Entry => ({
  name,
  description,
  load,
});

export const groups: readonly Group[] = [
  {
    title: "Look at the record",
    entries: [
      entry(
        "leaderboard",
        "show a board",
        async () => (await import("./commands/record/leaderboard.ts")).addLeaderboard,
      ),
      entry(
        "correlate",
        "correlate two measures over methods",
        async () => (await import("./commands/record/correlate.ts")).addCorrelate,
      ),
      entry(
        "list",
        "list suites, measures, methods, datasets or protocols",
        async () => (await import("./commands/record/list.ts")).addList,
      ),
      entry(
        "export",
        "save a board or the ledger as CSV, JSON or LaTeX",
        async () => (await import("./commands/export.ts")).addExport,
      ),
      entry(
        "open",
        "open a page of the site in the browser",
        async () => (await import("./commands/record/open.ts")).addOpen,
      ),
    ],
  },
  {
    title: "Evaluate",
    entries: [
      entry(
        "evaluate",
        "evaluate a checkpoint and record the result",
        async () => (await import("./commands/evaluate.ts")).addEvaluate,
      ),
      entry(
        "profile",
        "evaluate a checkpoint on a whole profile of settings",
        async () => (await import("./commands/profile.ts")).addProfile,
      ),
      entry(
        "sensitivity",
        "measure how each field of a protocol changes a value",
        async () => (await import("./commands/sensitivity.ts")).addSensitivity,
      ),
      entry("features", "extract features", async () => (await import("./commands/features.ts")).addFeatures),
      entry(
        "train",
        "train a network on batches given as arrays",
        async () => (await import("./commands/train.ts")).addTrain,
      ),
      entry(
        "checkpoint",
        "inspect or convert a checkpoint",
        async () => (await import("./commands/checkpoint.ts")).addCheckpoint,
      ),
      entry("dataset", "check a dataset", async () => (await import("./commands/dataset.ts")).addDataset),
      entry(
        "preprocess",
        "prepare one image as an evaluation does",
        async () => (await import("./commands/preprocess.ts")).addPreprocess,
      ),
      entry(
        "demo",
        "evaluate the built-in demo checkpoint",
        async () => (await import("./commands/demo.ts")).addDemo,
      ),
    ],
  },
  {
    title: "Submit and review",
    entries: [
      entry(
        "submit",
        "check a file of results and send it",
        async () => (await import("./commands/record/submit.ts")).addSubmit,
      ),
      entry(
        "submissions",
        "list your submissions",
        async () => (await import("./commands/record/submissions.ts")).addSubmissions,
      ),
      entry(
        "submission",
        "show one submission",
        async () => (await import("./commands/record/submissions.ts")).addSubmission,
      ),
      entry(
        "withdraw",
        "withdraw one of your pending submissions",
        async () => (await import("./commands/record/withdraw.ts")).addWithdraw,
      ),
      entry(
        "review",
        "list pending submissions, or decide on one",
        async () => (await import("./commands/record/review.ts")).addReview,
      ),
      entry(
        "retract",
        "retract a recorded value",
        async () => (await import("./commands/record/review.ts")).addRetract,
      ),
      entry(
        "import",
        "import results from a file",
        async () => (await import("./commands/import.ts")).addImport,
      ),
    ],
  },
  {
    title: "Run a server",
    entries: [
      entry(
        "migrate",
        "update the database to this version",
        async () => (await import("./commands/migrate.ts")).addMigrate,
      ),
      entry(
        "worker",
        "run requested evaluations",
        async () => (await import("./commands/worker.ts")).addWorker,
      ),
      entry(
        "launch",
        "start many workers, here or on a cluster",
        async () => (await import("./commands/launch.ts")).addLaunch,
      ),
      entry(
        "artefacts",
        "remove artefacts that nothing refers to",
        async () => (await import("./commands/artefacts.ts")).addArtefacts,
      ),
      entry(
        "token",
        "create, list and revoke tokens",
        async () => (await import("./commands/token.ts")).addToken,
      ),
      entry(
        "dump",
        "save the whole record to a file",
        async () => (await import("./commands/dump.ts")).addDump,
      ),
      entry(
        "restore",
        "restore a record from a file",
        async () => (await import("./commands/dump.ts")).addRestore,
      ),
      entry(
        "doctor",
        "check devices, database and record",
        async () => (await import("./commands/doctor.ts")).addDoctor,
      ),
      entry(
        "conformance",
        "compare this machine's results with reference ones",
        async () => (await import("./commands/conformance.ts")).addConformance,
      ),
    ],
  },
];

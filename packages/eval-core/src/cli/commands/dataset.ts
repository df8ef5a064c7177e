/** `transferboard dataset check NAME --root DIR`: what is there, what is missing, and where to get it. */
import {
  checkDataset,
  DATASET_NAMES,
  type DatasetReport,
  openDataset,
  type PublishedCounts,
} from "../../datasets/index.ts";
import type { AddCommand, Context } from "../context.ts";
import { CommandError } from "../exit-codes.ts";
import { timed } from "../terminal.ts";

interface CheckOptions {
  readonly root?: string;
  readonly allowPartial?: boolean;
  readonly json?: boolean;
}

export const addDataset: AddCommand = (program, contextOf) => {
  const dataset = program.command("dataset").description("check datasets on disk");
  dataset
    .command("check <name>")
    .description(`show what is there and what is missing; NAME is one of ${DATASET_NAMES.join(", ")}`)
    .option("--root <dir>", "the folder that holds it, or a folder of datasets")
    .option("--allow-partial", "accept an incomplete copy")
    .option("--json", "print one JSON document")
    .action(async (name: string, options: CheckOptions) => {
      const context = contextOf(options.json);
      const report = await checkDataset(name, options.root);
      const usable =
        report.state === "whole" || (report.state === "partial" && options.allowPartial === true);
      const manifestHash = usable ? await hashed(context, name, options) : undefined;
      context.terminal.print(
        options.json
          ? JSON.stringify({ ...report, manifestHash: manifestHash ?? null }, null, 2)
          : formatted(report, manifestHash),
      );
      if (!usable) throw new CommandError(verdict(report));
    });
};

async function hashed({ terminal, signal }: Context, name: string, options: CheckOptions): Promise<string> {
  const dataset = await openDataset(name, options.root, { allowPartial: options.allowPartial ?? false });
  const step = timed(terminal.step("Hashing the files"));
  const hash = await dataset.manifestHash({ onProgress: (done, total) => step.update(done, total), signal });
  step.end("done");
  return hash;
}

/** Files named at most; --json has all. */
const MOST_MISSING = 20;

function formatted(report: DatasetReport, manifestHash: string | undefined): string {
  const { title, root, state, layout, splitRule, classCount, counts, published, missing, problems } = report;
  const more = missing.length - MOST_MISSING;
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ["layout", layout],
    ["classes", classCount],
    ["images", counts && said(counts)],
    ["published", published && said(published)],
    ["splits", splitRule],
    ...problems.map((problem) => ["problem", problem] as const),
    ...missing.slice(0, MOST_MISSING).map((file) => ["missing", file] as const),
    ...(more > 0 ? [["missing", `and ${more} more files`] as const] : []),
    ...(state === "whole" ? [] : [["expected", report.expectedLayout] as const]),
    ...(state === "whole" ? [] : [["source", report.source] as const]),
    ["manifest", manifestHash],
  ];
  return [
    `${title}${root === undefined ? "" : ` in ${root}`}: ${state}`,
    ...facts.flatMap(([what, value]) => (value === undefined ? [] : [`  ${what.padEnd(10)} ${value}`])),
  ].join("\n");
}

/** "train 50000, test 10000" */
const said = (counts: PublishedCounts): string =>
  Object.entries(counts)
    .map(([split, count]) => `${split} ${count}`)
    .join(", ");

function verdict({ title, state, root, problems, expectedLayout, source }: DatasetReport): string {
  if (state === "absent") {
    return `${title} is not there (${problems.join("; ")}): expected ${expectedLayout}; ${source}`;
  }
  const then = state === "partial" ? `; complete it (${source}), or say --allow-partial` : "";
  return `${title} in ${root} is ${state === "partial" ? "not whole" : "damaged"}: ${problems.join("; ")}${then}`;
}

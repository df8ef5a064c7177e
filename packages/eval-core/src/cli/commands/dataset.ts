/** `transferboard dataset check NAME --root DIR`: what is there, what is missing, and where to get it. */
import { DATASET_NAMES, datasetEntry, locateDataset, openDataset, SPLITS } from "../../datasets/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError } from "../exit-codes.ts";
import { duration } from "../terminal.ts";

export const addDataset: AddCommand = (program, contextOf) => {
  const dataset = program.command("dataset").description("look at datasets on disk");
  dataset
    .command("check <name>")
    .description(`say what is there and what is missing; NAME is one of ${DATASET_NAMES.join(", ")}`)
    .option("--root <dir>", "the folder that holds it, or a folder of datasets")
    .option("--allow-partial", "accept a copy that is not whole")
    .option("--json", "print one JSON document")
    .action(async (name: string, options: { root?: string; allowPartial?: boolean; json?: boolean }) => {
      const { terminal, signal } = contextOf(options.json);
      const entry = datasetEntry(name);
      const root = await locateDataset(name, options.root);
      if (root === undefined) {
        throw new CommandError(
          `${entry.title} is not in ${options.root ?? "any folder: add --root DIR"}; expected ${entry.layout}; ${entry.source}`,
        );
      }
      const opened = await openDataset(name, options.root, { allowPartial: options.allowPartial ?? false });
      const step = terminal.step("Hashing the files");
      const began = performance.now();
      const manifestHash = await opened.manifestHash({
        onProgress: (done, total) => step.update(done, total),
        signal,
      });
      step.end(`done in ${duration((performance.now() - began) / 1000)}`);
      const counts = Object.fromEntries(SPLITS.map((split) => [split, opened.splits[split]?.length ?? 0]));
      if (options.json) {
        const { title, task, metric, classes, origin } = opened;
        return terminal.print(
          JSON.stringify({ name, title, root, task, metric, classes, counts, origin, manifestHash }, null, 2),
        );
      }
      terminal.print(
        [
          `${opened.title} in ${root}: ${opened.origin.missing.length === 0 ? "whole" : "partial"}`,
          `  layout     ${opened.origin.layout}`,
          `  classes    ${opened.classes.length}`,
          `  images     ${SPLITS.map((split) => `${split} ${counts[split]}`).join(", ")}`,
          `  splits     ${opened.origin.splitRule}`,
          ...opened.origin.missing.map((what) => `  missing    ${what}`),
          `  metric     ${opened.metric}`,
          `  manifest   ${manifestHash}`,
        ].join("\n"),
      );
    });
};

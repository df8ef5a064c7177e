/** `transferboard export`: a board or the ledger as a file, from a server. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { collect } from "../options.ts";
import { addServerOptions, Server, type ServerOptions } from "../server/server.ts";

const BOARD = ["csv", "json", "tex", "bib"];
const RESULTS = ["csv", "jsonl", "bib"];

const HELP = `
Examples:
  transferboard export --suite many-shot-linear --format tex --out board.tex
  transferboard export --suite segmentation --as-of 2026-01-31T00:00:00Z --filter family=contrastive
  transferboard export --suite segmentation --order-by segmentation/ade20k/pixel-accuracy --descending
  transferboard export --results --format jsonl --filter methods=swav,byol
  transferboard export --suite segmentation --format bib
  transferboard export --predictions 0190c3f2-7b1c-7a51-9c1e-2f6f0f6b8a11 --out predictions.csv

Filters are those of the address: methods, family, yearMin, yearMax, epochsMin, epochsMax, batchSizeMin, batchSizeMax,
augmentation, withoutAugmentation, domain, provenance, protocol; of --results also suite, measures, setting, dataset,
metric and history=true. --format bib prints a BibTeX entry: it names the moment, and the address that gives the same
answer again.`;

interface ExportOptions extends ServerOptions {
  readonly suite?: string;
  readonly results?: boolean;
  readonly predictions?: string;
  readonly format: string;
  readonly asOf?: string;
  readonly aggregate?: string;
  readonly orderBy?: string;
  readonly descending?: boolean;
  readonly all?: boolean;
  readonly filter: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

export const addExport: AddCommand = (program, contextOf) => {
  const command = program
    .command("export")
    .description("save a board or the whole ledger as CSV, JSON or LaTeX, or print its BibTeX entry")
    .option("--suite <name>", "the board of this suite or measure")
    .option("--results", "the ledger instead of a board: one line per entry")
    .option("--predictions <run>", "the predictions of this run for each test image, as CSV")
    .option(
      "--format <format>",
      `for a board ${BOARD.join(", ")}; for the ledger ${RESULTS.join(", ")}`,
      "csv",
    )
    .option("--as-of <moment>", "the state at this moment, such as 2026-01-31T00:00:00Z")
    .option("--aggregate <name>", "rank by mean, mean_logit, mean_rank or borda")
    .option(
      "--order-by <what>",
      "a board: rank, method, year or a measure; the ledger: position, value, recorded_at",
    )
    .option("--descending", "with --order-by: largest first")
    .option("--all", "for a board: rank all values, not only comparable ones")
    .option("--filter <name=value>", "only what matches (may be repeated)", collect, [])
    .option("--out <file>", "write to this file instead of standard output; it appears when it is complete")
    .option("--json", "with --out: print one JSON document about the file");
  addServerOptions(command, false)
    .addHelpText("after", HELP)
    .action(async (options: ExportOptions) => {
      const context = contextOf(options.json);
      const { out } = options;
      const response = await new Server(options, context).get(addressOf(options));
      const body = Readable.fromWeb(response.body as import("node:stream/web").ReadableStream);
      let bytes = 0;
      body.on("data", (chunk: Uint8Array) => {
        bytes += chunk.byteLength;
      });
      const { signal } = context;
      if (out === undefined) return pipeline(body, process.stdout, { end: false, signal });
      const half = `${out}.half-${process.pid}`;
      try {
        await pipeline(body, createWriteStream(half, { flush: true }), { signal });
        await rename(half, out);
      } catch (error) {
        await rm(half, { force: true });
        throw error;
      }
      if (options.json) context.terminal.print(JSON.stringify({ file: out, bytes }, null, 2));
      else context.terminal.say(`${out}: ${bytes} bytes.`);
    });
};

function addressOf(options: ExportOptions): string {
  const { predictions: run } = options;
  if (run !== undefined) {
    if (options.suite !== undefined || options.results !== undefined)
      throw new CommandError("--predictions cannot be combined with --suite or --results", EXIT.usage);
    return `/predictions/runs/${encodeURIComponent(run)}.csv`;
  }
  const { suite, results, format, asOf, aggregate, orderBy, descending, filter } = options;
  if ((suite === undefined) === (results === undefined)) {
    throw new CommandError(
      "name a board with --suite, the ledger with --results, or a run with --predictions",
      EXIT.usage,
    );
  }
  const known = results ? RESULTS : BOARD;
  if (!known.includes(format)) {
    throw new CommandError(`unknown format '${format}': known are ${known.join(", ")}`, EXIT.usage);
  }
  const query = new URLSearchParams();
  if (suite !== undefined) query.set("suite", suite);
  if (asOf !== undefined) query.set("asOf", asOf);
  if (aggregate !== undefined) query.set("aggregate", aggregate);
  if (orderBy !== undefined) {
    const isMeasure = orderBy.includes("/");
    query.set("orderBy", isMeasure ? "MEASURE" : orderBy);
    if (isMeasure) query.set("orderByMeasure", orderBy);
  }
  if (descending) query.set("orderByDirection", "DESC");
  if (options.all) query.set("among", "ALL");
  for (const one of filter) {
    const [, name, value] = /^(\w+)=(.+)$/.exec(one) ?? [];
    if (name === undefined || value === undefined) {
      throw new CommandError(
        `--filter must be name=value, such as family=contrastive, not '${one}'`,
        EXIT.usage,
      );
    }
    query.append(name, value);
  }
  return `/export/${results ? "results" : "leaderboard"}.${format}?${query}`;
}

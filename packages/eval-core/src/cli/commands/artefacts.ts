/** `transferboard artefacts collect`: removes what evaluations made and nothing names. */
import { openContent, placeFault, placeIn } from "../../artefacts/index.ts";
import { collectArtefacts } from "../../jobs/index.ts";
import type { AddCommand, Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { withDatabase } from "../operator.ts";
import { wholeNumber } from "../options.ts";

const HELP = `
ARTEFACTS_DIR or ARTEFACTS_BUCKET names the store (the latter with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_REGION). Artefacts that the ledger, a submission or a job refers to are kept, and so are all younger than --older-than.
Choose more days than the longest evaluation takes.`;

interface CollectOptions {
  readonly olderThan: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const addArtefacts: AddCommand = (program, contextOf) => {
  program
    .command("artefacts")
    .description("manage what evaluations made: pictures, predictions, unfinished work")
    .command("collect")
    .description("remove artefacts that nothing refers to")
    .option("--older-than <days>", "keep younger artefacts", "30")
    .option("--dry-run", "count, but remove nothing")
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action((options: CollectOptions) => collect(contextOf(options.json), options));
};

async function collect({ terminal }: Context, options: CollectOptions): Promise<void> {
  const days = wholeNumber("--older-than", options.olderThan, 0);
  const place = placeIn(process.env);
  const fault = placeFault(place);
  if (fault !== undefined) throw new CommandError(fault, EXIT.usage);
  const content = openContent(place);
  if (!content)
    throw new CommandError(
      "the store of artefacts is not known: set ARTEFACTS_DIR or ARTEFACTS_BUCKET",
      EXIT.usage,
    );
  const step = terminal.step("removing");
  const dryRun = options.dryRun === true;
  const found = await withDatabase("artefacts", (db) =>
    collectArtefacts(db, content, {
      olderThanMs: days * 86_400_000,
      dryRun,
      onProgress: (done, total) => step.update(done, total),
    }),
  );
  step.end();
  if (options.json)
    return terminal.print(JSON.stringify({ place: content.place, dryRun, ...found }, null, 2));
  const { kept, removed, removedBytes, parts } = found;
  terminal.print(
    `${content.place}: ${removed} artefacts (${(removedBytes / 2 ** 20).toFixed(1)} MiB) and ${parts} parts of unfinished uploads ${dryRun ? "would be" : "were"} removed, ${kept} stay.`,
  );
}

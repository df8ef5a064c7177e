/** `transferboard submit FILE|DIR`: offers results to a server, which checks them and keeps them for a reviewer. */
import type { AddCommand, Context } from "../../context.ts";
import { EXIT } from "../../exit-codes.ts";
import { METHOD_FILE_HELP, readMethodFile } from "../../server/method-file.ts";
import { FORMATS, keyOf, keyPart, readOffer, sendOffer } from "../../server/offer.ts";
import { picturesBeside, sendPictures } from "../../server/pictures.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import { faultTable, offerInWords } from "../../server/show-offer.ts";
import { addToldOptions, type ToldOptions, toldOf } from "../../server/told.ts";

const HELP = `
Examples:
  transferboard submit results.csv --dry-run
  transferboard submit results.csv
  transferboard submit mteb-results/my-model/

If the file has problems, all are listed with their places, nothing is sent, and the exit code is 3. You can send the same
file again: you get the first answer again. docs/submitting.md describes the formats.`;

interface SubmitOptions extends ServerOptions, ToldOptions {
  readonly format?: string;
  readonly methodFile?: string;
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

export const addSubmit: AddCommand = (program, contextOf) => {
  const command = program
    .command("submit <file>")
    .description("submit results to a server: JSON, CSV, a model card, or a folder of MTEB results")
    .option("--format <format>", `${FORMATS.join(", ")} (default: from the file's name)`)
    .option("--method-file <file>", `with a model card or an MTEB folder: ${METHOD_FILE_HELP}`)
    .option("--dry-run", "check only, and show what would change")
    .option("--idempotency-key <key>", "key of this submission (default: made from its content)")
    .option("--json", "print one JSON document");
  addToldOptions(command);
  addServerOptions(command, true)
    .addHelpText("after", HELP)
    .action((file: string, options: SubmitOptions) => submit(contextOf(options.json), file, options));
};

async function submit(context: Context, file: string, options: SubmitOptions): Promise<void> {
  const { terminal } = context;
  const server = new Server(options, context);
  server.requireToken("submit");
  const method = options.methodFile === undefined ? undefined : await readMethodFile(options.methodFile);
  const offer = await readOffer(file, options.format, method);
  const told = await toldOf(options);
  const key = options.idempotencyKey ?? keyOf(offer, keyPart(options.model, told));
  const dryRun = options.dryRun ?? false;
  const answer = await sendOffer(server, offer, { dryRun, key, model: options.model, told });
  if (options.json) terminal.print(JSON.stringify({ ...answer, dryRun, idempotencyKey: key }, null, 2));
  if ("faults" in answer) {
    if (!options.json) terminal.print(`${faultTable(answer.faults)}\n`);
    terminal.say(answer.message);
    process.exitCode = EXIT.badInput;
    return;
  }
  if (!options.json) terminal.print(offerInWords(answer));
  if (!dryRun) await sendPictures(server, offer, picturesBeside(file), context);
}

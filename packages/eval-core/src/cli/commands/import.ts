/**
 * `transferboard import FILE`: an operator takes over results that somebody else would submit and another review: a
 * published table, say. The server checks them as it checks any submission. What the operator adds is authority: two
 * accounts of the database, one that offers and one that accepts, stand in the audit log with the reason.
 */
import { createToken, type Database } from "@transferboard/prisma";
import { formatNamed } from "../../formats/index.ts";
import type { AddCommand, Context } from "../context.ts";
import { CommandError, EXIT, sentenceOf } from "../exit-codes.ts";
import { withDatabase } from "../operator.ts";
import { acceptTable, decide } from "../server/decide.ts";
import { FORMATS, readOffer, sendOffer } from "../server/offer.ts";
import { addServerOptions, Server, type ServerOptions } from "../server/server.ts";
import { faultTable } from "../server/show-offer.ts";
import { addToldOptions, type ToldOptions, toldOf } from "../server/told.ts";

const MINUTES = 10;

const HELP = `
Examples:
  transferboard import pytorch-image-models/results --format timm-csv --suite robustness --account timm --reason "timm's tables"
  transferboard import results/org__model --format mteb --account mteb --reason "MTEB's own results"

A table in one of the field's formats is imported as PUBLISHED, with the place of every value in its file. Values without a
measure here are listed. docs/formats.md describes the formats.`;

interface ImportOptions extends ServerOptions, ToldOptions {
  readonly selfReported?: boolean;
  readonly format?: string;
  readonly account: string;
  readonly as: string;
  readonly reason: string;
  readonly json?: boolean;
}

export const addImport: AddCommand = (program, contextOf) => {
  const command = program
    .command("import <file>")
    .description("import results as the operator: they are submitted and accepted at once")
    .option("--format <format>", `${FORMATS.join(", ")} (default: from the file's name)`)
    .requiredOption("--account <name>", "the submitter in the record")
    .option("--as <name>", "the account that accepts them", "operator")
    .requiredOption("--reason <words>", "why they are accepted without a review")
    .option("--self-reported", "record the values as self-reported, not as somebody else's published table")
    .option("--json", "print one JSON document");
  addToldOptions(command);
  addServerOptions(command, false)
    .addHelpText("after", HELP)
    .action((file: string, options: ImportOptions) => importResults(contextOf(options.json), file, options));
};

async function importResults(context: Context, file: string, options: ImportOptions): Promise<void> {
  const { account, as, reason } = options;
  if (account === as)
    throw new CommandError("--account and --as must differ: nobody decides on their own", EXIT.usage);
  const offer = await readOffer(file, options.format);
  const isTable = formatNamed(offer.format) !== undefined;
  const told = {
    ...(await toldOf(options)),
    ...(isTable && !options.selfReported && { published: "true" }),
  };
  const { terminal } = context;
  await withDatabase("import", (db) =>
    withTokens(db, { SUBMIT: account, REVIEW: as }, async ({ SUBMIT, REVIEW }) => {
      const { server } = options;
      const answer = await sendOffer(new Server({ server, token: SUBMIT }, context), offer, {
        model: options.model,
        told,
      });
      if ("faults" in answer) {
        terminal.print(options.json ? JSON.stringify(answer, null, 2) : `${faultTable(answer.faults)}\n`);
        terminal.say(answer.message);
        process.exitCode = EXIT.badInput;
        return;
      }
      const { submission, warnings } = answer;
      if (submission?.status !== "PENDING") {
        throw new CommandError(`these results were sent before, as ${submission?.id}: ${submission?.status}`);
      }
      const reviewer = new Server({ server, token: REVIEW }, context);
      const why = `Imported by the operator: ${reason}`;
      const refused = (error: unknown) => {
        throw new CommandError(`${submission.id} is submitted and not accepted: ${sentenceOf(error)}`);
      };
      if (isTable) {
        const table = await acceptTable(reviewer, submission.id, why).catch(refused);
        if (options.json) return terminal.print(JSON.stringify({ ...table, warnings }, null, 2));
        if (warnings.length > 0) terminal.print(`${faultTable(warnings)}\n`);
        return terminal.print(`Imported ${table.values} values of ${table.method} as ${table.id}.`);
      }
      const decided = await decide(reviewer, submission.id, "ACCEPT", why).catch(refused);
      if (options.json) return terminal.print(JSON.stringify({ ...decided, warnings }, null, 2));
      if (warnings.length > 0) terminal.print(`${faultTable(warnings)}\n`);
      terminal.print(`Imported ${decided.results.length} values as ${decided.id}.`);
    }),
  );
}

/** Tokens that live as long as the work. */
async function withTokens(
  db: Database,
  accounts: Readonly<Record<"SUBMIT" | "REVIEW", string>>,
  work: (secrets: Record<"SUBMIT" | "REVIEW", string>) => Promise<void>,
): Promise<void> {
  const expiresAt = new Date(Date.now() + MINUTES * 60_000);
  const make = (scope: "SUBMIT" | "REVIEW") =>
    createToken(db, {
      account: accounts[scope],
      name: "import",
      // An operator brings what somebody else has published.
      scopes: scope === "SUBMIT" ? ["SUBMIT", "ADMIN"] : [scope],
      expiresAt,
    });
  const submitting = await make("SUBMIT");
  const reviewing = await make("REVIEW");
  try {
    await work({ SUBMIT: submitting.token, REVIEW: reviewing.token });
  } finally {
    await db.apiToken.updateMany({
      where: { id: { in: [submitting.id, reviewing.id] } },
      data: { revokedAt: new Date() },
    });
  }
}

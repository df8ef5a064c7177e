/** `transferboard review` and `retract`: what a reviewer decides, over a server. */
import type { AddCommand } from "../../context.ts";
import { moment } from "../../dates.ts";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { decide, pendingSubmissions, retract } from "../../server/decide.ts";
import { shortest, uuidOf, wholeId } from "../../server/ids.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import { methodPage } from "../../server/site.ts";
import { table } from "../../table.ts";

interface ReviewOptions extends ServerOptions {
  readonly accept?: boolean;
  readonly reject?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

interface RetractOptions extends ServerOptions {
  readonly reason: string;
  readonly replacement?: string;
  readonly json?: boolean;
}

export const addReview: AddCommand = (program, contextOf) => {
  const command = program
    .command("review [submission]")
    .description("list pending submissions, or decide on one")
    .option("--accept", "accept: its values go on the boards, as self-reported")
    .option("--reject", "reject: its values stay off the boards")
    .option("--reason <words>", "the reason, which the submitter can read")
    .option("--json", "print one JSON document");
  addServerOptions(command, true).action(async (id: string | undefined, options: ReviewOptions) => {
    const context = contextOf(options.json);
    const { terminal } = context;
    const server = new Server(options, context);
    server.requireToken("review");
    if (id === undefined) {
      const pending = await pendingSubmissions(server);
      if (options.json) return terminal.print(JSON.stringify(pending, null, 2));
      if (pending.length === 0) return terminal.print("No pending submissions.");
      const columns = ["submission", "from", "method", "values", "since"].map((header) => ({ header }));
      const ids = shortest(pending.map(({ id }) => uuidOf(id)));
      const rows = pending.map((one, i) => [
        ids[i]!,
        one.submitter,
        one.method,
        String(one.values),
        moment(one.createdAt),
      ]);
      return terminal.print(table(columns, rows));
    }
    if (options.accept === options.reject || options.reason === undefined) {
      throw new CommandError("a decision is --accept or --reject, with --reason WORDS", EXIT.usage);
    }
    const decided = await decide(
      server,
      await wholeId(server, id),
      options.accept ? "ACCEPT" : "REJECT",
      options.reason,
    );
    if (options.json) return terminal.print(JSON.stringify(decided, null, 2));
    const positions = decided.results.map(({ position, measure }) => `  ${position}  ${measure}`);
    terminal.print(
      [
        `${uuidOf(decided.id)} is ${decided.status.toLowerCase()}.`,
        ...(positions.length > 0 ? ["Entries in the ledger:"] : []),
        ...positions,
        ...(positions.length > 0 ? [`Method  ${methodPage(decided.methodSlug)}`] : []),
      ].join("\n"),
    );
  });
};

export const addRetract: AddCommand = (program, contextOf) => {
  const command = program
    .command("retract <entry>")
    .description(
      "retract one entry of the ledger, by its number: it leaves the boards, and the reason stays on record",
    )
    .requiredOption("--reason <words>", "the reason, which everybody can read")
    .option("--replacement <entry>", "the entry to use instead")
    .option("--json", "print one JSON document");
  addServerOptions(command, true).action(async (position: string, options: RetractOptions) => {
    const context = contextOf(options.json);
    const server = new Server(options, context);
    server.requireToken("review");
    const retracted = await retract(server, position, options.reason, options.replacement);
    context.terminal.print(
      options.json
        ? JSON.stringify(retracted, null, 2)
        : `Retracted ${position}: ${retracted.method}, ${retracted.measure}, ${retracted.value}.`,
    );
  });
};

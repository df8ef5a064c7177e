/** `transferboard withdraw ID`: takes back a pending submission of one's own. */
import type { AddCommand } from "../../context.ts";
import { uuidOf, wholeId } from "../../server/ids.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";

const WITHDRAW = `mutation ($input: WithdrawSubmissionInput!) { withdrawSubmission(input: $input) { __typename
  ... on SubmissionPayload { submission { id status methodSlug } } ... on Error { message } } }`;

interface Options extends ServerOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

export const addWithdraw: AddCommand = (program, contextOf) => {
  const command = program
    .command("withdraw")
    .description("withdraw one of your pending submissions")
    .argument("<id>", "the submission, or the beginning of its id")
    .option("--reason <words>", "the reason")
    .option("--json", "print one JSON document");
  addServerOptions(command, true).action(async (given: string, options: Options) => {
    const context = contextOf(options.json);
    const server = new Server(options, context);
    server.requireToken("submit");
    const id = await wholeId(server, given);
    const { submission } = await server.ask<{
      submission: { id: string; status: string; methodSlug: string };
    }>(WITHDRAW, {
      input: { id, reason: options.reason ?? null },
    });
    context.terminal.print(
      options.json
        ? JSON.stringify(submission, null, 2)
        : `Withdrawn: ${submission.methodSlug}, ${uuidOf(submission.id)}.`,
    );
  });
};

/** `transferboard submissions` and `transferboard submission ID`: what became of what one has offered. */
import type { AddCommand } from "../../context.ts";
import { moment } from "../../dates.ts";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { wholeNumber } from "../../options.ts";
import { shortest, uuidOf, wholeId } from "../../server/ids.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import {
  type Listing,
  listSubmissions,
  type Shown,
  STATES,
  type State,
  showSubmission,
  type TimelineEvent,
} from "../../server/submissions.ts";
import { table } from "../../table.ts";

interface ListOptions extends ServerOptions {
  readonly state?: string;
  readonly all?: boolean;
  readonly limit: string;
  readonly json?: boolean;
}

function stateOf(given: string | undefined): State | undefined {
  if (given === undefined) return undefined;
  const state = STATES.find((known) => known === given.toLowerCase());
  if (state) return state;
  throw new CommandError(`unknown state '${given}': known are ${STATES.join(", ")}`, EXIT.usage);
}

export const addSubmissions: AddCommand = (program, contextOf) => {
  const command = program
    .command("submissions")
    .description("list your submissions, newest first, each with its state")
    .option("--state <state>", `only submissions in this state: ${STATES.join(", ")}`)
    .option("--all", "include submissions of others that the token may see")
    .option("--limit <number>", "show at most this many", "50")
    .option("--json", "print one JSON document");
  addServerOptions(command, true).action(async (options: ListOptions) => {
    const context = contextOf(options.json);
    const state = stateOf(options.state);
    const limit = wholeNumber("--limit", options.limit, 1);
    const server = new Server(options, context);
    server.requireToken("read");
    const listing = await listSubmissions(server, { state, all: options.all ?? false, limit });
    context.terminal.print(options.json ? JSON.stringify(listing, null, 2) : listInWords(listing));
  });
};

export const addSubmission: AddCommand = (program, contextOf) => {
  const command = program
    .command("submission <id>")
    .description("show one submission: its values and its history")
    .option("--json", "print one JSON document");
  addServerOptions(command, true).action(async (id: string, options: ServerOptions & { json?: boolean }) => {
    const context = contextOf(options.json);
    const server = new Server(options, context);
    server.requireToken("read");
    const shown = await showSubmission(server, await wholeId(server, id));
    context.terminal.print(options.json ? JSON.stringify(shown, null, 2) : submissionInWords(shown));
  });
};

function listInWords({ submissions, more }: Listing): string {
  if (submissions.length === 0) return "No submissions.";
  const columns = ["submission", "state", "from", "method", "values", "since", "decided"].map((header) => ({
    header,
  }));
  const ids = shortest(submissions.map(({ id }) => uuidOf(id)));
  const rows = submissions.map((one, i) => [
    ids[i]!,
    one.status.toLowerCase(),
    one.submitter,
    one.methodSlug,
    String(one.valueCount),
    moment(one.createdAt),
    one.decidedAt === null
      ? ""
      : `${moment(one.decidedAt)}${one.decidedBy === null ? "" : ` by ${one.decidedBy}`}`,
  ]);
  return [table(columns, rows), ...(more > 0 ? [`And ${more} older: --limit shows more.`] : [])].join("\n");
}

const WORDS: Readonly<Record<string, string>> = {
  "submission.created": "received",
  "submission.accepted": "accepted",
  "submission.rejected": "rejected",
  "submission.withdrawn": "withdrawn",
  "results.recorded": "recorded",
  "result.retracted": "retracted",
};

/** What an event says beyond its name. */
function more({ action, subject, details }: TimelineEvent): string {
  const reason = typeof details.reason === "string" ? details.reason : "";
  if (action === "result.retracted") return `${subject.replace("result/", "entry ")}: ${reason}`;
  if (action !== "results.recorded") return reason;
  const { count, first, last } = details;
  return `${String(count)} ${count === 1 ? "value" : "values"}, ${first === last ? `entry ${String(first)}` : `entries ${String(first)} to ${String(last)}`}`;
}

function submissionInWords(shown: Shown): string {
  const { id, status, submitter, methodSlug, body, results, timeline } = shown;
  const positions = new Map(results.map((one) => [`${one.measure.slug} ${one.value}`, one.position]));
  const values = body.values.map(({ measure, value }) => [
    measure,
    String(value),
    positions.get(`${measure} ${value}`) ?? "",
  ]);
  const events = timeline.map((event) => [
    moment(event.at),
    event.by ?? "the system",
    WORDS[event.action] ?? event.action,
    more(event),
  ]);
  return [
    `${uuidOf(id)} is ${status.toLowerCase()}: ${methodSlug}, submitted by ${submitter}; source: ${body.source}`,
    "",
    table(
      [{ header: "measure" }, { header: "value", align: "right" }, { header: "entry", align: "right" }],
      values,
    ),
    "",
    table(
      ["when", "by", "what", "more"].map((header) => ({ header })),
      events,
    ),
  ].join("\n");
}

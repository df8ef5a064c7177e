/**
 * `evaluate --server URL`: the results go to a server in place of this machine's database. They are in a file before they
 * are sent, so that a server that is not there costs nobody an evaluation.
 */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../../tensor/index.ts";
import type { Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { readMethodFile } from "../server/method-file.ts";
import { type Accepted, type Answer, type Offer, sendOffer } from "../server/offer.ts";
import { picturesBeside, sendPictures, withinLimit } from "../server/pictures.ts";
import { Server } from "../server/server.ts";
import { faultTable, offerInWords } from "../server/show-offer.ts";
import { versions } from "../versions.ts";
import { asSubmission, picturesOf } from "./as-submission.ts";
import type { Derived } from "./recorder.ts";
import type { EvaluateOptions, EvaluateRequest } from "./request.ts";
import type { Outcome } from "./run.ts";

export interface Sent {
  /** The submission as it was sent, or could not be. */
  readonly file: string;
  readonly answer: Answer | undefined;
  /** Why it is not at the server. */
  readonly error: CommandError | undefined;
}

export type Sending = (
  request: EvaluateRequest,
  outcomes: readonly Outcome[],
  derived: readonly Derived[],
) => Promise<Sent | undefined>;

/** What would only show after hours of work is looked at first: the token, and the details of the method. */
export async function openSending(context: Context, url: string, options: EvaluateOptions): Promise<Sending> {
  const { token, methodFile, source } = options;
  const server = new Server({ server: url, ...(token === undefined ? {} : { token }) }, context);
  server.requireToken("submit");
  const method = methodFile === undefined ? {} : await readMethodFile(methodFile);
  await requireScope(server, context);
  const { transferboard } = versions();
  const told = { method, source: source ?? `transferboard evaluate, version ${transferboard}` };
  return async (request, outcomes, derived) => {
    const pictures = withinLimit(picturesOf(outcomes), context);
    const submission = asSubmission(request, outcomes, derived, { ...told, pictures });
    if (submission === undefined) return undefined;
    const content = `${JSON.stringify(submission, null, 2)}\n`;
    const file = write(request, content);
    const offer: Offer = { format: "json", content };
    const sent = await send(server, offer, file);
    if (sent.error === undefined) await sendPictures(server, offer, picturesBeside(file), context);
    return { file, ...sent };
  };
}

/** @throws CommandError for a token that will not do. A server that is away may be back by then. */
async function requireScope(server: Server, { terminal }: Context): Promise<void> {
  try {
    const { scopes } = await server.ask<{ scopes: readonly string[] }>("{ viewer { scopes } }", {});
    if (scopes.includes("SUBMIT") || scopes.includes("ADMIN")) return;
    throw new CommandError(
      `the results need a token with the scope SUBMIT; this one has ${scopes.join(", ")}`,
      EXIT.refused,
    );
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== EXIT.server) throw error;
    terminal.say(`Note: ${error.message}. The evaluation goes on; its results are kept in any case.`);
  }
}

function write({ cacheFolder, method }: EvaluateRequest, content: string): string {
  const folder = join(cacheFolder, "submissions");
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const file = join(folder, `${method.slug}-${hash}.json`);
  writeFileAtomically(file, [Buffer.from(content)]);
  return file;
}

async function send(server: Server, offer: Offer, file: string): Promise<Pick<Sent, "answer" | "error">> {
  const later = `the results are kept in ${file}: send them with 'transferboard submit ${file} --server ${server.url}'`;
  try {
    const answer = await sendOffer(server, offer);
    if (!("faults" in answer)) return { answer, error: undefined };
    const ofMethod = answer.faults.some(({ place }) => place.startsWith("/method/"));
    const hint = ofMethod
      ? "; a new method's details come with --method-file FILE, and the same command again sends them without evaluating anew"
      : "";
    const sentence = answer.message.replace(/\.$/, "");
    return { answer, error: new CommandError(`the server says: ${sentence}; ${later}${hint}`) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { answer: undefined, error: new CommandError(`${error.message}; ${later}`, error.exitCode) };
  }
}

/** What became of it, for people. */
export function sentInWords({ answer }: Sent): string | undefined {
  if (answer === undefined) return undefined;
  return "faults" in answer ? faultTable(answer.faults) : offerInWords(answer satisfies Accepted);
}

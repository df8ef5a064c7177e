/** Where a worker's jobs come from: the database, or the API for those that may not reach it. */
import { hostname } from "node:os";
import { databaseUrl, openQueue } from "@transferboard/prisma";
import { openContent, placeFault, placeIn } from "../../artefacts/index.ts";
import { databaseSource, httpSource, type JobSource } from "../../jobs/index.ts";
import { openDatabase } from "../evaluate/store.ts";
import { CommandError, EXIT, sentenceOf } from "../exit-codes.ts";
import { baseOf } from "../server/server.ts";
import type { Terminal } from "../terminal.ts";

export interface SourceOptions {
  readonly server?: string;
  readonly token?: string;
  readonly once?: boolean;
}

/** This process among all workers: its machine, and its number there. */
export const workerName = (): string => `${hostname()}/${process.pid}`;

/** The API where a server is named, on the command line or, without a database's address, in the environment. */
export function serverOf({ server }: SourceOptions, env = process.env): string | undefined {
  const named = server ?? (env.DATABASE_URL ? undefined : env.TRANSFERBOARD_SERVER);
  return named === undefined || named === "" ? undefined : baseOf(named);
}

/** @throws CommandError where there is neither a database that answers nor a server with a token */
export async function openSource(options: SourceOptions, terminal: Terminal): Promise<JobSource> {
  const server = serverOf(options);
  if (server !== undefined) {
    const { token } = options;
    if (!token)
      throw new CommandError(
        "working for a server needs a token with the scope WORK: pass --token or set TRANSFERBOARD_TOKEN; " +
          "on the server's machine 'transferboard token create --account YOU --name cluster --scope work' makes one",
        EXIT.refused,
      );
    terminal.say(`Working for ${server}, without a database.`);
    return httpSource({
      ...{ server, token, worker: workerName() },
      // Who ends when nothing waits need not wait for something to come.
      ...(options.once && { waitSeconds: 0 }),
    });
  }
  const place = placeIn(process.env);
  const fault = placeFault(place);
  if (fault !== undefined) throw new CommandError(fault, EXIT.usage);
  const db = await openDatabase();
  const queue = openQueue(databaseUrl().appUrl, {
    supervise: true,
    applicationName: "transferboard worker",
    onError: (error) => terminal.say(`The queue: ${sentenceOf(error)}`),
  });
  return {
    lease: databaseSource(queue, db, { worker: workerName(), content: openContent(place) }).lease,
    close: async () => {
      await queue.close();
      await db.$disconnect();
    },
  };
}

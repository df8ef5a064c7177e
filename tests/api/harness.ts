/** A server of the API over a database of its own, with every statement it sends to Postgres on record. */
import type { AddressInfo } from "node:net";
import { openDatabase } from "@transferboard/api/database/database";
import { makeLog } from "@transferboard/api/log";
import { createServer } from "@transferboard/api/server";
import type { Place } from "@transferboard/eval-core/artefacts";
import { openQueue } from "@transferboard/prisma";
import { testDatabase } from "@transferboard/prisma/testing";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query, which each test knows.
  readonly data: any;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

export interface Ask {
  readonly variables?: Record<string, unknown>;
  readonly token?: string;
}

export type Api = Awaited<ReturnType<typeof startApi>>;

export async function startApi(
  options: {
    from?: "seeded" | "empty";
    rateLimit?: number;
    siteSecret?: string;
    artefactsFolder?: string;
    artefacts?: Place;
    metrics?: boolean;
  } = {},
) {
  const database = await testDatabase({ from: options.from ?? "seeded" });
  const statements: string[] = [];
  const db = openDatabase({
    databaseUrl: database.appUrl,
    databasePool: 10,
    statementTimeoutMs: 10_000,
    onStatement: (sql) => statements.push(sql),
  });
  const env = {
    siteUrl: "http://site.test",
    corsOrigins: ["http://site.test"],
    rateLimit: options.rateLimit ?? 0,
    trustProxy: 0,
    siteSecret: options.siteSecret,
    artefacts: { folder: options.artefactsFolder, ...options.artefacts },
    metrics: options.metrics ?? false,
  };
  const queue = openQueue(database.appUrl);
  const server = await createServer({ db, queue, log: makeLog("silent"), env });
  const http = server.app.listen(0, "127.0.0.1", 4_096);
  await new Promise((resolve) => http.once("listening", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  async function ask(query: string, { variables, token }: Ask = {}): Promise<Answer> {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Pick<Answer, "data" | "errors">;
    return { status: response.status, headers: response.headers, ...body };
  }

  /** The data of a query that must succeed. */
  async function read(query: string, options?: Ask) {
    const { data, errors } = await ask(query, options);
    if (errors) throw new Error(`The query failed: ${JSON.stringify(errors)}`);
    return data;
  }

  /** The statements that asking sends. */
  async function counted(query: string, options?: Ask): Promise<string[]> {
    statements.length = 0;
    await read(query, options);
    return [...statements];
  }

  async function stop() {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await server.stop();
    await queue.close();
    await db.close();
    await database.drop();
  }

  return { url, ask, read, counted, stop, db, database, statements };
}

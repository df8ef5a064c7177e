/** Starts the API: reads the configuration, listens, and stops within seconds of SIGTERM or Ctrl-C. */
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { openQueue } from "@transferboard/prisma";
import { openDatabase } from "./database/database.ts";
import { type Env, EnvError, readEnv } from "./env.ts";
import { makeLog } from "./log.ts";
import { createServer } from "./server.ts";

/*
 * Garbage is collected when the heap is 70% larger than what was alive the last time. V8 by itself lets it grow further: over
 * 20,000 requests the process then took 100 to 200 MB more, as if it leaked, and now takes 55.
 */
setFlagsFromString("--heap-growing-percent=70");

/** What still runs after this long is cut off. */
const GRACE_MS = 5_000;
/** A stop that takes longer is none. */
const DEADLINE_MS = 9_000;
/** Connections that may wait to be taken: the default of 511 resets a burst of a thousand. */
const BACKLOG = 4_096;

function configuration(): Env {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const env = configuration();
const log = makeLog(env.logLevel);
const db = openDatabase(env);
const queue = openQueue(env.databaseUrl, {
  applicationName: "transferboard-api queue",
  // Workers that have no database do not look after jobs of dead ones.
  supervise: true,
  connections: 4,
  onError: (error) => log.warn({ err: error }, "the queue of evaluations"),
});
const server = await createServer({ db, queue, log, env });

/** Slow clients are looked for every second: Node looks every 30 s, so that 15 could be 45. */
const CLIENTS = { headersTimeout: 15_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };
const http = createHttpServer(CLIENTS, server.app);
http.once("error", (error: NodeJS.ErrnoException) => {
  const taken = error.code === "EADDRINUSE";
  const why = taken ? "the port is taken: stop what uses it, or set PORT" : (error.code ?? "unknown reason");
  console.error(`The API cannot listen on ${env.host}:${env.port}: ${why}.`);
  process.exit(1);
});
http.listen(env.port, env.host, BACKLOG, () => {
  const { port } = http.address() as AddressInfo;
  log.info(
    { address: `http://${env.host}:${port}/graphql` },
    `the API listens on http://${env.host}:${port}`,
  );
  // To whoever started us.
  process.send?.({ port });
});

let stopping = false;
async function stop(why: NodeJS.Signals | "disconnect"): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Whatever hangs, a broken pipe or a lost database: this process ends.
  setTimeout(() => process.exit(1), DEADLINE_MS);
  log.info({ why }, "stopping");
  const cut = setTimeout(() => http.closeAllConnections(), GRACE_MS);
  http.closeIdleConnections();
  await new Promise((resolve) => http.close(resolve));
  clearTimeout(cut);
  await server.stop();
  await queue.close();
  await db.close();
  log.info("stopped");
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(signal));
// Nobody reads our lines any more: that must not keep us, or end us in the middle of a request.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
// The channel to the process that started this one ends when that one is killed: nobody else would stop us then.
process.on("disconnect", () => void stop("disconnect"));
// A broken connection of the pool is mended by the next statement; only what nobody awaited arrives here.
process.on("unhandledRejection", (reason) => log.error({ err: reason }, "a promise was rejected unseen"));

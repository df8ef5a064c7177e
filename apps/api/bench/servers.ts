/** The two servers as processes of their own: each says where it listens, and is gone when the benchmark is. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Served extends AsyncDisposable {
  /** Its GraphQL endpoint. */
  readonly url: string;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const START_MS = 60_000;
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(forced);
}

async function serve(script: string, env: Readonly<Record<string, string>>): Promise<Served> {
  const child = spawn(process.execPath, [here(script)], {
    env: { ...process.env, ...env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${script} does not say where it listens.`)), START_MS);
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code} before it listened.`)));
    // Every line is read to the end of the process, so that its pipe never fills.
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const found = ADDRESS.exec(line)?.[0];
      if (!found) return;
      clearTimeout(late);
      resolve(found);
    });
  }).catch(async (error: unknown) => {
    await stop(child);
    throw error;
  });
  return { url: `${address}/graphql`, [Symbol.asyncDispose]: () => stop(child) };
}

/** Our own, as it is started for people, without the limit on requests a minute. */
export const serveOurs = (databaseUrl: string) =>
  serve("../src/main.ts", {
    DATABASE_URL: databaseUrl,
    PORT: "0",
    HOST: "127.0.0.1",
    RATE_LIMIT: "0",
    LOG_LEVEL: "info",
  });

/** PostGraphile 5 on the same database. */
export const servePeer = (databaseUrl: string) => serve("peer/serve.mjs", { PEER_DATABASE_URL: databaseUrl });

/** The API as a process that can be killed, on a Postgres that can be stopped: neither shared with other tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { applicationUrl, migrate, type Postgres, seed, startPostgres } from "@transferboard/prisma";

const main = fileURLToPath(new URL("../../apps/api/src/main.ts", import.meta.url));

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", () => resolve()));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export interface ApiProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<void>;
  /** What it logged as errors. */
  readonly said: () => string;
}

/** Resolves when it answers. */
export async function startApiProcess(databaseUrl: string, port: number): Promise<ApiProcess> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      LOG_LEVEL: "error",
      RATE_LIMIT: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-20_000);
    });
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(
    url,
    60_000,
    () => child.exitCode !== null,
    () => said,
  );
  return { child, url, ended, said: () => said };
}

/** How many milliseconds it took until /healthz answered 200. */
export async function untilHealthy(
  url: string,
  patienceMs: number,
  gone = () => false,
  said = () => "",
): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return performance.now() - began;
    if (gone()) throw new Error(`The API ended: ${said()}`);
    if (performance.now() - began > patienceMs) throw new Error(`${url} is not well after ${patienceMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Cluster {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** Stops at once, without finishing anything (SIGQUIT, as a power cut), and starts again on the same port. */
  cut(forMs: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Durable, as in production: what was acknowledged must outlive a cut. */
export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "transferboard-faults-"));
  const dataDir = join(folder, "postgres");
  let postgres: Postgres = await startPostgres({ dataDir, durability: "durable" });
  const { port, url } = postgres;
  await migrate(url);
  await seed(url);
  return {
    appUrl: applicationUrl(postgres.appUrl),
    ownerUrl: url,
    async cut(forMs) {
      process.kill(postgres.pid, "SIGQUIT");
      await postgres.ended;
      await postgres.stop();
      await new Promise((resolve) => setTimeout(resolve, forMs));
      postgres = await startPostgres({ dataDir, port, durability: "durable" });
    },
    async [Symbol.asyncDispose]() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

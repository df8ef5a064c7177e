/**
 * Runs one Postgres server. It has a process group of its own, so Ctrl-C in a terminal reaches the project and not
 * the database; and a watchdog stops it when this process ends without having done so, even by kill -9.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseError, fileError } from "../error.ts";
import type { Binaries } from "./binaries.ts";
import { clusterOf, readPidFile, reasonIn } from "./cluster.ts";

/** `durable` loses nothing that was acknowledged; `fast` is for tests, whose data may go with the machine. */
const settings = {
  durable: ["shared_buffers=256MB", "max_wal_size=1GB", "effective_cache_size=2GB", "work_mem=32MB"],
  fast: [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_wal_size=512MB",
  ],
};
const common = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=120",
  "timezone=UTC",
  "log_timezone=UTC",
  "random_page_cost=1.1",
  "jit=off",
];

export type Durability = keyof typeof settings;

const logLimitBytes = 10 << 20;

/** Waits for its input to end, as it does when the parent is gone, then stops the server that is still the same. */
const watchdogScript = `cat >/dev/null
if [ "$(head -n 1 "$1/postmaster.pid" 2>/dev/null)" = "$2" ]; then kill -INT "$2"; fi`;

export interface Server {
  port: number;
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** A port that is free now. Another program may take it before Postgres does: callers try again. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("A listening socket has no port.");
  return address.port;
}

function openLog(folder: string): { path: string; descriptor: number; from: number } {
  const path = join(folder, "postgres.log");
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logLimitBytes) renameSync(path, `${path}.old`);
  return { path, descriptor: openSync(path, "a", 0o600), from: size > logLimitBytes ? 0 : size };
}

/** Resolves when the server takes connections; rejects with its own words when it ends before. */
async function untilReady(child: ChildProcess, folder: string, said: () => string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const state = readPidFile(folder);
    if (state?.pid === child.pid && state?.ready) return;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new DatabaseError(`Postgres did not start: ${reasonIn(said())}.`);
    }
    if (Date.now() > until) {
      child.kill("SIGQUIT");
      throw new DatabaseError(
        `Postgres was not ready within 60 seconds: see ${join(folder, "postgres.log")}.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function launch(
  folder: string,
  binaries: Binaries,
  port: number,
  durability: Durability,
): Promise<Server> {
  const log = openLog(folder);
  const flags = [...common, ...settings[durability]].flatMap((setting) => ["-c", setting]);
  const child = spawn(binaries.postgres, ["-D", clusterOf(folder), "-p", String(port), ...flags], {
    ...binaries.user,
    detached: true,
    stdio: ["ignore", log.descriptor, log.descriptor],
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
  });
  closeSync(log.descriptor);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const said = () => readFileSync(log.path).subarray(log.from).toString("utf8");
  await untilReady(child, folder, said);
  const pid = child.pid as number;

  const watchdog = spawn("sh", ["-c", watchdogScript, "watchdog", clusterOf(folder), String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Neither keeps this process alive: when there is nothing else to do it may end, and the watchdog does the rest.
  watchdog.stdin.on("error", () => undefined);
  (watchdog.stdin as unknown as { unref(): void }).unref();
  watchdog.unref();
  child.unref();
  const release = () => watchdog.kill("SIGKILL");
  ended.then(release);

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.ref();
      child.kill("SIGINT");
      const impatient = setTimeout(() => child.kill("SIGQUIT"), 20_000);
      await ended;
      clearTimeout(impatient);
    }
    release();
  };
  return { port, pid, ended, stop };
}

/** Starts the server of an existing cluster on `port`, or on any free one. */
export async function startServer(
  folder: string,
  binaries: Binaries,
  options: { port: number; durability: Durability },
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    try {
      return await launch(folder, binaries, port, options.durability);
    } catch (error) {
      const taken =
        error instanceof DatabaseError &&
        /could not create any TCP|Address already in use/.test(error.message);
      if (taken && options.port) {
        throw new DatabaseError(
          `port ${port} is taken, so Postgres cannot listen on it: free it or choose another.`,
        );
      }
      if (!taken || attempt === 5) throw fileError(error, folder);
    }
  }
}

/** A cluster's files: made once by initdb (wholly or not at all), its password, and what a dead server left behind. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseError, fileError } from "../error.ts";
import { type Binaries, giveTo } from "./binaries.ts";
import { commandOf, endsWithin, isAlive } from "./processes.ts";

export const clusterOf = (folder: string) => join(folder, "cluster");
const passwordFile = (folder: string) => join(folder, "password");

export const newPassword = () => randomBytes(24).toString("base64url");

/** Byte order on every machine, whatever its locales: the built-in provider sorts the same everywhere. */
const initdbFlags = [
  "--username=postgres",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions",
];

/** The first line of Postgres' own words that says what went wrong. */
export function reasonIn(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim());
  const telling =
    lines.find((line) => /FATAL|PANIC|error:|could not/.test(line)) ?? lines.at(-1) ?? "no message";
  return telling.replace(/^.*?(FATAL|PANIC|error):\s*/, "").trim();
}

/** Makes folder/cluster where there is none; a half-made one from a killed start is thrown away. Returns the password. */
export function ensureCluster(folder: string, { initdb, user }: Binaries, durable: boolean): string {
  const cluster = clusterOf(folder);
  try {
    mkdirSync(folder, { recursive: true });
    giveTo(user, folder);
    for (const entry of readdirSync(folder)) {
      if (entry.startsWith("cluster.half-")) rmSync(join(folder, entry), { recursive: true, force: true });
    }
    if (existsSync(cluster)) return readPassword(folder);
    const half = join(folder, `cluster.half-${process.pid}`);
    const password = newPassword();
    writeFileSync(passwordFile(folder), password, { mode: 0o600 });
    chmodSync(passwordFile(folder), 0o600);
    giveTo(user, passwordFile(folder));
    const made = spawnSync(
      initdb,
      [
        `--pgdata=${half}`,
        `--pwfile=${passwordFile(folder)}`,
        ...initdbFlags,
        ...(durable ? [] : ["--no-sync"]),
      ],
      { ...user, encoding: "utf8", env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } },
    );
    if (made.status !== 0) {
      rmSync(half, { recursive: true, force: true });
      throw new DatabaseError(
        `the database could not be made in ${folder}: ${made.error?.message ?? reasonIn(made.stderr)}.`,
      );
    }
    renameSync(half, cluster);
    return password;
  } catch (error) {
    throw fileError(error, folder);
  }
}

function readPassword(folder: string): string {
  const cluster = clusterOf(folder);
  if (!existsSync(join(cluster, "PG_VERSION")) || !existsSync(passwordFile(folder))) {
    throw new DatabaseError(
      `${folder} is not a database of this project (files are missing): 'npm start -- --reset' makes a new one.`,
    );
  }
  return readFileSync(passwordFile(folder), "utf8").trim();
}

/** The server's own record of itself: process id, folder, start, port, socket, address, shared memory, state. */
export function readPidFile(folder: string): { pid: number; ready: boolean } | null {
  try {
    const lines = readFileSync(join(clusterOf(folder), "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, ready: lines[7]?.trim() === "ready" } : null;
  } catch {
    return null;
  }
}

/** Stops a server whose starter died (kill -9), and removes the pid file of one that died itself. */
export async function clearLeftovers(folder: string, log: (line: string) => void): Promise<void> {
  const left = readPidFile(folder);
  if (!left) return;
  const pidFile = join(clusterOf(folder), "postmaster.pid");
  if (isAlive(left.pid) && commandOf(left.pid).includes(clusterOf(folder))) {
    log(`Stopping the Postgres (process ${left.pid}) that an earlier run left behind ...`);
    for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
      if (isAlive(left.pid)) process.kill(left.pid, signal);
      if (await endsWithin(left.pid, signal === "SIGINT" ? 10_000 : 3_000)) break;
    }
  }
  // The id now belongs to nobody or to a stranger, for whose sake Postgres would refuse to start.
  if (readPidFile(folder)?.pid === left.pid) rmSync(pidFile, { force: true });
}

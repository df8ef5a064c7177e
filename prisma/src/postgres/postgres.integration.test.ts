/** The embedded server: what an earlier run left behind, what stands in its way, and that it leaves nothing behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { databaseUrl } from "../discover.ts";
import { DatabaseError } from "../error.ts";
import { clusterOf } from "./cluster.ts";
import { type Postgres, startPostgres } from "./index.ts";
import { endsWithin, isAlive } from "./processes.ts";

/** Open to the postgres user, as a project's folder is. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "transferboard-postgres-"));
  chmodSync(folder, 0o755);
  return folder;
}

let parent: string;
let dataDir: string;
const running: Postgres[] = [];
const hosts: ChildProcess[] = [];

async function start(options: Partial<Parameters<typeof startPostgres>[0]> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, durability: "fast", ...options });
  running.push(postgres);
  return postgres;
}

async function answerOf(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Another process with a server in the same folder. */
async function startHost(): Promise<{ host: ChildProcess; pid: number; lines: AsyncIterator<string> }> {
  const script = join(import.meta.dirname, "testing", "host.ts");
  const host = spawn(process.execPath, [script, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  hosts.push(host);
  const lines = createInterface({ input: host.stdout! })[Symbol.asyncIterator]();
  const first = await lines.next();
  const { pid } = JSON.parse(first.value ?? "{}") as { pid: number };
  return { host, pid, lines };
}

beforeAll(async () => {
  parent = temporaryFolder();
  dataDir = join(parent, "data");
  const postgres = await start();
  await answerOf(postgres.url, "CREATE TABLE kept AS SELECT 42 AS n");
  await postgres.stop();
});
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const host of hosts.splice(0)) {
    if (host.exitCode !== null || host.signalCode !== null) continue;
    host.kill("SIGKILL");
    await once(host, "exit");
  }
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe("start and stop", () => {
  test("what was written is there after a restart, in well under a second", async () => {
    const began = performance.now();
    const postgres = await start();
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await answerOf(postgres.url, "SELECT n FROM kept")).toBe(42);
    await postgres.stop();
    await postgres.stop();
    expect(isAlive(postgres.pid)).toBe(false);
    await postgres.ended;
  });

  test("it listens on this machine only, wants a password, and keeps it to itself", async () => {
    const postgres = await start();
    expect(await answerOf(postgres.url, "SHOW listen_addresses")).toBe("127.0.0.1");
    expect(await answerOf(postgres.url, "SHOW unix_socket_directories")).toBe("");
    const guessed = postgres.url.replace(/:[^:@]+@/, ":password@");
    await expect(answerOf(guessed, "SELECT 1")).rejects.toThrow(/password authentication failed/);
    for (const file of ["password", "application-password", "postgres.log"]) {
      expect(statSync(join(dataDir, file)).mode & 0o077, file).toBe(0);
    }
  });

  test("another shell finds it by its file, and not when it is gone", async () => {
    const stateFile = join(parent, "state", "postgres.json");
    const postgres = await start({ stateFile });
    expect(databaseUrl({}, stateFile)).toEqual({
      url: postgres.url,
      appUrl: postgres.appUrl,
      source: "embedded",
    });
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    const left = readFileSync(stateFile);
    await postgres.stop();
    expect(existsSync(stateFile)).toBe(false);
    writeFileSync(stateFile, left);
    expect(() => databaseUrl({}, stateFile)).toThrow(
      "There is no database: run 'npm start' in another shell",
    );
    expect(databaseUrl({ DATABASE_URL: "postgres://h/d" }, stateFile)).toMatchObject({
      source: "DATABASE_URL",
    });
    expect(() => databaseUrl({ DATABASE_URL: "mysql://h/d" }, stateFile)).toThrow(
      /must be a Postgres address/,
    );
  });
});

describe("after a run that was killed", () => {
  test("kill -9 of the starter: its server stops by itself, and the next start goes on", async () => {
    const { host, pid } = await startHost();
    host.kill("SIGKILL");
    expect(await endsWithin(pid, 10_000)).toBe(true);
    expect(await answerOf((await start()).url, "SELECT n FROM kept")).toBe(42);
  });

  test("kill -9 of both: the server recovers", async () => {
    const { host, pid } = await startHost();
    process.kill(pid, "SIGKILL");
    host.kill("SIGKILL");
    await once(host, "exit");
    expect(existsSync(join(clusterOf(dataDir), "postmaster.pid"))).toBe(true);
    expect(await answerOf((await start()).url, "SELECT n FROM kept")).toBe(42);
  });

  test("an orphan that is still alive is stopped", async () => {
    const { host, pid } = await startHost();
    const said: string[] = [];
    host.kill("SIGKILL");
    await once(host, "exit");
    const postgres = await start({ log: (line) => said.push(line) });
    expect(postgres.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(await answerOf(postgres.url, "SELECT n FROM kept")).toBe(42);
  });

  test("a process id that now belongs to a stranger is not taken for the server", async () => {
    writeFileSync(
      join(clusterOf(dataDir), "postmaster.pid"),
      `${process.pid}\n${clusterOf(dataDir)}\n1\n1\n\n\n\nready\n`,
    );
    expect(await answerOf((await start()).url, "SELECT n FROM kept")).toBe(42);
  });

  test("a half-made cluster is made again", async () => {
    const fresh = join(parent, "fresh");
    mkdirSync(join(fresh, "cluster.half-1"), { recursive: true });
    writeFileSync(join(fresh, "cluster.half-1", "PG_VERSION"), "18");
    const postgres = await start({ dataDir: fresh });
    expect(await answerOf(postgres.url, "SELECT 1")).toBe(1);
    expect(readdirSync(fresh).filter((entry) => entry.includes("half"))).toEqual([]);
  });
});

describe("what stands in the way is one sentence", () => {
  test("another process that runs", async () => {
    const { host } = await startHost();
    const refused = start();
    await expect(refused).rejects.toThrow(DatabaseError);
    await expect(refused).rejects.toThrow(`is already in use by process ${host.pid}: stop that one first`);
  });

  test("a taken port", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(`port ${port} is taken, so Postgres cannot listen on it`);
    await new Promise((resolve) => server.close(resolve));
    expect((await start({ port })).port).toBe(port);
  });

  test("a file where the folder should be", async () => {
    writeFileSync(join(parent, "file"), "");
    await expect(start({ dataDir: join(parent, "file", "data") })).rejects.toThrow(
      /part of the path is a file/,
    );
  });

  test("a folder of something else", async () => {
    mkdirSync(join(parent, "foreign", "cluster"), { recursive: true });
    await expect(start({ dataDir: join(parent, "foreign") })).rejects.toThrow(
      /is not a database of this project/,
    );
  });
});

test("Ctrl-C in a terminal reaches the project first, and Postgres when the project says so", async () => {
  const { host, pid, lines } = await startHost();
  // A terminal signals the whole group of processes.
  process.kill(-(host.pid ?? 0), "SIGINT");
  expect(JSON.parse((await lines.next()).value ?? "null")).toEqual({ said: "still here" });
  await once(host, "exit");
  expect(host.exitCode).toBe(0);
  expect(isAlive(pid)).toBe(false);
});

test.runIf(process.getuid?.() === 0)(
  "root's closed folder: the data is kept where Postgres' user can go",
  async () => {
    const closed = mkdtempSync(join(tmpdir(), "transferboard-closed-"));
    const said: string[] = [];
    const postgres = await start({ dataDir: join(closed, "data"), log: (line) => said.push(line) });
    const elsewhere = readFileSync(join(closed, "data", "kept-elsewhere"), "utf8").trim();
    try {
      expect(said[0]).toContain(`The database is kept in ${elsewhere}`);
      await answerOf(postgres.url, "CREATE TABLE mine AS SELECT 1 AS n");
      await postgres.stop();
      const again = await start({ dataDir: join(closed, "data") });
      expect(await answerOf(again.url, "SELECT n FROM mine")).toBe(1);
      await again.stop();
      rmSync(join(closed, "data"), { recursive: true });
      const anew = await start({ dataDir: join(closed, "data") });
      await expect(answerOf(anew.url, "SELECT n FROM mine")).rejects.toThrow(/does not exist/);
      await anew.stop();
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
      rmSync(closed, { recursive: true, force: true });
    }
  },
);

/**
 * The embedded Postgres: a real server from an npm package, for whoever has not set DATABASE_URL. It listens on
 * 127.0.0.1 only, with passwords made at random and kept in its folder.
 *
 * Two users: the owner migrates; the API's may add to the ledger and the audit log but not alter them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import pg from "pg";
import { fileError } from "../error.ts";
import { applicationLogin, applicationRole, databaseName } from "../names.ts";
import { findBinaries, giveTo, reachableFolder, type User } from "./binaries.ts";
import { clearLeftovers, ensureCluster, newPassword } from "./cluster.ts";
import { leaveFolder, takeFolder } from "./owner.ts";
import { type Durability, startServer } from "./server.ts";

export interface PostgresOptions {
  /** Where the cluster, its passwords and its log are kept; made if missing. */
  dataDir: string;
  /** 0 or nothing: any free one. */
  port?: number;
  /** One line for a person, now and then. */
  log?: (line: string) => void;
  /** Where to say how to connect, for commands in other shells (databaseUrl reads it); removed by stop. */
  stateFile?: string;
  durability?: Durability;
}

export interface Postgres {
  /** Connects as the owner: for migrations, the seed, dump and restore. */
  url: string;
  /** Connects as the application's user: for the API, the workers and the command. */
  appUrl: string;
  port: number;
  pid: number;
  /** Resolves when the server has ended, asked to or not. */
  ended: Promise<void>;
  /** Waits for running statements to be cancelled and everything to be on disk. May be called twice. */
  stop(): Promise<void>;
}

const urlFor = (user: string, password: string, port: number, database = databaseName) =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;

/** Database, role and login of the application; what is there already stays. */
async function ensureDatabase(ownerUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ role: boolean; login: boolean; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
              EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS login,
              EXISTS (SELECT FROM pg_database WHERE datname = $3) AS database`,
      [applicationRole, applicationLogin, databaseName],
    );
    const has = rows[0];
    if (!has?.role) await client.query(`CREATE ROLE ${applicationRole} NOLOGIN`);
    if (!has?.login) await client.query(`CREATE ROLE ${applicationLogin} LOGIN IN ROLE ${applicationRole}`);
    await client.query(`ALTER ROLE ${applicationLogin} PASSWORD ${client.escapeLiteral(password)}`);
    if (!has?.database) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}

function applicationPassword(folder: string): string {
  const file = join(folder, "application-password");
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    const password = newPassword();
    writeFileSync(file, password, { mode: 0o600 });
    return password;
  }
}

/** The folder of the data, made and given to whom Postgres runs as. */
function openFolder(wanted: string, user: User | null, log: (line: string) => void): string {
  try {
    const folder = reachableFolder(wanted, user);
    if (folder !== wanted) {
      log(`The database is kept in ${folder}: ${wanted} is closed to Postgres' own user.`);
    }
    mkdirSync(folder, { recursive: true });
    giveTo(user, folder);
    return folder;
  } catch (error) {
    throw fileError(error, wanted);
  }
}

/**
 * Starts the cluster in `dataDir`, making it on the first call. Throws a DatabaseError with one sentence where that
 * cannot be. It handles what an earlier process left: a dead or still living server, a half-made cluster.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { port = 0, log = () => undefined, stateFile, durability = "durable" } = options;
  const binaries = findBinaries();
  const folder = openFolder(resolve(options.dataDir), binaries.user, log);
  takeFolder(folder);
  try {
    await clearLeftovers(folder, log);
    const password = ensureCluster(folder, binaries, durability === "durable");
    const server = await startServer(folder, binaries, { port, durability });
    try {
      const ofApplication = applicationPassword(folder);
      await ensureDatabase(urlFor("postgres", password, server.port, "postgres"), ofApplication);
      const url = urlFor("postgres", password, server.port);
      const appUrl = urlFor(applicationLogin, ofApplication, server.port);
      if (stateFile) {
        mkdirSync(dirname(stateFile), { recursive: true });
        writeFileSync(stateFile, JSON.stringify({ url, appUrl, pid: server.pid }), { mode: 0o600 });
      }
      const stop = async () => {
        await server.stop();
        if (stateFile) rmSync(stateFile, { force: true });
        leaveFolder(folder);
      };
      return { url, appUrl, port: server.port, pid: server.pid, ended: server.ended, stop };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    leaveFolder(folder);
    throw fileError(error, folder);
  }
}

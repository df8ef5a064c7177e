/** Finds the database: DATABASE_URL, else the embedded one that `npm start` runs in another shell. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseError } from "./error.ts";
import { packageRoot } from "./paths.ts";
import { isAlive } from "./postgres/processes.ts";

/** Where the embedded database and the caches are: the same folder for `npm start` and the command. */
export const stateFolder = resolve(packageRoot, "..", process.env.TRANSFERBOARD_STATE || ".transferboard");

/** Where `npm start` says how to reach its Postgres. */
export const stateFile = join(stateFolder, "postgres.json");

export interface DatabaseLocation {
  /** Of the owner, who may migrate. */
  url: string;
  /** Of the application's user; the same as `url` for a server that is not ours. */
  appUrl: string;
  source: "DATABASE_URL" | "embedded";
}

interface Instance {
  url: string;
  appUrl: string;
  pid: number;
}

function readInstance(file: string): Instance | null {
  try {
    const instance: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof instance === "object" && instance && "url" in instance && "appUrl" in instance) {
      return instance as Instance;
    }
  } catch {
    // No file, or one that a killed process left half-written: nothing is running.
  }
  return null;
}

/** Throws a DatabaseError that says what to do. */
export function databaseUrl(
  environment: { DATABASE_URL?: string | undefined } = process.env,
  file = stateFile,
): DatabaseLocation {
  const given = environment.DATABASE_URL;
  if (given) {
    if (!/^postgres(ql)?:\/\//.test(given)) {
      throw new DatabaseError(
        `DATABASE_URL must be a Postgres address, such as postgresql://user:password@host:5432/name; it is '${given.slice(0, 12)}...'.`,
      );
    }
    return { url: given, appUrl: given, source: "DATABASE_URL" };
  }
  const instance = readInstance(file);
  if (instance && isAlive(instance.pid)) {
    return { url: instance.url, appUrl: instance.appUrl, source: "embedded" };
  }
  throw new DatabaseError(
    "There is no database: run 'npm start' in another shell, or set DATABASE_URL to a Postgres.",
  );
}

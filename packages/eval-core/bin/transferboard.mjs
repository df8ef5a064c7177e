#!/usr/bin/env node
/**
 * Starts the command on a Node that runs TypeScript: this one when it is new enough, else the one that the project
 * brings. Plain JavaScript, so that an old Node gets this far.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = [22, 18];
const main = new URL("../src/cli/main.ts", import.meta.url);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  // Types are stripped and code is compiled once, not at every start; the processes that we start gain too.
  const cache = module.enableCompileCache?.().directory;
  if (cache) process.env.NODE_COMPILE_CACHE ??= cache;
  await import(main.href);
} else {
  const node = broughtNode();
  if (node) {
    relay(node);
  } else {
    console.error(
      `transferboard: needs Node ${NEEDED.join(".")} or later, this is ${process.versions.node}: run npm install, which brings one.`,
    );
    process.exitCode = 1;
  }
}

function broughtNode() {
  try {
    const home = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const binary = join(home, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** The child shares the terminal, so Ctrl-C reaches it by itself; the channel's end tells it that we were killed. */
function relay(node) {
  const child = spawn(
    node,
    ["--disable-warning=ExperimentalWarning", fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    { stdio: ["inherit", "inherit", "inherit", "ipc"], env: { ...process.env, TRANSFERBOARD_RELAYED: "1" } },
  );
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

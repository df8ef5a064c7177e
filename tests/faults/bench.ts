/**
 * The kills in full, with the recovery times printed: the API and Postgres under writers, a worker, all three of a cluster, and
 * the parent. One file after the other, so that none waits for another's processes. KILLS=n in place of 100 of each.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const tests = ["tests/faults/kill", "tests/start"];
const child = spawn(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    ...["run", ...tests, "--reporter=default", "--no-file-parallelism"],
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TRANSFERBOARD_TEST: "full", KILLS: process.env.KILLS ?? "100" },
  },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

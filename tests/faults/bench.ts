/** The kills in full, with the recovery times printed: the API and Postgres under writers, the worker, and the parent. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const tests = ["tests/faults/kill", "tests/start"];
const child = spawn(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", ...tests, "--reporter=default"],
  { cwd: root, stdio: "inherit", env: { ...process.env, TRANSFERBOARD_TEST: "full" } },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

/**
 * The attacks in full (400 requests each unless ABUSE_TIMES says otherwise), by the tests that hold them small: one file after
 * the other, for /healthz is timed.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const child = spawn(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    ...["run", "tests/abuse", "--reporter=default", "--no-file-parallelism"],
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ABUSE_TIMES: process.env.ABUSE_TIMES ?? "400", TRANSFERBOARD_TEST: "full" },
  },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

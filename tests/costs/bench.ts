/** The table of what every costly field costs and takes, by the test that holds it. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const child = spawn(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", "tests/costs", "--reporter=default"],
  { cwd: root, stdio: "inherit", env: { ...process.env, TRANSFERBOARD_TEST: "full" } },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

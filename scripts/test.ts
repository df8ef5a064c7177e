/**
 * Every check there is, in one command: format and lint, walls, sizes, types, the site's build, and all tests. Goes on after
 * a failing check so that one run tells everything, and ends with one line of counts.
 *
 * Arguments go to vitest, and then only the tests run: npm test -- packages/eval-core/src/stats
 *
 * Tests that repeat themselves (hostile requests, kills, random cases of an operator) do so at a count that finds a
 * planted fault within minutes; --full (npm run test:full) takes every count in full, which takes an hour or more.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { root, run } from "./process.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

async function check(name: string, command: string, args: readonly string[]): Promise<boolean> {
  const began = Date.now();
  const { code, output } = await run(command, args);
  counts[code === 0 ? "passed" : "failed"] += 1;
  console.log(`${code === 0 ? "ok    " : "FAILED"}  ${name} (${seconds(began)})`);
  if (code !== 0) console.log(output.trim());
  return code === 0;
}

interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults: readonly { name: string; startTime: number; endTime: number }[];
}

const MOST_TOLD = 12;

/** Where the time goes, so that a test that grew is seen before all of them take too long. */
function tellSlowest(files: Report["testResults"]): void {
  const times = files.map(({ name, startTime, endTime }) => ({
    name,
    seconds: (endTime - startTime) / 1000,
  }));
  console.log("\nThe slowest files:");
  for (const { name, seconds } of times.sort((a, b) => b.seconds - a.seconds).slice(0, MOST_TOLD))
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${relative(root, name)}`);
}

/** vitest, its own output shown as it comes; the counts come from its report. */
async function tests(filters: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transferboard-test-"));
  try {
    const report = join(folder, "report.json");
    const { code } = await run(
      "vitest",
      ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters],
      { show: true, env: environment },
    );
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      await readFile(report, "utf8"),
    ) as Report;
    counts.passed += numPassedTests ?? 0;
    counts.failed += numFailedTests ?? 0;
    counts.skipped += (numPendingTests ?? 0) + (numTodoTests ?? 0);
    if (filters.length === 0) tellSlowest(testResults);
    // A file that cannot be loaded, or an error outside a test, fails the run without failing a test.
    if (code !== 0 && !numFailedTests) counts.failed += 1;
  } catch (error) {
    console.error(`The tests left no report: ${(error as Error).message}`);
    counts.failed += 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2);
const filters = asked.filter((argument) => argument !== "--full");
const environment: Record<string, string> = asked.includes("--full") ? { TRANSFERBOARD_TEST: "full" } : {};
const turbo = (task: string) =>
  check(task, "turbo", ["run", task, "--output-logs=errors-only", "--no-update-notifier"]);

// One build at a time in a checkout: two runs at once then share its outcome.
const built = await withLock(join(root, ".transferboard", "build.lock"), "building", async () => {
  const generated = await turbo("generate");
  return generated && (await turbo("build"));
});
if (filters.length === 0) {
  await check("format and lint", "biome", ["check", "--error-on-warnings", "."]);
  await check("walls", process.execPath, ["scripts/walls.mjs"]);
  await check("sizes", process.execPath, ["scripts/sizes.mjs"]);
  await turbo("typecheck");
  await check("types of the scripts", "tsc", ["-p", "scripts"]);
}
if (built) await tests(filters);

console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** No source file over 400 lines, no folder of more than 20 files beside its tests: what outgrows that is split. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";

const MOST_LINES = 400;
const MOST_FILES = 20;

const source = /^(apps|packages|prisma|scripts|tests)\/.*[.](ts|tsx|mjs)$/;
const test = /[.]test[.]tsx?$/;

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
  maxBuffer: 64 << 20,
})
  .split("\n")
  .filter((file) => source.test(file));

const faults = [];
const folders = new Map();
for (const file of files) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Deleted and not committed yet.
    continue;
  }
  const lines = text.split("\n").length - 1;
  if (lines > MOST_LINES)
    faults.push(`${file} has ${lines} lines: at most ${MOST_LINES}; split it by what it does`);
  if (!test.test(file)) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
}
for (const [folder, count] of folders) {
  if (count > MOST_FILES)
    faults.push(
      `${folder} has ${count} files beside its tests: at most ${MOST_FILES}; give some a folder of their own`,
    );
}
if (faults.length > 0) {
  console.error(`${faults.join("\n")}\n${faults.length} too large.`);
  process.exit(1);
}
console.log(`The sizes hold: ${files.length} files in ${folders.size} folders.`);

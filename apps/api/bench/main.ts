/**
 * `npm run bench -w @transferboard/api`: how fast the API answers, beside PostGraphile 5 on the same database and the
 * same question. Everything is on this machine, on free ports, bounded, and removed at the end; Ctrl-C ends it early.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  compareBoards,
  comparePages,
  type Line,
  timeMatrix,
  timeSubmitters,
  timeWideBoard,
} from "./measure.ts";
import { startWarehouses } from "./warehouse.ts";

const { values } = parseArgs({ options: { results: { type: "string", default: "1000000" } } });
const results = Number(values.results);
if (!Number.isInteger(results) || results < 10_000 || results > 1_000_000) {
  console.error(`--results must be a whole number of 10,000 to 1,000,000: found '${values.results}'.`);
  process.exit(2);
}

/** The peer has a lock file and a folder of its own: nobody who only uses transferboard installs it. */
function installPeer(): void {
  const cwd = fileURLToPath(new URL("peer/", import.meta.url));
  if (existsSync(`${cwd}node_modules/postgraphile/package.json`)) return;
  console.error("Installing PostGraphile for the comparison (once) ...");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd, stdio: "inherit" });
}

const lines: Line[] = [];
const say = (line: Line) => {
  lines.push(line);
  console.error(`  ${line[0]}: ${line[1]}`);
};

installPeer();
console.error(`Generating ${results.toLocaleString("en")} results ...`);
{
  await using places = await startWarehouses(results, (line) => process.stderr.write(`\r  ${line}   `));
  process.stderr.write("\n");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void places[Symbol.asyncDispose]().then(() => process.exit(130)));
  }
  say([
    `${places.results.toLocaleString("en")} results generated in`,
    `${places.secondsToGenerate.toFixed(0)} s`,
  ]);
  await compareBoards("published", places.published, "many-shot-linear", say);
  await compareBoards("generated", places.generated, "generated-12", say);
  await timeWideBoard(places.generated, 500, say);
  await comparePages(places.generated, places.results, say);
  await timeMatrix(places.generated, 500, say);
  await timeSubmitters(places.published, say);
}

console.log(`On ${availableParallelism()} cores, Node ${process.versions.node}:\n`);
console.log("| what | figure |\n|---|---|");
for (const [what, figure] of lines) console.log(`| ${what} | ${figure} |`);

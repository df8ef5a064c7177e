/**
 * `npm run bench -- import`: `transferboard import` of timm's tables of 1,266 models, eight values each (aim: 10 s), by the command
 * itself against the API and a Postgres of its own: sent, checked, recorded and accepted. Then other models with sixteen each, held against the first ones' values too.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { connect, migrate, seed, startPostgres } from "@transferboard/prisma";
import { serveOurs } from "./servers.ts";

const MODELS = process.argv.includes("--small") ? 100 : 1_266;
/** Each with top-1 and top-5. */
const TABLES = [
  "imagenet",
  "imagenet-real",
  "imagenetv2-matched-frequency",
  "sketch",
  "imagenet-a",
  "imagenet-a-clean",
  "imagenet-r",
  "imagenet-r-clean",
];
const HEADER = "model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,interpolation\n";

/** As models have them: better ones are better everywhere, each a little its own way. */
function linesOf(name: string, tables: number): string[] {
  const random = new SeededRandom([...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0));
  const models = Array.from({ length: MODELS }, (_, i) => ({
    model: `${name}_${i}.a${i % 3}_in1k`,
    skill: random.normal(),
  }));
  return Array.from({ length: tables }, (_, table) => {
    const lines = models.map(({ model, skill }) => {
      const percent = (logit: number) => 100 / (1 + Math.exp(-logit));
      const logit = 1.5 - 0.3 * table + 0.6 * skill + 0.1 * random.normal();
      const [top1, top5] = [percent(logit), percent(logit + 1.5)];
      const shares = [top1, 100 - top1, top5, 100 - top5].map((share) => share.toFixed(3));
      return `${model},224,${shares.join(",")},86.57,0.950,bicubic\n`;
    });
    return lines.join("");
  });
}

const command = fileURLToPath(new URL("../../../packages/eval-core/bin/transferboard.mjs", import.meta.url));

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`transferboard ${args[0]} ended with ${code}.`)),
    );
  });
}

const folder = mkdtempSync(join(tmpdir(), "transferboard-import-"));
// A folder of its own: within a closed one Postgres' own user has no way to it, and it would be kept elsewhere.
const dataDir = mkdtempSync(join(tmpdir(), "transferboard-bench-"));
const postgres = await startPostgres({ dataDir });
const rows: string[] = [];

/** Of models that the record does not have. */
async function time(name: string, names: readonly string[], server: string): Promise<void> {
  const tables = join(folder, name);
  mkdirSync(tables);
  const lines = linesOf(name, names.length);
  for (const [at, table] of names.entries())
    writeFileSync(join(tables, `results-${table}.csv`), HEADER + lines[at]!);
  const told = ["--suite", "robustness", "--account", "timm", "--reason", "timm's tables"];
  const began = performance.now();
  await run(["import", tables, "--format", "timm-csv", ...told, "--server", server], {
    DATABASE_URL: postgres.url,
  });
  const seconds = (performance.now() - began) / 1000;
  const db = connect(postgres.appUrl, { poolSize: 1 });
  const values = await db.result.count({ where: { method: { slug: { startsWith: `${name}-` } } } });
  await db.$disconnect();
  rows.push(`| import of ${MODELS} models, ${values} values | ${seconds.toFixed(1)} s |`);
}

try {
  await migrate(postgres.url);
  await seed(postgres.url);
  await using api = await serveOurs(postgres.appUrl);
  const server = new URL(api.url).origin;
  await time("finch", TABLES.slice(0, 4), server);
  await time("swift", TABLES, server);
  console.log(["| what | wall clock |", "|---|---|", ...rows].join("\n"));
} finally {
  await postgres.stop();
  for (const own of [folder, dataDir]) rmSync(own, { recursive: true, force: true });
}

/**
 * `npm run bench -- import`: `transferboard import` of timm's tables of 1,266 models, eight values each (aim: 10 s), by the command
 * itself against the API and a Postgres of its own: sent, checked, recorded and accepted. Once more with sixteen each.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

/** Values that no two lines have alike. */
function line(name: string, i: number, table: number): string {
  const top1 = 40 + ((i * 7 + table * 1301) % 50_000) / 1000;
  const top5 = top1 + 5;
  const shares = [top1, 100 - top1, top5, 100 - top5].map((share) => share.toFixed(3));
  return `${name}_${i}.a${i % 3}_in1k,224,${shares.join(",")},86.57,0.950,bicubic\n`;
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
  for (const [at, table] of names.entries()) {
    const lines = Array.from({ length: MODELS }, (_, i) => line(name, i, at));
    writeFileSync(join(tables, `results-${table}.csv`), HEADER + lines.join(""));
  }
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

/** docs/operating.md, its commands in their order: an owner who is no superuser, migrate, the API and the site on their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@transferboard/prisma";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { freePort } from "../faults/processes.ts";
import { transferboard } from "../pipeline/command.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SECRET = "a secret of thirty-two letters!!";

/** A server of ours by the command that the page tells, until it answers. */
async function serve(file: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr!.on("data", (chunk) => {
    said += chunk;
  });
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    const up = await fetch(`http://127.0.0.1:${env.PORT}/healthz`).catch(() => undefined);
    if (up?.ok) return child;
    await sleep(100);
  }
  throw new Error(`${file} does not answer: ${said}`);
}

it("serves a board from a Postgres of one's own", async () => {
  const folder = mkdtempSync(join(tmpdir(), "transferboard-operating-"));
  const postgres = await startPostgres({ dataDir: folder, durability: "fast" });
  onTestFinished(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const superuser = new pg.Client({ connectionString: postgres.url.replace(/\/[^/]*$/, "/postgres") });
  await superuser.connect();
  // As on a server that has never heard of this project.
  await superuser.query("DROP DATABASE IF EXISTS transferboard");
  await superuser.query("DROP ROLE IF EXISTS transferboard_api");
  await superuser.query("DROP ROLE IF EXISTS transferboard_app");
  await superuser.query("CREATE ROLE transferboard LOGIN CREATEROLE PASSWORD 'secret'");
  await superuser.query(
    "CREATE DATABASE transferboard OWNER transferboard ENCODING 'UTF8' TEMPLATE template0",
  );
  await superuser.end();
  const databaseUrl = `postgresql://transferboard:secret@127.0.0.1:${postgres.port}/transferboard`;

  const first = await transferboard(["migrate"], { databaseUrl });
  expect(first.code, first.stderr).toBe(0);
  expect(first.stderr).toMatch(/Applied 0001_tables, .*\n.*Seeded \d+ published results\./s);
  const again = await transferboard(["migrate"], { databaseUrl });
  expect(again.stderr).toContain("The database is up to date.");

  const [api, site] = [await freePort(), await freePort()];
  const common = { SITE_SECRET: SECRET, SITE_URL: `http://127.0.0.1:${site}` };
  await serve("apps/api/src/main.ts", {
    ...common,
    ...{ DATABASE_URL: databaseUrl, PORT: String(api), METRICS: "on" },
  });
  const board = await fetch(`http://127.0.0.1:${api}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: '{ leaderboard(suite: "many-shot-linear", first: 1) { edges { rank } } }',
    }),
  });
  expect(await board.json()).toMatchObject({ data: { leaderboard: { edges: [{ rank: 1 }] } } });
  expect(await (await fetch(`http://127.0.0.1:${api}/metrics`)).text()).toContain(
    "transferboard_database_up 1",
  );

  await serve("apps/web/serve.ts", { ...common, PORT: String(site), API_URL: `http://127.0.0.1:${api}` });
  const page = await fetch(`http://127.0.0.1:${site}/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("ImageNet");

  const token = await transferboard(
    ["token", "create", "--account", "ada", "--name", "laptop", "--scope", "submit"],
    {
      databaseUrl,
    },
  );
  expect(token.code, token.stderr).toBe(0);
  const doctor = await transferboard(["doctor"], { databaseUrl });
  expect(doctor.stdout).toMatch(/audit chain +whole/);
}, 240_000);

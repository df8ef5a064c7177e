/** docs/operating.md, its commands in their order: an owner who is no superuser, migrate, the API and the site on their own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@transferboard/prisma";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
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

interface Server {
  /** Of a superuser, to the database "postgres". */
  readonly url: string;
  readonly port: number;
}

async function embedded(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "transferboard-operating-"));
  const postgres = await startPostgres({ dataDir: folder, durability: "fast" });
  onTestFinished(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { url: postgres.url.replace(/\/[^/]*$/, "/postgres"), port: postgres.port };
}

const DEBIAN = "/usr/lib/postgresql";
const debianVersions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
if (isFull && debianVersions.length === 0) {
  console.warn("SKIPPED: no Postgres of Debian's packages here (apt-get install postgresql)");
}

/** A cluster of the packages' own programs, which do not run as root: then as the packages' user. */
async function debians(): Promise<Server> {
  const bin = join(DEBIAN, debianVersions.at(-1)!, "bin");
  const folder = mkdtempSync(join(tmpdir(), "transferboard-debian-"));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  const [uid, gid] = isRoot ? [idOf("-u"), idOf("-g")] : [undefined, undefined];
  if (isRoot) chownSync(folder, uid!, gid!);
  const as = { ...(isRoot ? { uid: uid!, gid: gid! } : {}), cwd: folder, stdio: "ignore" } as const;
  const data = join(folder, "data");
  const auth = ["--auth=trust", "--username=postgres"];
  execFileSync(join(bin, "initdb"), [`--pgdata=${data}`, "--encoding=UTF8", ...auth], as);
  const control = (...args: string[]) =>
    execFileSync(join(bin, "pg_ctl"), [`--pgdata=${data}`, "--wait", ...args], as);
  control("start", `--options=-p ${port} -k ${folder}`);
  onTestFinished(() => {
    control("stop", "--mode=immediate");
    rmSync(folder, { recursive: true, force: true });
  });
  return { url: `postgresql://postgres@127.0.0.1:${port}/postgres`, port };
}

const SERVERS = [
  { name: "the Postgres that ships", start: embedded, isTried: true },
  { name: "a Postgres of Debian's packages", start: debians, isTried: isFull && debianVersions.length > 0 },
];

it.for(SERVERS)("serves a board from $name", { timeout: 240_000 }, async ({ start, isTried }, { skip }) => {
  skip(!isTried);
  const postgres = await start();
  const superuser = new pg.Client({ connectionString: postgres.url });
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
});

/**
 * docs/tutorial.md, step by step, by the commands against an API on a database of its own. The files and commands are
 * read from the document itself, so it cannot say what does not work; then what goes wrong on the way, by exit code.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, createToken, Scope } from "@transferboard/prisma";
import { testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "../api/harness.ts";
import { temporaryFolder, transferboard } from "../pipeline/command.ts";
import { fileIn } from "./document.ts";
import { type Outcome, runHere } from "./in-process.ts";

const document = readFileSync(fileURLToPath(new URL("../../docs/tutorial.md", import.meta.url)), "utf8");
const mended = (text: string) =>
  text.replace("mean-iuo", "mean-iou").replace("175.4", "75.4").replace("28.1,29.0", "27.1,27.9");

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** At the API, to which only some subcommands talk; everything else goes by the database. */
const run = (args: readonly string[], token = ""): Promise<Outcome> =>
  runHere(args, {
    DATABASE_URL: api.database.appUrl,
    TRANSFERBOARD_SERVER: api.url,
    TRANSFERBOARD_TOKEN: token,
  });

async function done(args: readonly string[], token?: string): Promise<string> {
  const { code, stdout, stderr } = await run(args, token);
  expect(code, stderr).toBe(0);
  return stdout;
}

const uuidOf = (id: string) => Buffer.from(id, "base64").toString().replace("Submission:", "");

const tokenOf = async (account: string, scope: string, ...more: string[]) =>
  (
    await done(["token", "create", "--account", account, "--name", "laptop", "--scope", scope, ...more])
  ).trim();

/** Lines of the document with what differs from run to run left out: ids, positions, moments, widths of columns. */
const plain = (text: string) =>
  text
    .replace(/[A-Za-z0-9+/]{50,}(=|%3D)*/g, "ID")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}(-[0-9a-f]{4}){2}-[0-9a-f]{12}/g, "UUID")
    .replace(/^( *)\d+ {2}(?=[a-z])/gm, "$1N  ")
    .replace(/ledger position \d+, \d{4}-\d\d-\d\d/, "ledger position N, DATE")
    .replace(/─+/g, "─")
    .split("\n")
    .map((line) => line.trim().replace(/ {2,}/g, "  "))
    .filter((line) => line !== "");

/** What a command answered stands in the document. */
function expectShown(output: string): void {
  const lines = new Set(plain(document));
  for (const line of plain(output)) expect(lines).toContain(line);
}

it("the tutorial works as it is written", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "owl.csv");
  expectShown(await done(["demo", "--cache", join(folder, "cache")]));
  const ada = await tokenOf("ada", "submit");
  const rosa = await tokenOf("rosa", "review", "--expires", "30d");

  writeFileSync(file, fileIn(document, "owl.csv"));
  const wrong = await run(["submit", file], ada);
  expect(wrong.code).toBe(3);
  expect(wrong.stdout.match(/ error /g)).toHaveLength(3);
  expectShown(wrong.stdout);

  writeFileSync(file, mended(fileIn(document, "owl.csv")));
  expectShown(await done(["submit", file, "--dry-run"], ada));
  const sent = JSON.parse(await done(["submit", file, "--json"], ada));
  expect(sent).toMatchObject({ created: true, submission: { status: "PENDING" } });
  expectShown(await done(["submit", file], ada));

  const own = await run(["review", sent.submission.id, "--accept", "--reason", "mine"], ada);
  expect(own.code).toBe(7);
  expectShown(`transferboard: ${own.stderr}`);
  const short = uuidOf(sent.submission.id).slice(0, 13);
  expect(await done(["review"], rosa)).toContain(`\n${short}  ada `);
  expectShown(await done(["review", short, "--accept", "--reason", "As in the paper."], rosa));
  const { results } = JSON.parse(await done(["submission", short, "--json"], ada));
  expectShown(await done(["leaderboard", "segmentation", "--all", "--limit", "3"]));

  const board = await done(["export", "--suite", "segmentation", "--all"]);
  expectShown(board.split("\r\n").slice(0, 3).join("\n"));
  expect(board).toContain("1,owl,Owl,CONTRASTIVE,2026,0.31,0.31,75.4");

  const then = new Date().toISOString();
  const { position } = results.find(({ measure }: { measure: { slug: string } }) =>
    measure.slug.endsWith("mean-iou"),
  );
  expect(await done(["retract", position, "--reason", "The split leaked."], rosa)).toBe(
    `Retracted ${position}: owl, segmentation/ade20k/mean-iou, 0.31.\n`,
  );
  expect(await done(["export", "--suite", "segmentation", "--all"])).toContain("\r\n,owl,Owl,");
  expect(await done(["export", "--suite", "segmentation", "--all", "--as-of", then])).toContain(
    "\r\n1,owl,Owl,",
  );

  const tex = join(folder, "segmentation.tex");
  await done(["export", "--suite", "segmentation", "--all", "--format", "tex", "--out", tex]);
  expectShown(readFileSync(tex, "utf8").replace(/^%.*\n/, ""));
});

it("the nightly dump restores into an empty database, and the doctor finds it whole", async () => {
  const file = join(temporaryFolder(), "night.gz");
  await using fresh = await testDatabase({ from: "empty" });
  expect((await transferboard(["dump", file], { databaseUrl: api.database.url })).code).toBe(0);
  const restored = await transferboard(["restore", file, "--json"], { databaseUrl: fresh.url });
  expect(restored.code, restored.stderr).toBe(0);
  expect(await fresh.client.result.count()).toBe(await api.database.client.result.count());
  const again = await transferboard(["restore", file], { databaseUrl: fresh.url });
  expect([again.code, again.stderr]).toEqual([4, expect.stringContaining("empty database only")]);
  const damaged = join(temporaryFolder(), "damaged.gz");
  writeFileSync(damaged, readFileSync(file).subarray(0, 2_000));
  const unread = await transferboard(["restore", damaged], { databaseUrl: fresh.url });
  expect([unread.code, unread.stderr]).toEqual([4, expect.stringContaining("cannot be read as a dump")]);

  const well = JSON.parse((await transferboard(["doctor", "--json"], { databaseUrl: fresh.url })).stdout);
  expect(well.database.audit).toMatchObject({ faults: [], events: expect.any(Number) });
});

it("the doctor names the position where the chain is broken", async () => {
  await using fresh = await testDatabase();
  await using owner = ownerOf(fresh.url);
  await owner.query("set session_replication_role = replica");
  await owner.query(`update audit_event set details = '{"count": 1}' where id = 7`);
  const { code, stdout } = await transferboard(["doctor"], { databaseUrl: fresh.url });
  expect(code).toBe(1);
  expect(stdout).toMatch(/audit chain +broken +event 7 was changed after it was written/);
});

/** A connection that may do what nobody should. */
function ownerOf(url: string) {
  const client = connect(url, { role: null, poolSize: 1 });
  return {
    query: (statement: string) => client.$executeRawUnsafe(statement),
    [Symbol.asyncDispose]: () => client.$disconnect(),
  };
}

/** A port where nobody listens: one that was free a moment ago. */
async function closedPort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe("what goes wrong is one sentence and an exit code", () => {
  const CSV = "method,source,measure,value\nswav,a page,segmentation/ade20k/mean-iou,0.3\n";
  const offer = (content = CSV) => {
    const file = join(temporaryFolder(), "values.csv");
    writeFileSync(file, content);
    return file;
  };

  it("no server", async () => {
    const port = await closedPort();
    const { code, stderr } = await run(["submit", offer(), "--server", `http://127.0.0.1:${port}`], "x");
    expect([code, stderr]).toEqual([
      6,
      `the server http://127.0.0.1:${port} cannot be reached (ECONNREFUSED): start it with npm start, or say where it is with --server\n`,
    ]);
  });

  it("no token, a token that is none, an expired one, a revoked one, one of another scope", async () => {
    const file = offer();
    const of = async (token?: string) => {
      const { code, stderr } = await run(["submit", file], token);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      return [code, stderr];
    };
    expect(await of()).toEqual([7, expect.stringContaining("none was given")]);
    expect(await of("secret")).toEqual([7, expect.stringContaining("as it was shown")]);
    expect(await of(await tokenOf("ada", "review"))).toEqual([
      7,
      expect.stringMatching(/scope SUBMIT; this one has REVIEW/),
    ]);
    const secret = await tokenOf("eve", "submit");
    const [row] = JSON.parse(await done(["token", "list", "--account", "eve", "--json"]));
    expect(row).toMatchObject({ name: "laptop", state: "valid", lastUsedAt: null });
    expect(JSON.stringify(row)).not.toMatch(/hash/);
    await done(["token", "revoke", row.id]);
    expect(await of(secret)).toEqual([7, expect.stringContaining("revoked")]);
    const expiresAt = new Date(Date.now() + 200);
    const soon = { account: "eve", name: "short", scopes: [Scope.SUBMIT], expiresAt };
    const { token: late } = await createToken(api.database.client, soon);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await of(late)).toEqual([7, expect.stringContaining("expired")]);
  });

  it("a key that was used for something else", async () => {
    const token = await tokenOf("ada", "submit");
    await done(["submit", offer(), "--idempotency-key", "mine"], token);
    const other = await run(["submit", offer(CSV.replace("0.3", "0.4")), "--idempotency-key", "mine"], token);
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining("choose a new key")]);
  });

  it.each([
    [["export"], 2, "--suite"],
    [["export", "--suite", "segmentation", "--all", "--format", "xls"], 2, "known are csv, json, tex"],
    [["export", "--suite", "segmentatio"], 3, "Did you mean segmentation"],
    [["retract", "x", "--reason", "r", "--token", "t"], 2, "by its number"],
    [["submit", "nowhere.csv", "--token", "t"], 3, "there is no file"],
    [["token", "create", "--account", "a", "--name", "n", "--scope", "rule"], 2, "known are read"],
    [["token", "create", "--account", "a", "--name", "n", "--scope", "read", "--expires", "9y"], 2, "90d"],
    [["token", "revoke", "all"], 2, "token list"],
  ])("%j", async (args, exit, words) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(words)]);
  });
});

it("an operator imports: two accounts and the reason stand in the log, and no token is left", async () => {
  const folder = join(temporaryFolder(), "mteb");
  mkdirSync(folder);
  writeFileSync(join(folder, "model_meta.json"), JSON.stringify({ name: "swav" }));
  const task = { task_name: "segmentation/ade20k/pixel-accuracy", scores: { test: [{ main_score: 0.751 }] } };
  writeFileSync(join(folder, "pixels.json"), JSON.stringify(task));
  const args = ["import", folder, "--account", "the authors", "--reason", "Their repository."];
  expect(await done(args)).toMatch(/^Imported 1 values of swav as /);
  const { client } = api.database;
  const submission = await client.submission.findFirstOrThrow({
    where: { account: { name: "the authors" } },
    include: { decidedBy: true, results: true },
  });
  expect(submission).toMatchObject({
    status: "ACCEPTED",
    decidedBy: { name: "operator" },
    reason: "Imported by the operator: Their repository.",
    results: [{ value: 75.1, provenance: "SELF_REPORTED" }],
  });
  expect(await client.apiToken.count({ where: { name: "import", revokedAt: null } })).toBe(0);
  expect((await run(args)).stderr).toContain("sent before");
});

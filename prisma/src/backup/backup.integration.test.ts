/** A dump restores to the same warehouse, which goes on from there; a damaged one restores nothing. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retractResult } from "../ledger/ledger.ts";
import { verifyAuditChain } from "../ledger/verify.ts";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import { dump } from "./dump.ts";
import { tables } from "./format.ts";
import { checkDump } from "./read.ts";
import { restore } from "./restore.ts";

let source: TestDatabase;
let folder: string;
let file: string;
beforeAll(async () => {
  source = await testDatabase();
  const ada = await source.client.account.create({ data: { name: 'Ada "λ"\nLovelace' } });
  await retractResult(source.client, { resultId: 1n, accountId: ada.id, reason: "wrong \\ \t backslash" });
  folder = mkdtempSync(join(tmpdir(), "transferboard-dump-"));
  file = join(folder, "warehouse.dump.gz");
  await dump(source.url, file);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await source.drop();
});

async function contentOf(url: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const content: Record<string, unknown> = {};
  for (const table of tables) {
    const { rows } = await client.query(
      `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS hash, count(*) FROM ${table} t`,
    );
    content[table] = rows[0];
  }
  await client.end();
  return content;
}

test("no table is left out but the queue's", async () => {
  const rows = await source.client.$queryRaw<{ name: string }[]>`
    SELECT tablename::text AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('_prisma_migrations', 'evaluation_job')`;
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...tables].toSorted());
});

test("what is restored is the same, row by row, and goes on growing", async () => {
  await using target = await testDatabase({ from: "empty" });
  const { rows } = await restore(await checkDump(file), target.url);
  expect(rows).toBeGreaterThan(1204);
  expect(await contentOf(target.url)).toEqual(await contentOf(source.url));
  const grace = await target.client.account.create({ data: { name: "Grace" } });
  await retractResult(target.client, { resultId: 2n, accountId: grace.id, reason: "too" });
  expect((await verifyAuditChain(target.client)).faults).toEqual([]);
  await expect(target.client.$executeRaw`UPDATE result SET value = 1`).rejects.toThrow(/permission denied/);
});

test("only its owner may read the file", () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a database that is not empty is left alone", async () => {
  await using target = await testDatabase();
  await expect(restore(await checkDump(file), target.url)).rejects.toThrow(/into an empty database only/);
});

const changed = (change: (text: string) => string) => {
  const path = join(folder, "changed.gz");
  writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(file)).toString("utf8"))));
  return path;
};

const lines = (change: (all: string[]) => string[]) => changed((text) => change(text.split("\n")).join("\n"));
/** The line of the first row of a table, counted from 1, as an editor does. */
const firstOf = (table: string) =>
  gunzipSync(readFileSync(file)).toString("utf8").split("\n").indexOf(`{"table":"${table}"}`) + 2;

test.each<[string, () => string, () => RegExp]>([
  ["cut off between two lines", () => lines((all) => all.slice(0, -3)), () => /is cut off after line \d+/],
  ["something else", () => changed(() => "hello\n"), () => /is not a dump/],
  [
    "cut off anywhere",
    () => {
      const path = join(folder, "short.gz");
      writeFileSync(path, readFileSync(file).subarray(0, 20_000));
      return path;
    },
    () => /cannot be read as a dump/,
  ],
  ["no file", () => join(folder, "nothing.gz"), () => /cannot be read as a dump/],
  [
    "a row that is no JSON",
    () => changed((text) => text.replace('"value":77.2,', '"value":77.2.2,')),
    () => /, line \d+: this is not a row of 'result', a JSON object: take another copy/,
  ],
  [
    "a row without a column",
    () =>
      lines((all) =>
        all.map((line, i) => (i === firstOf("method") ? line.replace(/"slug":"[^"]+",/, "") : line)),
      ),
    () =>
      new RegExp(
        `, line ${firstOf("method") + 1}: this row of 'method' has not the columns of the rows before it`,
      ),
  ],
  [
    "an unknown table",
    () => changed((text) => text.replace('{"table":"method"}', '{"table":"metod"}')),
    () => new RegExp(`, line ${firstOf("method") - 1}: the table 'metod' is unknown`),
  ],
  [
    "a row left out",
    () => lines((all) => all.toSpliced(firstOf("method"), 1)),
    () => /, line \d+: the file says \d+ rows, and has \d+/,
  ],
  ["a row after the end", () => changed((text) => `${text}{"id":1}\n`), () => /something follows the line/],
])("%s is told without a database", async (_, make, sentence) => {
  await expect(checkDump(make())).rejects.toThrow(sentence());
});

test.each<[string, () => string, () => RegExp]>([
  [
    "a value changed",
    () => changed((text) => text.replace('"value":77.2,', '"value":79.2,')),
    () => /tampered with: the results/,
  ],
  [
    "a value of another kind",
    () => changed((text) => text.replace('"slug":"swav"', '"slug":"Swav !"')),
    () => /, line \d+: the database refuses this row of 'method' \(.*method_slug_form/,
  ],
  [
    "a column that is not there",
    () => changed((text) => text.replaceAll('"paper_title":', '"papers_title":')),
    () => new RegExp(`, line ${firstOf("method")}: 'method' has no column 'papers_title'`),
  ],
])("%s: nothing is restored", async (_, make, sentence) => {
  await using target = await testDatabase({ from: "empty" });
  await expect(restore(await checkDump(make()), target.url)).rejects.toThrow(sentence());
  expect(await target.client.result.count()).toBe(0);
});

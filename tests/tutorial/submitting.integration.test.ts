/** Every example of docs/submitting.md is taken by the real parser, without a warning, and says what it means. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { submissionSchema } from "@transferboard/api/modules/submission/body";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { temporaryFolder } from "../pipeline/command.ts";
import { fileIn } from "./document.ts";
import { runHere } from "./in-process.ts";

const document = readFileSync(fileURLToPath(new URL("../../docs/submitting.md", import.meta.url)), "utf8");

let api: Api;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await makeToken(api, "ada", ["SUBMIT"]);
});
afterAll(() => api.stop());

const submit = (path: string, ...more: string[]) =>
  runHere(["submit", path, "--json", ...more], {
    TRANSFERBOARD_SERVER: api.url,
    TRANSFERBOARD_TOKEN: token,
  });

it.each([
  ["owl.json", "owl", [], [0.3121, 75.4]],
  ["owl.csv", "owl", [], [0.3121, 75.4]],
  ["swav.yaml", "swav", [], [0.2961, 74.87]],
  ["swav-mteb.json", "swav", ["--format", "mteb"], [0.2961, 74.87]],
])("%s", async (name, slug, more, values) => {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, fileIn(document, name));
  const { code, stdout, stderr } = await submit(path, ...more);
  expect(code, stdout + stderr).toBe(0);
  const { warnings, idempotencyKey } = JSON.parse(stdout);
  expect(warnings).toEqual([]);
  const row = await api.database.client.submission.findFirstOrThrow({ where: { idempotencyKey } });
  const body = submissionSchema.parse(row.body);
  expect(body.method.slug).toBe(slug);
  expect(body.values.map(({ value }) => value)).toEqual(values);
});

it("names the columns that CSV has, and the address of the schema", async () => {
  const answer = await fetch(`${api.url}/submissions/schema.json`);
  expect(answer.status).toBe(200);
  const path = join(temporaryFolder(), "columns.csv");
  writeFileSync(path, "method,measure,value,source,colour\nswav,imagenet/imagenet/top1,70.1,here,red\n");
  const { faults } = JSON.parse((await submit(path)).stdout);
  const { expected } = faults.find(({ message }: { message: string }) =>
    message.includes("no column 'colour'"),
  );
  for (const column of expected.split(", ")) expect(document).toContain(`\`${column}\``);
});
